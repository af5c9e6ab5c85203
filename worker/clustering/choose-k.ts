// Chooses the number of clusters from the dendrogram when nobody gave one.
import type { Merge } from './linkage';

/** A number of clusters that was chosen from a dendrogram. */
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
 * The largest relative gap of Ward heights, beyond the one that is there without any groups.
 *
 * h(k) is the height of the merge that leaves k clusters. It joins two of k + 1 parts, and Ward heights grow with the root of the
 * sizes, so data without groups has h(k) ∝ 1/√(k+1): its ratios h(k−1) / h(k) fall from 1.22 at k = 2 to 1.02 at k = 20, and the plain
 * ratio would choose 2 far too often. Hence k is where h(k−1) / h(k) · √(k / (k+1)) is largest, from 2 to 20 clusters of two images
 * on average or more.
 * @param count number of images; below 4 there is nothing to choose and k is 1
 */
export function chooseClusterCount(merges: readonly Merge[], count: number): ClusterCount {
  if (count < 4) return { k: 1, runnerUp: 1, reason: 'too few images to choose' };
  const candidates = relativeGaps(merges, count).sort((a, b) => b.gap - a.gap || a.k - b.k);
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

/** How far apart the heights of two neighbouring merges are. */
export interface RelativeGap {
  k: number;
  /** h(k−1) / h(k) */
  ratio: number;
  /** The ratio over that of data without groups: above 1 where the data fall into k groups. */
  gap: number;
}

/** Of 2 to 20 clusters, by rising k; see {@link chooseClusterCount}. */
export function relativeGaps(merges: readonly Merge[], count: number): RelativeGap[] {
  const gaps: RelativeGap[] = [];
  const heightTo = (k: number) => merges[count - 1 - k]?.[2] ?? 0;
  for (let k = 2; k <= Math.min(largest, Math.floor(count / 2)); k++) {
    const [above, below] = [heightTo(k - 1), heightTo(k)];
    const ratio = below > 0 ? above / below : Infinity;
    if (above > 0) gaps.push({ k, ratio, gap: ratio / usualRatio(k) });
  }
  return gaps;
}

/** h(k−1) / h(k) of data without groups. */
function usualRatio(k: number): number {
  return Math.sqrt((k + 1) / k);
}
