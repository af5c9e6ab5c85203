// Distances of all pairs i < j, row after row, as scipy's pdist gives them: half of a square matrix.
import { squaredDistance } from './vectors';

/** Where the distance of a pair lies. @param i and j in any order, not equal */
export function condensedIndex(count: number, i: number, j: number): number {
  return i < j ? count * i - (i * (i + 1)) / 2 + (j - i - 1) : count * j - (j * (j + 1)) / 2 + (i - j - 1);
}

/**
 * Euclidean distances of all pairs.
 * @param vectors (count, dimensions)
 * @param onStep called after every row; may throw to stop
 * @returns (count · (count − 1) / 2)
 */
export function condensedEuclidean(
  vectors: Float32Array | Float64Array,
  count: number,
  dimensions: number,
  onStep?: () => void,
): Float64Array {
  const condensed = new Float64Array((count * (count - 1)) / 2);
  for (let i = 0, at = 0; i < count; i++) {
    for (let j = i + 1; j < count; j++) {
      condensed[at++] = Math.sqrt(squaredDistance(vectors, i * dimensions, vectors, j * dimensions, dimensions));
    }
    onStep?.();
  }
  return condensed;
}
