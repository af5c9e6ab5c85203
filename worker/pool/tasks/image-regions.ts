// The task that finds the regions of one image, and what stands for each when regions are compared.
import type { PatchGrid } from '../../api/analysis';
import { EngineError } from '../../api/errors';
import type { Region } from '../../api/requests';
import { pickPatches, spreadOut, type CountedPatches } from '../../area/counted-patches';
import { describePart } from '../../bags/blocks';
import { maskShares } from '../../bags/mask-weights';
import { throwIfCancelled } from '../../base/cancel';
import { upsample } from '../../evaluation/upsample';
import type { Model } from '../../features/model';
import { findRegions, type FoundRegion, type RegionScale } from '../../regions/find-regions';
import { bagOf, readFloats } from './bag-cache';
import type { ImageSource, TaskContext } from './context';
import { cacheOf } from './opened';
import { outcome } from './outcome';
import { task } from './settle';

/** Cells of the raster along one patch. */
const cellsPerPatch = 4;
/** What is smaller than one patch is nothing that a patch can tell. */
const leastCells = cellsPerPatch ** 2;

export interface ImageRegionsTask extends TaskContext {
  image: ImageSource;
  model: Model;
  grid: PatchGrid;
  /** Where the cache keeps how much each patch stands out. */
  scoresKey: string;
  scale: RegionScale;
  /** Standard deviation of the scores of all images. */
  deviation: number;
  keepBag: boolean;
}

/** A part of an image that stands out. */
export interface ImageRegion {
  /** The box around it. */
  place: Region;
  /** Share of the image that it covers. */
  area: number;
  /** Largest score of it. */
  score: number;
  /** How much of what stands out in the image it holds. */
  weight: number;
  /** (height, width) of the raster: 1 where it is, as far as its box goes. */
  mask: { width: number; height: number; values: Uint8Array };
  /** (blocks, D) */
  descriptor: Float32Array;
}

/** The regions of one image, those of most weight first. */
export const imageRegions = task((input: ImageRegionsTask) => {
  throwIfCancelled(input.flag);
  return outcome(async (): Promise<ImageRegion[]> => {
    const { image, model, grid, scoresKey, scale, deviation, keepBag } = input;
    const scores = await readFloats(cacheOf(input.cacheFolder), 'distances', scoresKey);
    if (!scores)
      throw new EngineError({ code: 'internal', file: image.file }, `The cache lost ${image.file}. Run again.`);
    const [width, height] = [grid.columns * cellsPerPatch, grid.rows * cellsPerPatch];
    const counted = image.area?.counted;
    const raster = { width, height, values: upsampleCounted(scores, counted, grid, width, height) };
    const found = findRegions(raster, scale, leastCells);
    if (found.length === 0) return [];
    const { embeddings } = await bagOf(image, model, input, keepBag);
    return found.map((region) => {
      const values = new Uint8Array(width * height);
      for (const cell of region.cells) values[cell] = 1;
      const shares = pickPatches(maskShares({ width, height, values }, grid), counted);
      return {
        ...placeOfCells(region, { width, height, values }),
        area: region.cells.length / values.length,
        score: region.score,
        weight: region.weight,
        descriptor: describePart(embeddings, scores, deviation, shares),
      };
    });
  });
});

/**
 * As {@link upsample}, between the patches that count: those that do not have no part in it.
 * @param scores of the patches that count
 * @returns (height, width); −Infinity where the nearer patches do not count
 */
function upsampleCounted(
  scores: Float32Array,
  counted: CountedPatches | undefined,
  grid: PatchGrid,
  width: number,
  height: number,
): Float32Array {
  if (!counted) return upsample(scores, grid, width, height);
  const sums = upsample(spreadOut(scores, counted, grid, 0), grid, width, height);
  const shares = upsample(spreadOut(new Float32Array(counted.length).fill(1), counted, grid, 0), grid, width, height);
  return sums.map((sum, cell) => (shares[cell]! >= 0.5 ? sum / shares[cell]! : -Infinity));
}

/** The box around the cells, in shares of the image, and the mask inside it. */
function placeOfCells(
  { cells }: FoundRegion,
  { width, height, values }: ImageRegion['mask'],
): Pick<ImageRegion, 'place' | 'mask'> {
  let [left, right, top, bottom] = [width, 0, height, 0];
  for (const cell of cells) {
    const [column, row] = [cell % width, Math.floor(cell / width)];
    [left, right] = [Math.min(left, column), Math.max(right, column + 1)];
    [top, bottom] = [Math.min(top, row), Math.max(bottom, row + 1)];
  }
  const mask = { width: right - left, height: bottom - top, values: new Uint8Array((right - left) * (bottom - top)) };
  for (let row = top; row < bottom; row++)
    mask.values.set(values.subarray(row * width + left, row * width + right), (row - top) * mask.width);
  return {
    place: {
      left: left / width,
      top: top / height,
      width: mask.width / width,
      height: mask.height / height,
    },
    mask,
  };
}
