// Ward's hierarchical clustering by the nearest-neighbour chain: O(N²) time, one condensed matrix, no allocation on the way.
// Murtagh, "A survey of recent advances in hierarchical clustering algorithms", 1983; as in scipy's linkage(method='ward').
import type { Analysis } from '../api';

/** A row of scipy's linkage matrix: leaves are 0..N-1, the merge of row i is N + i. */
export type Merge = Analysis['merges'][number];

/**
 * Euclidean distances of all pairs i < j, row after row, as scipy's pdist.
 * @param vectors (count, dimensions)
 * @returns (count · (count − 1) / 2)
 */
export function condensedEuclidean(
  vectors: Float32Array | Float64Array,
  count: number,
  dimensions: number,
): Float64Array {
  const condensed = new Float64Array((count * (count - 1)) / 2);
  for (let i = 0, at = 0; i < count; i++) {
    for (let j = i + 1; j < count; j++) {
      let sum = 0;
      for (let d = 0, a = i * dimensions, b = j * dimensions; d < dimensions; d++, a++, b++) {
        const difference = vectors[a]! - vectors[b]!;
        sum += difference * difference;
      }
      condensed[at++] = Math.sqrt(sum);
    }
  }
  return condensed;
}

/**
 * Ward linkage. Heights are scipy's: the distance of two clusters is sqrt(2 |a||b| / (|a|+|b|)) times that of their centroids.
 * @param condensed distances of all pairs (see {@link condensedEuclidean}); left as it is
 * @returns count − 1 merges by rising height, labelled as scipy labels them
 * @throws RangeError when a distance is not a finite number, or so large that its square is not
 */
export function wardLinkage(condensed: Float64Array, count: number): Merge[] {
  if (condensed.length !== (count * (count - 1)) / 2) throw new RangeError('One distance a pair is needed.');
  const squares = condensed.map((distance) => distance * distance);
  if (!squares.every(Number.isFinite)) throw new RangeError('A distance between images is not a finite number.');
  return label(chainMerges(squares, count), count);
}

/** A merge named by one leaf of each side. */
interface RawMerge {
  a: number;
  b: number;
  height: number;
}

/** Merges in the order in which the chain finds them; `squares` is used up. A cluster lives on under its larger index. */
function chainMerges(squares: Float64Array, count: number): RawMerge[] {
  const sizes = new Float64Array(count).fill(1);
  const at = (i: number, j: number) =>
    i < j ? count * i - (i * (i + 1)) / 2 + (j - i - 1) : count * j - (j * (j + 1)) / 2 + (i - j - 1);
  const chain = new Int32Array(count);
  let length = 0;
  const merges: RawMerge[] = [];
  for (let merged = 0; merged < count - 1; merged++) {
    if (length === 0) chain[length++] = sizes.findIndex((size) => size > 0);
    let x: number;
    let y: number;
    let nearest: number;
    for (;;) {
      x = chain[length - 1]!;
      // The one before in the chain wins ties, so that the chain ends.
      y = length > 1 ? chain[length - 2]! : -1;
      nearest = y < 0 ? Infinity : squares[at(x, y)]!;
      for (let i = 0; i < count; i++) {
        if (i === x || sizes[i] === 0) continue;
        const square = squares[at(x, i)]!;
        if (square < nearest) {
          nearest = square;
          y = i;
        }
      }
      if (length > 1 && y === chain[length - 2]) break;
      chain[length++] = y;
    }
    length -= 2;
    const [gone, kept] = x < y ? [x, y] : [y, x];
    const goneSize = sizes[gone]!;
    const keptSize = sizes[kept]!;
    merges.push({ a: gone, b: kept, height: Math.sqrt(nearest) });
    sizes[gone] = 0;
    sizes[kept] = goneSize + keptSize;
    for (let i = 0; i < count; i++) {
      const size = sizes[i]!;
      if (size === 0 || i === kept) continue;
      // Lance–Williams for Ward, on squared distances.
      const all = goneSize + keptSize + size;
      const square =
        ((goneSize + size) * squares[at(i, gone)]! + (keptSize + size) * squares[at(i, kept)]! - size * nearest) / all;
      squares[at(i, kept)] = Math.max(0, square);
    }
  }
  return merges;
}

/** Sorts merges by height and names both sides as scipy does: the smaller label first. */
function label(raw: RawMerge[], count: number): Merge[] {
  const parent = Int32Array.from({ length: 2 * count - 1 }, (_, i) => i);
  const sizes = new Int32Array(2 * count - 1).fill(1);
  const root = (node: number): number => {
    let top = node;
    while (parent[top] !== top) top = parent[top]!;
    // Path compression keeps later walks short.
    for (let at = node; at !== top;) [at, parent[at]] = [parent[at]!, top];
    return top;
  };
  return raw
    .sort((p, q) => p.height - q.height)
    .map(({ a, b, height }, row) => {
      const [left, right] = [root(a), root(b)].sort((p, q) => p - q) as [number, number];
      const node = count + row;
      const size = sizes[left]! + sizes[right]!;
      parent[left] = parent[right] = node;
      sizes[node] = size;
      return [left, right, height, size];
    });
}
