// Purity against the number of clusters, over a whole dendrogram at once: figure 4 and Table 3.
import type { Cluster } from 'ml-hclust';
import type { Merge } from '../clustering/linkage';
import { buildTree, inCutOrder } from '../clustering/tree';

/** Purity of every cut of a dendrogram. */
export interface PurityCurve {
  /** purity[k − 1] of k clusters, k = 1..N. */
  purity: number[];
  /** Σ purity(k) / N. */
  mAUC: number;
}

/**
 * Images without a class (MVTec AD's `combined`) take part in the tree, but not in the count: k is the number of clusters that hold a
 * counted image, N the number of counted images. A cut that separates only other images changes neither k nor purity. Equal heights are
 * taken in the order of `cutTree`, so purity[k − 1] is that of the clusters that a cut gives.
 * @param merges dendrogram of all images, no merge higher than the one above it
 * @param truth class of each image; undefined for one that does not count
 * @throws RangeError when no image counts
 */
export function purityCurve(merges: readonly Merge[], truth: readonly (string | undefined)[]): PurityCurve {
  const counted = truth.filter((name) => name !== undefined).length;
  if (counted === 0) throw new RangeError('No image counts.');
  const tree = buildTree(merges, truth.length);
  // Of every cluster of more than one image that is left, by node of the tree.
  const inner = new Map<Cluster, Counts>();
  const countsOf = (node: Cluster) => (node.isLeaf ? countOne(truth[node.index]) : inner.get(node)!);
  const purity = new Array<number>(counted);
  let clusters = counted;
  let right = counted;
  purity[clusters - 1] = 1;
  for (const merge of [...inCutOrder(tree)].reverse()) {
    const [a, b] = merge.children.map(countsOf) as [Counts, Counts];
    for (const child of merge.children) inner.delete(child);
    const [large, small] = a.size < b.size ? [b, a] : [a, b];
    const before = largest(a) + largest(b);
    for (const [name, count] of small) large.set(name, (large.get(name) ?? 0) + count);
    inner.set(merge, large);
    if (a.size === 0 || b.size === 0) continue;
    right += largest(large) - before;
    clusters--;
    purity[clusters - 1] = right / counted;
  }
  return { purity, mAUC: purity.reduce((sum, value) => sum + value, 0) / counted };
}

/** Images of each class. */
type Counts = Map<string, number>;

/** R@P = 1 − min{k: purity(k) ≥ P} / N. */
export function recallAt(purity: readonly number[], level: number): number {
  // A sum of shares may miss its level by the last bit.
  const k = purity.findIndex((value) => value >= level - 1e-12) + 1;
  return 1 - k / purity.length;
}

function countOne(name: string | undefined): Counts {
  return new Map(name === undefined ? [] : [[name, 1]]);
}

function largest(counts: Counts): number {
  let most = 0;
  for (const count of counts.values()) most = Math.max(most, count);
  return most;
}
