// The nearest-patch kernel: for every patch of one image, the most similar patch of each other image, as one matrix product.
import { Tensor, type InferenceSession } from 'onnxruntime-node';
import { encodeOnnx } from '../features/onnx-file';
import { openSession } from '../features/session';

/** Images of B in one product: as fast as larger blocks, and a few milliseconds between two looks at the cancel flag. */
export const blockImages = 4;

/** Largest dot products of one image against a block of images; both directions come from the same product. */
export interface NearestPatches {
  /** (M, J): of patch m, over the patches of image j. */
  forward: Float32Array;
  /** (J, M): of patch n of image j, over the patches of the one image. */
  backward: Float32Array;
}

/** A graph Gemm → ReduceMax over both axes, with dynamic shapes: one session serves every block size. */
export class NearestPatchKernel {
  private constructor(private readonly session: InferenceSession) {}

  static async open(): Promise<NearestPatchKernel> {
    return new NearestPatchKernel(await openSession(kernelModel()));
  }

  /**
   * Dot products of unit vectors, so ‖a − b‖ = sqrt(2 − 2 a·b) and the nearest patch is the one with the largest product.
   * @param image (M, D)
   * @param block (J, M, D), or (J, R, D) with any R the same for all J
   */
  async run(image: Float32Array, block: Float32Array, blockCount: number, dimensions: number): Promise<NearestPatches> {
    const patches = image.length / dimensions;
    const blockPatches = block.length / dimensions;
    const { forward, backward } = await this.session.run({
      image: new Tensor('float32', image, [patches, dimensions]),
      block: new Tensor('float32', block, [blockPatches, dimensions]),
      shape: new Tensor('int64', [BigInt(patches), BigInt(blockCount), BigInt(blockPatches / blockCount)], [3]),
    });
    return { forward: forward!.data as Float32Array, backward: backward!.data as Float32Array };
  }
}

/** Distance of unit vectors from their dot product; rounding may push the product a little above one. */
export function distanceOfProduct(product: number): number {
  return Math.sqrt(Math.max(0, 2 - 2 * product));
}

function kernelModel(): Uint8Array {
  return encodeOnnx({
    name: 'nearest-patch',
    inputs: [
      { name: 'image', type: 'float32', shape: ['M', 'D'] },
      { name: 'block', type: 'float32', shape: ['R', 'D'] },
      { name: 'shape', type: 'int64', shape: [3] },
    ],
    outputs: [
      { name: 'forward', type: 'float32', shape: ['M', 'J'] },
      { name: 'backward', type: 'float32', shape: ['R'] },
    ],
    nodes: [
      { operator: 'Gemm', inputs: ['image', 'block'], outputs: ['products'], attributes: { transB: 1 } },
      { operator: 'Reshape', inputs: ['products', 'shape'], outputs: ['byImage'] },
      { operator: 'ReduceMax', inputs: ['byImage'], outputs: ['forward'], attributes: { axes: [2], keepdims: 0 } },
      { operator: 'ReduceMax', inputs: ['products'], outputs: ['backward'], attributes: { axes: [0], keepdims: 0 } },
    ],
  });
}
