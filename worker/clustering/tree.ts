// The dendrogram as a tree, and cutting it. Pure: the gallery page cuts with the same function as the engine.
import { Cluster } from 'ml-hclust';
import type { Analysis } from '../api/analysis';
import { renumber } from './renumber';

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
 * Cuts a tree into exactly k clusters, undoing the k − 1 highest merges. Of equal heights those nearer to the root go first, then
 * those further right, level by level: so ties fall as in scipy's `cut_tree(n_clusters=k)`.
 * @param tree from {@link buildTree}: no merge is higher than the one above it
 * @returns cluster 0..k−1 of each leaf, numbered in the order of the leaves
 * @throws RangeError unless 1 ≤ k ≤ number of leaves
 */
export function cutTree(tree: Cluster, k: number): Int32Array {
  const { order, counts } = leavesOf(tree);
  if (!Number.isInteger(k) || k < 1 || k > order.length)
    throw new RangeError(`${order.length} images cannot be cut into ${k}.`);
  const undone = new Set(inCutOrder(tree).slice(0, k - 1));
  const labels = new Int32Array(order.length);
  let [part, at] = [0, 0];
  const pending = [tree];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (undone.has(next)) {
      pending.push(...next.children);
      continue;
    }
    for (const end = at + (counts.get(next) ?? 1); at < end; at++) labels[order[at]!] = part;
    part++;
  }
  return renumber(labels);
}

/** The leaves below each node: its size counts something else where leaves are themselves groups. */
interface Leaves {
  /** Those of every node side by side, its last child's first. */
  order: Int32Array;
  /** Of inner nodes. */
  counts: ReadonlyMap<Cluster, number>;
}

const knownLeaves = new WeakMap<Cluster, Leaves>();

/** Kept with the tree, as {@link inCutOrder} is. */
function leavesOf(tree: Cluster): Leaves {
  const known = knownLeaves.get(tree);
  if (known) return known;
  const order: number[] = [];
  const inner: Cluster[] = [];
  const pending = [tree];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (next.isLeaf) order.push(next.index);
    else {
      inner.push(next);
      pending.push(...next.children);
    }
  }
  const counts = new Map<Cluster, number>();
  // Children before their parents.
  for (const node of inner.reverse())
    counts.set(
      node,
      node.children.reduce((sum, child) => sum + (counts.get(child) ?? 1), 0),
    );
  const found = { order: Int32Array.from(order), counts };
  knownLeaves.set(tree, found);
  return found;
}

const cutOrders = new WeakMap<Cluster, Cluster[]>();

/**
 * Inner nodes in the order in which cuts into more and more clusters undo them: by falling height; equal ones by level from the root
 * down, from right to left. Kept with the tree, because a slider cuts one tree many times.
 * @param tree from {@link buildTree}
 * @returns number of leaves − 1 nodes
 */
export function inCutOrder(tree: Cluster): Cluster[] {
  const known = cutOrders.get(tree) ?? mergesByLevel(tree).sort((a, b) => b.height - a.height);
  cutOrders.set(tree, known);
  return known;
}

/** Inner nodes from the root down, each level from right to left. */
function mergesByLevel(tree: Cluster): Cluster[] {
  const merges = tree.isLeaf ? [] : [tree];
  // The list grows while it is read.
  for (const { children } of merges) {
    for (let i = children.length - 1; i >= 0; i--) if (!children[i]!.isLeaf) merges.push(children[i]!);
  }
  return merges;
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
