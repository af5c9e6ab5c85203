// A tree of many, as it joins a few of them.
import { labelMerges, type Merge, type RawMerge } from '../linkage';
import type { RawTree } from './two-level';

/**
 * Merges of the chosen vectors: each pair meets at the height at which it does in the tree of all.
 * @param tree of `count` vectors
 * @param chosen vectors; one that is there twice meets itself at height zero
 * @returns chosen − 1 merges, labelled as `linkage` labels them by the places in the list
 */
export function treeAmong({ a, b, height }: RawTree, chosen: readonly number[]): Merge[] {
  const count = height.length + 1;
  const parent = Int32Array.from({ length: count }, (_, leaf) => leaf);
  const rootOf = (leaf: number) => {
    let top = leaf;
    while (parent[top] !== top) top = parent[top]!;
    for (let at = leaf; at !== top;) [at, parent[at]] = [parent[at]!, top];
    return top;
  };
  /** Of a branch, the place of one of the chosen below it. */
  const placeOf = new Int32Array(count).fill(-1);
  const order = Int32Array.from({ length: height.length }, (_, i) => i).sort(
    (p, q) => height[p]! - height[q]! || p - q,
  );
  const raw: RawMerge[] = [];
  for (const [place, leaf] of chosen.entries()) {
    if (placeOf[leaf]! >= 0) raw.push({ a: placeOf[leaf]!, b: place, height: 0 });
    placeOf[leaf] = place;
  }
  for (const i of order) {
    const [gone, kept] = [rootOf(a[i]!), rootOf(b[i]!)];
    const [left, right] = [placeOf[gone]!, placeOf[kept]!];
    if (left >= 0 && right >= 0) raw.push({ a: left, b: right, height: height[i]! });
    parent[gone] = kept;
    placeOf[kept] = Math.max(left, right);
  }
  return labelMerges(raw, chosen.length);
}
