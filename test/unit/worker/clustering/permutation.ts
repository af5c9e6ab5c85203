// Folders in another order, for tests that the order of the images does not matter.
import { condensedIndex } from '../../../../worker/algebra/condensed';
import { createRandom } from '../../../../worker/base/random';

/** 0..count−1 in some order. */
export function shuffled(count: number, seed: number): number[] {
  const random = createRandom(seed);
  const order = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = random.integer(0, i);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

/** Condensed distances of the images in another order: at place p is image order[p]. */
export function permute(condensed: Float64Array, order: readonly number[]): Float64Array {
  const permuted: number[] = [];
  for (let i = 0; i < order.length; i++) {
    for (let j = i + 1; j < order.length; j++)
      permuted.push(condensed[condensedIndex(order.length, order[i]!, order[j]!)]!);
  }
  return Float64Array.from(permuted);
}

/** Vectors (count, dimensions) of the images in another order. */
export function permuteVectors(vectors: Float64Array, order: readonly number[]): Float64Array {
  const dimensions = vectors.length / order.length;
  return Float64Array.from(order.flatMap((i) => [...vectors.subarray(i * dimensions, (i + 1) * dimensions)]));
}
