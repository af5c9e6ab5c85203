// Chooses few images that stand for many: the greedy k-centre coreset, for normal banks that are larger than their limit.
// Sener & Savarese, "Active learning for convolutional neural networks: a core-set approach", 2018; PatchCore does it with patches.
import { squaredDistance } from '../algebra/vectors';

/**
 * Starts with the first vector and adds, again and again, the one that is farthest from all chosen ones. A seed is given by the
 * order of the vectors.
 * @param vectors (count, dimensions)
 * @returns indices of `size` vectors (or all, when there are fewer) in the order in which they were chosen; of equals the first
 */
export function greedyCoreset(vectors: Float32Array, dimensions: number, size: number): number[] {
  const count = vectors.length / dimensions;
  const nearest = new Float64Array(count).fill(Infinity);
  const chosen: number[] = [];
  let next = 0;
  while (chosen.length < Math.min(size, count)) {
    chosen.push(next);
    let farthest = -1;
    for (let i = 0; i < count; i++) {
      const square = squaredDistance(vectors, i * dimensions, vectors, next * dimensions, dimensions);
      if (square < nearest[i]!) nearest[i] = square;
    }
    for (const i of chosen) nearest[i] = -1;
    for (let i = 0; i < count; i++) {
      if (nearest[i]! > farthest) [farthest, next] = [nearest[i]!, i];
    }
  }
  return chosen;
}
