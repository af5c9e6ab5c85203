// Chooses the number of clusters from the dendrogram when nobody gave one.
import type { Merge } from './linkage';

export interface ClusterCount {
  k: number;
  /** The second best. */
  runnerUp: number;
  /** Why k, in a few words. */
  reason: string;
}

/** More groups than this are not looked at in one glance. */
const largest = 20;

/**
 * The largest relative gap of Ward heights: k is where the merge from k to k − 1 clusters costs most in comparison with the merge
 * before it, from k + 1 to k. Two clusters are chosen only when nothing else stands out, because splitting the good images from
 * the rest is nearly always the highest merge and says little.
 */
export function chooseClusterCount(merges: readonly Merge[], count: number): ClusterCount {
  const candidates: { k: number; ratio: number }[] = [];
  /** Height of the merge that leaves k clusters. */
  const heightTo = (k: number) => merges[count - 1 - k]?.[2] ?? 0;
  for (let k = 2; k <= Math.min(largest, Math.floor(count / 2)); k++) {
    const [above, below] = [heightTo(k - 1), heightTo(k)];
    if (above > 0) candidates.push({ k, ratio: below > 0 ? above / below : Infinity });
  }
  candidates.sort((a, b) => b.ratio - a.ratio || a.k - b.k);
  const [best, second] = candidates;
  if (best === undefined) return { k: 1, runnerUp: 1, reason: 'no difference between the images' };
  const factor = Number.isFinite(best.ratio)
    ? `${best.ratio.toFixed(2)} times as high as the next`
    : 'the rest are alike';
  return {
    k: best.k,
    runnerUp: second?.k ?? best.k,
    reason: `largest gap in the dendrogram, ${factor}; runner-up ${second?.k ?? best.k}`,
  };
}
