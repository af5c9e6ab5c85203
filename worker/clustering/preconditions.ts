// How many images Ward compares all with all, and what no clusterer accepts. A NaN would not stop them, it would make them wrong.

/** Up to so many images Ward's tree is that of all pairs, which takes about a minute; of more it is grown in two levels. */
export const wardLimit = 50_000;

/** @throws RangeError unless 1 ≤ k ≤ count */
export function requireClusters(k: number, count: number): void {
  if (Number.isInteger(k) && k >= 1 && k <= count) return;
  throw new RangeError(`${count} images cannot be made into ${k} clusters.`);
}

/** @throws RangeError unless there are (count, dimensions) finite numbers */
export function requireVectors(vectors: Float32Array | Float64Array, count: number, dimensions: number): void {
  if (vectors.length !== count * dimensions) throw new RangeError('One vector an image is needed.');
  if (!vectors.every((value) => Number.isFinite(value * value))) {
    throw new RangeError("An image's vector has a number that is not finite, or whose square is not.");
  }
}

/** @throws RangeError unless there is one distance for every pair of `count` images, finite and not negative */
export function requireDistances(condensed: Float64Array, count: number): void {
  if (condensed.length !== (count * (count - 1)) / 2) throw new RangeError('One distance a pair is needed.');
  if (!condensed.every((distance) => distance >= 0 && distance < Infinity)) {
    throw new RangeError('A distance between images is not a finite number of at least 0.');
  }
}
