// Tasks that compare the patches of many images: tiles of all pairs, and what a search among candidates is made from.
import { filledUp } from '../../area/counted-patches';
import { blockImages } from '../../bags/kernel';
import { compareTile as compareTiles, exactSearch, type Tile, type TileResult } from '../../bags/pairs';
import { principalProjection, type Projection } from '../../algebra/projection';
import { throwIfCancelled } from '../../base/cancel';
import type { Model } from '../../features/model';
import { task } from './settle';
import { withSearch } from './searches';
import type { ImageSource, TaskContext } from './context';
import { kernelOf } from './opened';
import { bagOf } from './bag-cache';

export interface TileTask extends TaskContext {
  model: Model;
  /** Images of the tile's rows and columns. */
  rows: ImageSource[];
  columns: ImageSource[];
  tile: Tile;
  patches: number;
  dimensions: number;
  withMeans: boolean;
  /** Finds candidates, where not all patches are to be compared with all. */
  projection?: Projection | undefined;
}

/** Compares the pairs of one tile, whose bags come from the cache: memory does not grow with the number of images. */
export const compareTile = task(async (input: TileTask): Promise<TileResult> => {
  const { tile, rows, columns, withMeans, patches, dimensions, projection, flag } = input;
  throwIfCancelled(flag);
  const rowBags = await bagsOf(input, rows);
  const isDiagonal = tile.rows[0] === tile.columns[0];
  const columnBags = isDiagonal ? rowBags : await bagsOf(input, columns);
  const own = { rows: sizesOf(rows, patches), columns: sizesOf(columns, patches) };
  if (!projection) {
    const kernel = await kernelOf(input, withMeans ? 'with means' : 'both ways');
    return compareTiles(
      exactSearch(kernel, rowBags, columnBags, patches * dimensions, dimensions),
      tile,
      patches,
      flag,
      own,
    );
  }
  return withSearch(projection, async (candidates) =>
    compareTiles(
      await candidates.load(rowBags, columnBags, patches, dimensions, blockImages),
      tile,
      patches,
      flag,
      own,
    ),
  );
});

export interface ProjectionTask extends TaskContext {
  images: ImageSource[];
  model: Model;
  dimensions: number;
  size: number;
  key: string;
}

/** Patches that the directions of a projection are found from. */
const projectionSample = 8192;

/** The principal directions of patches that are spread over all images. */
export const project = task(async (input: ProjectionTask): Promise<Projection> => {
  const { images, model, dimensions, size, key, flag } = input;
  const samples: Float32Array[] = [];
  for (const [i, image] of images.entries()) {
    throwIfCancelled(flag);
    const { embeddings } = await bagOf(image, model, input, true);
    const count = embeddings.length / dimensions;
    const step = Math.max(1, Math.floor((count * images.length) / projectionSample));
    // Not the same places of every image.
    for (let m = i % step; m < count; m += step) samples.push(embeddings.slice(m * dimensions, (m + 1) * dimensions));
  }
  const patches = new Float32Array(samples.length * dimensions);
  for (const [i, sample] of samples.entries()) patches.set(sample, i * dimensions);
  return principalProjection(patches, dimensions, size, key, () => throwIfCancelled(flag));
});

function sizesOf(images: readonly ImageSource[], patches: number): number[] {
  return images.map(({ area }) => area?.counted.length ?? patches);
}

/** (images, M, D): smaller bags are filled up */
async function bagsOf(input: TileTask, images: ImageSource[]) {
  const { model, patches, dimensions, flag } = input;
  const bags = new Float32Array(images.length * patches * dimensions);
  for (const [i, image] of images.entries()) {
    throwIfCancelled(flag);
    const { embeddings } = await bagOf(image, model, input, true);
    bags.set(filledUp(embeddings, patches * dimensions, dimensions), i * patches * dimensions);
  }
  return bags;
}
