// Hierarchical clustering by the nearest-neighbour chain: O(N²) time, one condensed matrix, no allocation on the way.
// Murtagh, "A survey of recent advances in hierarchical clustering algorithms", 1983; results are those of scipy's linkage.
import type { Analysis } from '../api/analysis';
import { condensedIndex } from '../algebra/condensed';
import { requireDistances } from './preconditions';

/** A row of scipy's linkage matrix: leaves are 0..N-1, the merge of row i is N + i. */
export type Merge = Analysis['merges'][number];

export const linkageMethods = ['ward', 'complete', 'average', 'single'] as const;
export type LinkageMethod = (typeof linkageMethods)[number];

/**
 * Distance of a third cluster to the merge of two, from its distances to both (Lance & Williams). None lies below `between`, the
 * distance of the two, when that is the smallest that either has: so heights never fall from the leaves to the root, and the chain
 * finds the same tree as a search over all pairs. It holds for Ward on any distances, Euclidean or not.
 */
type Update = (
  toFirst: number,
  toSecond: number,
  between: number,
  firstSize: number,
  secondSize: number,
  size: number,
) => number;

const updates: Record<LinkageMethod, Update> = {
  // On squared distances.
  ward: (toFirst, toSecond, between, firstSize, secondSize, size) =>
    Math.max(
      0,
      ((firstSize + size) * toFirst + (secondSize + size) * toSecond - size * between) /
        (firstSize + secondSize + size),
    ),
  complete: (toFirst, toSecond) => (toFirst > toSecond ? toFirst : toSecond),
  average: (toFirst, toSecond, _between, firstSize, secondSize) =>
    (firstSize * toFirst + secondSize * toSecond) / (firstSize + secondSize),
  single: (toFirst, toSecond) => (toFirst < toSecond ? toFirst : toSecond),
};

/**
 * The dendrogram. Ward's height of two clusters is sqrt(2 |a||b| / (|a|+|b|)) times the distance of their centroids, when distances
 * are Euclidean; the others are the largest, mean and smallest distance between their members.
 * @param condensed distances of all pairs i < j, of any kind; left as it is
 * @param onStep called after every merge; may throw to stop
 * @returns count − 1 merges by rising height, labelled as scipy labels them
 * @throws RangeError when a distance is negative or not a finite number, or so large that its square is not
 */
export function linkage(condensed: Float64Array, count: number, method: LinkageMethod, onStep?: () => void): Merge[] {
  requireDistances(condensed, count);
  if (method !== 'ward') return labelMerges(chainMerges(condensed.slice(), count, updates[method], onStep), count);
  const squares = condensed.map((distance) => distance * distance);
  // Squaring may have overflowed.
  requireDistances(squares, count);
  const merges = chainMerges(squares, count, updates.ward, onStep);
  return labelMerges(
    merges.map((merge) => ({ ...merge, height: Math.sqrt(merge.height) })),
    count,
  );
}

/** A merge named by one leaf of each side. */
export interface RawMerge {
  a: number;
  b: number;
  height: number;
}

/** Merges in the order in which the chain finds them; `distances` is used up. A cluster lives on under its larger index. */
function chainMerges(distances: Float64Array, count: number, update: Update, onStep?: () => void): RawMerge[] {
  const sizes = new Float64Array(count).fill(1);
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
      nearest = y < 0 ? Infinity : distances[condensedIndex(count, x, y)]!;
      for (let i = 0; i < count; i++) {
        if (i === x || sizes[i] === 0) continue;
        const distance = distances[condensedIndex(count, x, i)]!;
        if (distance < nearest) {
          nearest = distance;
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
    merges.push({ a: gone, b: kept, height: nearest });
    sizes[gone] = 0;
    sizes[kept] = goneSize + keptSize;
    for (let i = 0; i < count; i++) {
      const size = sizes[i]!;
      if (size === 0 || i === kept) continue;
      const toGone = distances[condensedIndex(count, i, gone)]!;
      const at = condensedIndex(count, i, kept);
      distances[at] = update(toGone, distances[at]!, nearest, goneSize, keptSize, size);
    }
    onStep?.();
  }
  return merges;
}

/**
 * Sorts merges by height and names both sides as scipy does: the smaller label first.
 * @param leafSizes (count): what each leaf counts for; absent: 1
 */
export function labelMerges(raw: RawMerge[], count: number, leafSizes?: ArrayLike<number>): Merge[] {
  const parent = Int32Array.from({ length: 2 * count - 1 }, (_, i) => i);
  const sizes = new Int32Array(2 * count - 1).fill(1);
  if (leafSizes) sizes.set(leafSizes);
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
