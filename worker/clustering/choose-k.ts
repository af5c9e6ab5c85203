// Chooses the number of clusters from the dendrogram when nobody gave one, and the others that are worth a look.
import type { Merge } from './linkage';

/** A number of clusters that is worth a look, and why. */
export interface ClusterCandidate {
  k: number;
  /** The one that is chosen; or the best with fewer or with more clusters. */
  kind: 'chosen' | 'fewer' | 'more';
  /** How far apart its clusters are, over that of images without groups: above 1 where images fall into so many. */
  gap: number;
}

/** A number of clusters that was chosen from a dendrogram. */
export interface ClusterCount {
  k: number;
  /** Two or three, by rising k; k is among them. None where there is nothing to choose. */
  candidates: ClusterCandidate[];
  /** Why k, in a few words. */
  reason: string;
}

/** Fewer clusters hide kinds of anomalies; one too many costs a click. */
const [least, most] = [4, 8];
/** Two or three are chosen only where their gap is so many times the usual one, which no real set of ours has. */
const clearlyFewer = 2;
/** More than this are not offered. */
const mostOffered = 12;
/** More groups than this are not looked at in one glance. */
const largest = 20;
/** Where no gap stands out, the number is about this: within so much of a natural logarithm, and with little weight. */
const [usual, width, weight] = [5, 0.4, 0.05];

/**
 * The largest relative gap of Ward heights among 4 to 8 clusters, beyond the one that is there without any groups.
 *
 * h(k) is the height of the merge that leaves k clusters. It joins two of k + 1 parts, and Ward heights grow with the root of the
 * sizes, so data without groups has h(k) ∝ 1/√(k+1): its ratios h(k−1) / h(k) fall from 1.22 at k = 2 to 1.02 at k = 20. Hence k is
 * where ln(h(k−1) / h(k) · √(k / (k+1))) is largest, less a little for numbers that are far from 5: without groups all gaps are alike.
 * docs/method.md compares rules. Two or three only where they are beyond doubt.
 * @param count number of images; below 4 there is nothing to choose and k is 1
 */
export function chooseClusterCount(merges: readonly Merge[], count: number): ClusterCount {
  if (count < 4) return { k: 1, candidates: [], reason: 'too few images to choose' };
  const gaps = relativeGaps(merges, count);
  const best = (from: number, to: number) =>
    gaps
      .filter(({ k }) => k >= from && k <= to)
      .reduce<RelativeGap | undefined>((a, b) => (a && worth(a) >= worth(b) ? a : b), undefined);
  const coarse = best(2, least - 1);
  const isClear = coarse !== undefined && coarse.gap >= clearlyFewer;
  // Of few images, or of few kinds, as many as there are.
  const chosen = isClear ? coarse : (best(least, most) ?? gaps[gaps.length - 1]);
  if (chosen === undefined) return { k: 1, candidates: [], reason: 'no difference between the images' };
  const { k } = chosen;
  const others = [
    ['fewer', best(2, k - 1)],
    ['chosen', chosen],
    ['more', best(k + 1, mostOffered)],
  ] as const;
  return {
    k,
    candidates: others.flatMap(([kind, found]) => (found ? [{ k: found.k, kind, gap: found.gap }] : [])),
    reason: reasonOf(chosen),
  };
}

function reasonOf({ k, ratio }: RelativeGap): string {
  const among = k < least ? 'far clearer than any other' : `best of ${least} to ${most}`;
  return Number.isFinite(ratio)
    ? `${among}: the step above is ${ratio.toFixed(2)} times as high as the next`
    : 'the rest are alike';
}

function worth({ k, gap }: RelativeGap): number {
  return Math.log(gap) - (weight / 2) * (Math.log(k / usual) / width) ** 2;
}

/** How far apart the heights of two neighbouring merges are. */
export interface RelativeGap {
  k: number;
  /** h(k−1) / h(k) */
  ratio: number;
  /** The ratio over that of data without groups: above 1 where the data fall into k groups. */
  gap: number;
}

/** Of 2 to 20 clusters of two images on average or more, by rising k; see {@link chooseClusterCount}. */
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
