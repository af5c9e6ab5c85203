// The nearest-patch kernel: for every patch of one image, the most similar patch of each other image, as one matrix product.
import { Tensor, type InferenceSession } from 'onnxruntime-node';
import type { DeviceName } from '../api/settings';
import { encodeOnnx, type OnnxNode, type OnnxValue } from '../onnx/encode';
import { openSession } from '../onnx/inference-session';

/** Images of B in one product: as fast as larger blocks, and a few milliseconds between two looks at the cancel flag. */
export const blockImages = 4;

/** Distances of one image to a block of images; both directions come from the same product. */
export interface NearestPatches {
  /** (M, J): squared distance of patch m to the nearest patch of image j. */
  forward: Float32Array;
  /** (J, M): of patch n of image j to the nearest patch of the one image; empty where the kernel was opened for one direction. */
  backward: Float32Array;
  /** (M, J): mean distance (not squared) of patch m to all patches of image j; empty unless the kernel was opened for it. */
  means: Float32Array;
}

/** What compares patches, wherever it runs. */
export interface PatchKernel {
  /**
   * Squared distances of unit vectors, as ‖a − b‖² = 2 − 2 a·b. Rounding may leave them slightly below zero: see {@link distance}.
   * @param image (M, D)
   * @param block (J, M, D), or (J, R, D) with any R the same for all J; may lie in shared memory
   */
  run(image: Float32Array, block: Float32Array, blockCount: number, dimensions: number): Promise<NearestPatches>;
}

/** A graph Gemm → ReduceMin over both axes, with dynamic shapes: one session serves every block size. */
export class NearestPatchKernel implements PatchKernel {
  private constructor(private readonly session: InferenceSession) {}

  /** @param withMeans also the mean over all pairs of patches, which costs a third more */
  static async open(withMeans = false, device: DeviceName = 'cpu', threads = 1): Promise<NearestPatchKernel> {
    return new NearestPatchKernel(await openSession(kernelModel({ withMeans, isOneWay: false }), device, threads));
  }

  /** Finds what is nearest to the one image's patches only, and the same numbers in less time. */
  static async openOneWay(): Promise<NearestPatchKernel> {
    return new NearestPatchKernel(await openSession(kernelModel({ withMeans: false, isOneWay: true })));
  }

  /** See {@link PatchKernel.run}. @throws what ONNX Runtime throws when the device fails */
  async run(image: Float32Array, block: Float32Array, blockCount: number, dimensions: number): Promise<NearestPatches> {
    const patches = image.length / dimensions;
    const blockPatches = block.length / dimensions;
    const { forward, backward, means } = await this.session.run({
      image: new Tensor('float32', image, [patches, dimensions]),
      block: new Tensor('float32', ownMemory(block), [blockPatches, dimensions]),
      shape: new Tensor('int64', [BigInt(patches), BigInt(blockCount), BigInt(blockPatches / blockCount)], [3]),
    });
    return {
      forward: forward!.data as Float32Array,
      backward: backward ? (backward.data as Float32Array) : new Float32Array(0),
      means: means ? (means.data as Float32Array) : new Float32Array(0),
    };
  }
}

/** Node 20's ONNX Runtime takes no tensors over shared memory. */
function ownMemory(values: Float32Array): Float32Array {
  return values.buffer instanceof SharedArrayBuffer ? Float32Array.from(values) : values;
}

/** Distance from its square, which rounding may have pushed below zero. */
export function distance(square: number): number {
  return Math.sqrt(Math.max(0, square));
}

function kernelModel({ withMeans, isOneWay }: { withMeans: boolean; isOneWay: boolean }): Uint8Array {
  const meanNodes: OnnxNode[] = [
    { operator: 'Relu', inputs: ['byImage'], outputs: ['positive'] },
    { operator: 'Sqrt', inputs: ['positive'], outputs: ['distances'] },
    { operator: 'ReduceMean', inputs: ['distances'], outputs: ['means'], attributes: { axes: [2], keepdims: 0 } },
  ];
  const backwardNode: OnnxNode = {
    operator: 'ReduceMin',
    inputs: ['squares'],
    outputs: ['backward'],
    attributes: { axes: [0], keepdims: 0 },
  };
  const backwardOutput: OnnxValue = { name: 'backward', type: 'float32', shape: ['R'] };
  const meanOutput: OnnxValue = { name: 'means', type: 'float32', shape: ['M', 'J'] };
  return encodeOnnx({
    name: 'nearest-patch',
    inputs: [
      { name: 'image', type: 'float32', shape: ['M', 'D'] },
      { name: 'block', type: 'float32', shape: ['R', 'D'] },
      { name: 'shape', type: 'int64', shape: [3] },
    ],
    outputs: [
      { name: 'forward', type: 'float32', shape: ['M', 'J'] },
      ...(isOneWay ? [] : [backwardOutput]),
      ...(withMeans ? [meanOutput] : []),
    ],
    constants: [{ name: 'two', shape: [1], values: new Float32Array([2]) }],
    nodes: [
      {
        operator: 'Gemm',
        inputs: ['image', 'block', 'two'],
        outputs: ['squares'],
        attributes: { transB: 1, alpha: { float: -2 } },
      },
      { operator: 'Reshape', inputs: ['squares', 'shape'], outputs: ['byImage'] },
      { operator: 'ReduceMin', inputs: ['byImage'], outputs: ['forward'], attributes: { axes: [2], keepdims: 0 } },
      ...(isOneWay ? [] : [backwardNode]),
      ...(withMeans ? meanNodes : []),
    ],
  });
}
