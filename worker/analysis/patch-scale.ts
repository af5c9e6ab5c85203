// What is usual among a folder's patches, and what is not: the scale of heat maps. Pure.
import type { PatchScale } from '../api/analysis';
import { sortedTogether } from '../base/sorting';

/** Share of the patches that are usual. On five real sets with masks 41 % of the colour lies on defects then; over the whole range 16 % do. */
const usualShare = 0.9;

/**
 * @param range of the distances of all images
 * @param distances (images) of (patches): a sample of the images is enough
 * @param scores (images) the largest distance of each
 */
export function patchScale(
  { min, max }: Pick<PatchScale, 'min' | 'max'>,
  distances: readonly Float32Array[],
  scores: readonly number[],
): PatchScale {
  const usual = quantile(distances, usualShare) ?? min;
  const typical = quantile([Float32Array.from(scores)], 0.5) ?? max;
  // Where most images have nothing unusual at all, the whole rest of the scale is.
  return { min, max, usual, unusual: typical > usual ? typical : max };
}

/** Of all values together; undefined where there are none. @param share 0 to 1 */
function quantile(parts: readonly Float32Array[], share: number): number | undefined {
  const sorted = sortedTogether(parts);
  return sorted[Math.min(Math.floor(share * sorted.length), sorted.length - 1)];
}
