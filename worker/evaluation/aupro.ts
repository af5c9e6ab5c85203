// Area under the per-region overlap curve: how much of each defect is found, at how many false pixels. Large defects count no more than small ones.
import { sortedTogether } from '../base/sorting';
import { connectedComponents } from '../regions/connected-components';
import type { ScoredPixels } from './auroc';

/** Up to this share of the pixels without a defect may be marked: MVTec AD's. */
const usualLimit = 0.3;
/** Thresholds that the curve is followed by. */
const steps = 1000;

/** An image's scores as a picture; a mask of 1 where its defects are. */
export interface ScoredPicture extends ScoredPixels {
  width: number;
  height: number;
}

/**
 * Mean share of the connected defects that lies above a threshold, over the share of false pixels from 0 to `limit`, divided by `limit`
 * (Bergmann et al., "The MVTec Anomaly Detection Dataset", IJCV 2021, section 6.2). Thresholds are those of 1,000 equally spaced shares.
 * @returns null when there are no defects, or no pixels without one
 */
export function aupro(images: Iterable<ScoredPicture>, limit = usualLimit): number | null {
  const defects: Float32Array[] = [];
  const others: Float32Array[] = [];
  for (const { scores, mask, width, height } of images) {
    others.push(mask ? scores.filter((_, i) => mask[i] === 0) : scores);
    for (const cells of mask ? connectedComponents({ width, height }, (cell) => mask[cell] !== 0) : [])
      defects.push(Float32Array.from(cells, (cell) => scores[cell]!).sort());
  }
  const negatives = sortedTogether(others);
  if (defects.length === 0 || negatives.length === 0) return null;
  const overlapAt = (share: number): number => {
    // As many pixels without a defect as the share allows lie above the threshold, none of them equal to it.
    const allowed = Math.min(Math.floor(share * negatives.length + 1e-9), negatives.length - 1);
    const threshold = negatives[negatives.length - 1 - allowed]!;
    return mean(defects.map((scores) => countAbove(scores, threshold) / scores.length));
  };
  const overlaps = Array.from({ length: steps + 1 }, (_, i) => overlapAt((limit * i) / steps));
  let area = 0;
  for (let i = 0; i < steps; i++) area += (overlaps[i]! + overlaps[i + 1]!) / 2;
  return area / steps;
}

/** @param sorted rising */
function countAbove(sorted: Float32Array, threshold: number): number {
  let [from, to] = [0, sorted.length];
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (sorted[middle]! > threshold) to = middle;
    else from = middle + 1;
  }
  return sorted.length - from;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
