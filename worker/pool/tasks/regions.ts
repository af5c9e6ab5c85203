// Tasks that look for a region of one image in others.
import { access } from 'node:fs/promises';
import { cutBox, placeOf, type PatchBox } from '../../bags/patch-box';
import { Product } from '../../algebra/product';
import { findRegion as find, type PatchRegion } from '../../bags/region';
import type { RegionMatch } from '../../api/requests';
import type { PatchGrid } from '../../api/analysis';
import type { CountedPatches } from '../../area/counted-patches';
import { throwIfCancelled } from '../../base/cancel';
import type { Model } from '../../features/model';
import { task } from './settle';
import type { ImageSource, TaskContext } from './context';
import { outcome } from './outcome';
import { bagOf } from './bag-cache';

interface RegionTask extends TaskContext {
  image: ImageSource;
  model: Model;
}

export interface ReadRegionTask extends RegionTask {
  box: PatchBox;
  grid: PatchGrid;
}

/** The patches (R, D) of a box of one image. */
export const readRegion = task((input: ReadRegionTask) => {
  throwIfCancelled(input.flag);
  return outcome(async () => cutBox(await embeddingsOf(input, true), input.box, input.grid));
});

export interface FindRegionTask extends RegionTask {
  /** Its patches lie in shared memory. */
  region: PatchRegion;
  /** Of this image. */
  grid: PatchGrid;
  /** Of its patches, those that count; absent: all of them. */
  counted?: CountedPatches | undefined;
  /** Whether the cache has room for this image's bag. */
  keepBag: boolean;
}

let product: Promise<Product> | undefined;

/** Looks for a region in one image. */
export const findRegion = task((input: FindRegionTask) => {
  throwIfCancelled(input.flag);
  return outcome(async (): Promise<Omit<RegionMatch, 'path'>> => {
    const { region, grid, counted, flag } = input;
    const bag = await embeddingsOf(input, input.keepBag);
    const { distance, box } = await find(await (product ??= Product.open()), region, bag, grid, flag, counted);
    return { distance, place: placeOf(box, grid) };
  });
});

/** (M, D) of an image that is still there: whether the cache has its bag makes no difference to the result. */
async function embeddingsOf({ image, model, ...context }: RegionTask, keep: boolean): Promise<Float32Array> {
  await access(image.file);
  return (await bagOf(image, model, context, keep)).embeddings;
}
