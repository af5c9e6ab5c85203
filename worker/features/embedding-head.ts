// From a feature map to a bag of patch embeddings: 3×3 average pooling, then unit length, as the paper does.
import { Tensor, type InferenceSession } from 'onnxruntime-node';
import { encodeOnnx, type OnnxNode } from '../onnx/encode';
import { openSession } from '../onnx/inference-session';

/** A bag: M patch embeddings of D numbers, unit L2 norm, row-major over the patch grid. */
export interface Bag {
  /** (M, D), exactly the values of `half`: so a bag read from the cache is the same as a fresh one. */
  embeddings: Float32Array;
  /** The same in half precision, as the cache keeps it. */
  half: Uint16Array;
  /** (D): the feature map's global average, neither 3×3-pooled nor scaled to unit length; the `holistic` vector of Table 4. */
  pooled: Float32Array;
  rows: number;
  columns: number;
  dimensions: number;
}

/** Pools, normalises and rounds feature maps, in one small ONNX graph. */
export class EmbeddingHead {
  private constructor(private readonly session: InferenceSession) {}

  /** @param skipsPooling the maps are not to be averaged over 3×3 */
  static async open(skipsPooling = false): Promise<EmbeddingHead> {
    return new EmbeddingHead(await openSession(headModel(skipsPooling)));
  }

  /** `map` is (1, D, rows, columns). */
  async run(map: Tensor): Promise<Bag> {
    const [, dimensions, rows, columns] = map.dims as [number, number, number, number];
    const { half, embeddings, pooled } = await this.session.run({
      map,
      shape: new Tensor('int64', [BigInt(dimensions), -1n], [2]),
    });
    const halfData = half!.data as unknown as Uint16Array;
    return {
      embeddings: embeddings!.data as Float32Array,
      half: new Uint16Array(halfData.buffer, halfData.byteOffset, halfData.length),
      pooled: pooled!.data as Float32Array,
      rows,
      columns,
      dimensions,
    };
  }
}

/**
 * Average over 3×3 patches with stride 1; positions outside the map count as zeros (torch's avg_pool2d default). Then
 * z / max(‖z‖, 1e-12), rounded to half precision.
 */
function headModel(skipsPooling: boolean): Uint8Array {
  const smoothing: OnnxNode = {
    operator: 'AveragePool',
    inputs: ['map'],
    outputs: ['smoothed'],
    attributes: { kernel_shape: [3, 3], pads: [1, 1, 1, 1], strides: [1, 1], count_include_pad: 1 },
  };
  return encodeOnnx({
    name: 'embedding-head',
    inputs: [
      { name: 'map', type: 'float32', shape: [1, 'D', 'rows', 'columns'] },
      { name: 'shape', type: 'int64', shape: [2] },
    ],
    outputs: [
      { name: 'half', type: 'float16', shape: ['M', 'D'] },
      { name: 'embeddings', type: 'float32', shape: ['M', 'D'] },
      { name: 'pooled', type: 'float32', shape: ['D'] },
    ],
    constants: [{ name: 'tiny', shape: [], values: new Float32Array([1e-12]) }],
    nodes: [
      { operator: 'ReduceMean', inputs: ['map'], outputs: ['pooled'], attributes: { axes: [0, 2, 3], keepdims: 0 } },
      ...(skipsPooling ? [] : [smoothing]),
      { operator: 'Reshape', inputs: [skipsPooling ? 'map' : 'smoothed', 'shape'], outputs: ['channels'] },
      { operator: 'Transpose', inputs: ['channels'], outputs: ['patches'], attributes: { perm: [1, 0] } },
      { operator: 'ReduceL2', inputs: ['patches'], outputs: ['length'], attributes: { axes: [1], keepdims: 1 } },
      { operator: 'Max', inputs: ['length', 'tiny'], outputs: ['divisor'] },
      { operator: 'Div', inputs: ['patches', 'divisor'], outputs: ['unit'] },
      { operator: 'Cast', inputs: ['unit'], outputs: ['half'], attributes: { to: 10 } },
      { operator: 'Cast', inputs: ['half'], outputs: ['embeddings'], attributes: { to: 1 } },
    ],
  });
}
