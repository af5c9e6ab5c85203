// Purity against the number of clusters, over a whole dendrogram at once: figure 4 and Table 3.
import type { Merge } from '../clustering/linkage';

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
  // Counts of each class in every cluster that is left, by node of the tree.
  const nodes = new Map(truth.map((name, i) => [i, new Map<string, number>(name === undefined ? [] : [[name, 1]])]));
  const purity = new Array<number>(counted);
  let clusters = counted;
  let right = counted;
  purity[clusters - 1] = 1;
  for (const row of inCutOrder(merges, truth.length).reverse()) {
    const [left, other] = merges[row]!;
    const [a, b] = [nodes.get(left)!, nodes.get(other)!];
    nodes.delete(left);
    nodes.delete(other);
    const [large, small] = a.size < b.size ? [b, a] : [a, b];
    const before = largest(a) + largest(b);
    for (const [name, count] of small) large.set(name, (large.get(name) ?? 0) + count);
    nodes.set(truth.length + row, large);
    if (a.size === 0 || b.size === 0) continue;
    right += largest(large) - before;
    clusters--;
    purity[clusters - 1] = right / counted;
  }
  return { purity, mAUC: purity.reduce((sum, value) => sum + value, 0) / counted };
}

/** Rows of the merges in the order in which growing k undoes them: by falling height; equal ones by level, from right to left. */
function inCutOrder(merges: readonly Merge[], count: number): number[] {
  const rows = merges.length > 0 ? [merges.length - 1] : [];
  // The list grows while it is read.
  for (const row of rows) {
    const [left, right] = merges[row]!;
    for (const node of [right, left]) if (node >= count) rows.push(node - count);
  }
  return rows.sort((a, b) => merges[b]![2] - merges[a]![2]);
}

/** R@P = 1 − min{k: purity(k) ≥ P} / N. */
export function recallAt(purity: readonly number[], level: number): number {
  // A sum of shares may miss its level by the last bit.
  const k = purity.findIndex((value) => value >= level - 1e-12) + 1;
  return 1 - k / purity.length;
}

function largest(counts: Map<string, number>): number {
  let most = 0;
  for (const count of counts.values()) most = Math.max(most, count);
  return most;
}
