// A low-rank projection of patch embeddings, in which candidates for the nearest patch are found for a part of the work.
import { Tensor } from 'onnxruntime-node';
import { symmetricEigenpairs } from '../clustering/symmetric';
import { openSession } from '../features/session';
import { encodeOnnx } from '../onnx/encode';

/** Orthonormal directions that patch embeddings are projected to. */
export interface Projection {
  /** Names the patches that it was made from. */
  key: string;
  /** (size, D) */
  directions: Float32Array;
  size: number;
}

/**
 * Directions that the search for candidates takes: a quarter of the dimensions and 32 more, which keeps the error of alpha below one
 * per cent (docs/performance.md). Undefined where that saves too little, or where vectors do not fit the SIMD code.
 * @param patches of an image
 */
export function projectionSize(patches: number, dimensions: number): number | undefined {
  const size = 32 + 16 * Math.ceil(dimensions / 64);
  return patches >= 4 && dimensions % 4 === 0 && size <= dimensions * 0.6 ? size : undefined;
}

/**
 * The first principal directions of patches about the origin: those that keep most of the products a · b.
 * @param patches (any, D), a sample
 * @param onStep called every few milliseconds; may throw to stop
 */
export async function principalProjection(
  patches: Float32Array,
  dimensions: number,
  size: number,
  key: string,
  onStep?: () => void,
): Promise<Projection> {
  const session = await openSession(secondMoments());
  const { moments } = await session.run({
    patches: new Tensor('float32', patches, [patches.length / dimensions, dimensions]),
  });
  const values = moments!.data as Float32Array;
  const rows = Array.from({ length: dimensions }, (_, i) =>
    Float64Array.from(values.subarray(i * dimensions, (i + 1) * dimensions)),
  );
  const { vectors } = symmetricEigenpairs(rows, onStep);
  const directions = new Float32Array(size * dimensions);
  for (let i = 0; i < size; i++) directions.set(vectors[i]!, i * dimensions);
  return { key, directions, size };
}

function secondMoments(): Uint8Array {
  return encodeOnnx({
    name: 'second-moments',
    inputs: [{ name: 'patches', type: 'float32', shape: ['P', 'D'] }],
    outputs: [{ name: 'moments', type: 'float32', shape: ['D', 'D'] }],
    nodes: [{ operator: 'Gemm', inputs: ['patches', 'patches'], outputs: ['moments'], attributes: { transA: 1 } }],
  });
}
