// The dendrogram as a tree, and cutting it. Pure: the gallery page cuts with the same function as the engine.
import { Cluster } from 'ml-hclust';
import type { Analysis } from '../api';

type Merge = Analysis['merges'][number];

/**
 * The tree of a linkage matrix, as ml-hclust's `Cluster`: leaves carry the index of their image.
 * @param merges count − 1 rows by rising height
 */
export function buildTree(merges: readonly Merge[], count: number): Cluster {
  const nodes: Cluster[] = Array.from({ length: count }, (_, index) => {
    const leaf = new Cluster();
    leaf.index = index;
    leaf.isLeaf = true;
    return leaf;
  });
  for (const [left, right, height, size] of merges) {
    const node = new Cluster();
    node.children = [nodes[left]!, nodes[right]!];
    node.height = height;
    node.size = size;
    nodes.push(node);
  }
  return nodes[nodes.length - 1] ?? new Cluster();
}

/**
 * Cuts a tree into exactly k clusters, undoing the k − 1 highest merges; of equal heights, the one nearer to the root.
 * @returns cluster 0..k−1 of each leaf, numbered in the order of the leaves
 * @throws RangeError unless 1 ≤ k ≤ number of leaves
 */
export function cutTree(tree: Cluster, k: number): Int32Array {
  if (!Number.isInteger(k) || k < 1 || k > tree.size)
    throw new RangeError(`${tree.size} images cannot be cut into ${k}.`);
  // Parts, highest first; a part is only ever replaced by parts that are not higher.
  const parts: Cluster[] = [tree];
  while (parts.length < k) {
    const highest = parts.shift()!;
    for (const child of highest.children) insertByHeight(parts, child);
  }
  const labels = new Int32Array(tree.size);
  const groups = parts.map(leaves).sort((a, b) => a[0]! - b[0]!);
  for (const [label, indices] of groups.entries()) for (const index of indices) labels[index] = label;
  return labels;
}

/** Leaves go last, whatever their height, so that a part that can be split is always first. */
function insertByHeight(parts: Cluster[], part: Cluster): void {
  const before = (a: Cluster, b: Cluster) => (a.isLeaf !== b.isLeaf ? b.isLeaf : a.height > b.height);
  let low = 0;
  let high = parts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (before(part, parts[middle]!)) high = middle;
    else low = middle + 1;
  }
  parts.splice(low, 0, part);
}

/** Image indices below a node, rising. A stack of its own: a tree may be as deep as it has leaves. */
export function leaves(node: Cluster): number[] {
  const found: number[] = [];
  const pending = [node];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (next.isLeaf) found.push(next.index);
    else pending.push(...next.children);
  }
  return found.sort((a, b) => a - b);
}
