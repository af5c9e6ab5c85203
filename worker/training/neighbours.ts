// The nearest neighbours of images in feature space, by cosine similarity, as SCAN mines them.

/**
 * @param vectors (N, D)
 * @param wanted neighbours of each, at least one, the image itself aside
 * @returns (N, wanted), the nearest first; an image that is alone is its own neighbour
 */
export function nearestNeighbours(
  vectors: Float32Array,
  count: number,
  dimensions: number,
  wanted: number,
): Int32Array {
  const unit = Float64Array.from(vectors);
  for (let i = 0; i < count; i++) {
    const row = unit.subarray(i * dimensions, (i + 1) * dimensions);
    const length = Math.hypot(...row) || 1;
    for (let d = 0; d < dimensions; d++) row[d]! /= length;
  }
  const found = new Int32Array(count * wanted);
  const similarity = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < count; j++) {
      let sum = 0;
      for (let d = 0; d < dimensions; d++) sum += unit[i * dimensions + d]! * unit[j * dimensions + d]!;
      similarity[j] = sum;
    }
    const order = [...Array(count).keys()]
      .filter((j) => j !== i)
      .sort((a, b) => similarity[b]! - similarity[a]! || a - b);
    for (let rank = 0; rank < wanted; rank++) found[i * wanted + rank] = order[Math.min(rank, order.length - 1)] ?? i;
  }
  return found;
}
