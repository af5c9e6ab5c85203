// Where in an image something stands out: the connected parts of its score map that rise above what is usual in the folder.
import { sortedTogether } from '../base/sorting';
import { connectedComponents, type Raster } from './connected-components';

/** A folder's scores, which say what is usual and what is not. */
export interface RegionScale {
  /** What half of the patches do not exceed. */
  middle: number;
  /** What nine of ten do not. */
  usual: number;
  /** The largest score of a typical image. */
  typical: number;
}

/** A place where an image stands out. */
export interface FoundRegion {
  /** Indices of the raster, rising. */
  cells: Int32Array;
  /** Its largest score. */
  score: number;
  /** How much of what stands out it holds: the sum over its cells of what each has above the middle. */
  weight: number;
}

// Measured on the four sets with masks and on drawn images with two defects: docs/method.md has the table.
/** Between what is usual and a typical image's largest score: an image whose largest is lower has no region. */
const leastShare = 0.1;
/** Between the middle and the largest score: a region reaches down to here. */
const levelShare = 0.45;
/** Likewise: a region rises up to here at least. */
const peakShare = 0.6;

/**
 * @param scores (images) of (patches): a sample of the images is enough
 * @throws RangeError without any
 */
export function regionScaleOf(scores: readonly Float32Array[]): RegionScale {
  const all = sortedTogether(scores);
  if (all.length === 0) throw new RangeError('There are no scores.');
  const largest = sortedTogether([Float32Array.from(scores, (own) => own.reduce((a, b) => Math.max(a, b), -Infinity))]);
  const [middle, usual, typical] = [quantile(all, 0.5), quantile(all, 0.9), quantile(largest, 0.5)];
  // Where most images have nothing unusual at all, the whole rest of the scale is.
  return { middle, usual, typical: typical > usual ? typical : all[all.length - 1]! };
}

/**
 * The regions of one image, those of most weight first; none where nothing in it is unusual. In images whose scores are higher than usual
 * the level rises no further: their weaker defects would be lost.
 * @param raster scores, as fine as regions are wanted
 * @param least cells of a region
 */
export function findRegions(raster: Raster, { middle, usual, typical }: RegionScale, least: number): FoundRegion[] {
  const { values } = raster;
  let top = -Infinity;
  for (let cell = 0; cell < values.length; cell++) top = Math.max(top, values[cell]!);
  const needed = usual + leastShare * (typical - usual);
  if (top < needed) return [];
  const level = middle + levelShare * (Math.min(top, typical) - middle);
  const peak = Math.max(needed, middle + peakShare * (top - middle));
  return connectedComponents(raster, (cell) => values[cell]! >= level)
    .filter(({ length }) => length >= least)
    .map((cells) => ({
      cells,
      score: cells.reduce((most, cell) => Math.max(most, values[cell]!), -Infinity),
      weight: cells.reduce((sum, cell) => sum + values[cell]! - middle, 0),
    }))
    .filter(({ score }) => score >= peak)
    .sort((a, b) => b.weight - a.weight);
}

/** @param sorted rising @param share 0 to 1 */
function quantile(sorted: Float32Array, share: number): number {
  return sorted[Math.min(Math.floor(share * sorted.length), sorted.length - 1)]!;
}
