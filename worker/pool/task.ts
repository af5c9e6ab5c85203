// What runs in the pool's threads. Each exported function is one kind of task, called by its name.
// Networks, kernel and cache are opened once a thread and kept.
import { readFile } from 'node:fs/promises';
import type { PatchGrid } from '../api';
import { NearestPatchKernel } from '../bags/kernel';
import { bagsView, distancesToReferences, tileSums, type Aggregate, type SharedBags, type Tile } from '../bags/search';
import { patchWeights, weightedAverage } from '../bags/weights';
import { halfToFloat } from '../features/half';
import type { Model } from '../features/model';
import { Network } from '../features/network';
import { decodeImage, ImageError, makeThumbnail, probeImage, type ImageProbe, type ValueRange } from '../images/decode';
import { Cache, cacheKey, type CacheKind } from '../store/cache';
import { throwIfCancelled, type CancelFlag } from '../cancel';
import { task } from './settle';

/** What every task needs to know. */
export interface TaskContext {
  cacheFolder: string;
  flag: CancelFlag;
}

/** An image as the pool sees it. */
export interface ImageSource {
  file: string;
  range?: ValueRange | undefined;
  /** Cache key of its bag: content, model and preprocessing. */
  bagKey: string;
}

/** A task on one image gives its result, or the reason why this image cannot be used. */
export type ImageOutcome<T> = { ok: true; value: T } | { ok: false; reason: string };

/** Shape of a model's bags. */
export interface BagShape {
  patches: number;
  dimensions: number;
  grid: PatchGrid;
}

const networks = new Map<string, Promise<Network>>();
let kernel: Promise<NearestPatchKernel> | undefined;
const caches = new Map<string, Cache>();

function networkOf(model: Model): Promise<Network> {
  return remember(networks, model.hash + model.file, () => Network.open(model));
}

function kernelOfThread(): Promise<NearestPatchKernel> {
  return (kernel ??= NearestPatchKernel.open());
}

function cacheOf(folder: string): Cache {
  return remember(caches, folder, () => new Cache(folder));
}

function remember<T>(values: Map<string, T>, key: string, make: () => T): T {
  const known = values.get(key);
  if (known !== undefined) return known;
  const value = make();
  values.set(key, value);
  return value;
}

/** Looks at an image file without decoding it in full. */
export const probe = task(({ file, flag }: { file: string } & TaskContext): Promise<ImageOutcome<ImageProbe>> => {
  throwIfCancelled(flag);
  return outcome(async () => probeImage(await readFile(file)));
});

/** Runs the model once on a black image, to learn the shape of its bags. */
export const inspectModel = task(async ({ model, flag }: { model: Model } & TaskContext): Promise<BagShape> => {
  throwIfCancelled(flag);
  const network = await networkOf(model);
  const bag = await network.embed(new Uint8Array(model.input.width * model.input.height * 3));
  return { patches: bag.rows * bag.columns, dimensions: bag.dimensions, grid: network.grid(bag) };
});

export interface EnsureBagTask extends TaskContext {
  image: ImageSource;
  model: Model;
}

/** Embeds an image into the cache, unless its bag is there. Tells whether the image can be used. */
export const ensureBag = task(({ image, model, cacheFolder, flag }: EnsureBagTask) => {
  throwIfCancelled(flag);
  return outcome(async () => {
    const cache = cacheOf(cacheFolder);
    if (!(await cache.has('bags', image.bagKey))) await bagOf(image, model, cache, true);
    return null;
  });
});

export interface LoadBagTask extends TaskContext {
  image: ImageSource;
  model: Model;
  bags: SharedBags;
  /** Where in `bags` the embeddings go. */
  slot: number;
}

/** Reads an image's bag from the cache, or embeds it again, into shared memory. */
export const loadBag = task(({ image, model, bags, slot, cacheFolder, flag }: LoadBagTask) => {
  throwIfCancelled(flag);
  return outcome(async () => {
    bagsView(bags, slot).set(await bagOf(image, model, cacheOf(cacheFolder), true));
    return null;
  });
});

export interface TileTask extends TaskContext {
  bags: SharedBags;
  tile: Tile;
  /** Cache key of the sums, so that a run that was killed goes on from here. */
  key: string;
}

/** Distance sums of one tile of Eq. 5, (rows + columns, M). */
export const sumTile = task(async ({ bags, tile, key, cacheFolder, flag }: TileTask): Promise<Float32Array> => {
  throwIfCancelled(flag);
  const cache = cacheOf(cacheFolder);
  const known = await readFloats(cache, 'tiles', key);
  if (known) return known;
  const sums = await tileSums(await kernelOfThread(), bags, tile, flag);
  await cache.put('tiles', key, sums);
  return sums;
});

/** One image and what its patches are compared with. */
export interface MeasureTask extends TaskContext {
  image: ImageSource;
  model: Model;
  /** Absent when the distances are in the cache. */
  references?: SharedBags | undefined;
  /** Index of this image among the references, or -1. */
  own: number;
  aggregate: Aggregate;
  distancesKey: string;
  /** Whether the cache has room for this image's bag. */
  keepBag: boolean;
}

/** Aggregated distances (M) of one image's patches to the references. */
export const measure = task((input: MeasureTask) => {
  throwIfCancelled(input.flag);
  return outcome(async () => {
    const cache = cacheOf(input.cacheFolder);
    const known = await readFloats(cache, 'distances', input.distancesKey);
    return known ?? distancesOf(input, await bagOf(input.image, input.model, cache, input.keepBag), cache);
  });
});

export interface DescribeTask extends MeasureTask {
  /** Aggregated distances (M), when the caller has them. */
  distances?: Float32Array | undefined;
  temperature: number;
  descriptorKey: string;
}

export interface Description {
  /** (D) */
  descriptor: Float32Array;
  /** Smallest and largest patch distance; the largest is the anomaly score. */
  range: ValueRange;
}

/** The whole way of one image: decode, embed, compare with the references, weigh, average; its patches are dropped. */
export const describe = task((input: DescribeTask) => {
  throwIfCancelled(input.flag);
  return outcome(async (): Promise<Description> => {
    const cache = cacheOf(input.cacheFolder);
    const known = input.distances ?? (await readFloats(cache, 'distances', input.distancesKey));
    const knownDescriptor = known && (await readFloats(cache, 'descriptors', input.descriptorKey));
    if (knownDescriptor) return { descriptor: knownDescriptor, range: extremes(known) };
    const bag = await bagOf(input.image, input.model, cache, input.keepBag);
    const distances = known ?? (await distancesOf(input, bag, cache));
    const descriptor = weightedAverage(bag, patchWeights(distances, input.temperature));
    await cache.put('descriptors', input.descriptorKey, descriptor);
    return { descriptor, range: extremes(distances) };
  });
});

export interface ThumbnailTask extends TaskContext {
  file: string;
  /** Range of the whole folder; the image's own when absent. */
  range?: ValueRange | undefined;
  /** Longest side in pixels. */
  side: number;
}

/** Makes an image's thumbnail, unless it is in the cache, and returns its file. */
export const thumbnail = task(({ file, range, side, cacheFolder }: ThumbnailTask) =>
  outcome(async () => {
    const cache = cacheOf(cacheFolder);
    const bytes = await readFile(file);
    const probed = await probeImage(bytes);
    const stretch = range ?? probed.range;
    const key = cacheKey('thumbnail', probed.content, side, JSON.stringify(probed.range && stretch) ?? '');
    const kept = await cache.file('thumbnails', key, 'webp');
    return kept ?? cache.putFile('thumbnails', key, 'webp', await makeThumbnail(bytes, side, probed.range && stretch));
  }),
);

function extremes(values: Float32Array): ValueRange {
  let min = Infinity;
  let max = -Infinity;
  for (const value of values) {
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  return { min, max };
}

async function distancesOf(input: MeasureTask, bag: Float32Array, cache: Cache): Promise<Float32Array> {
  const { references, own, aggregate, flag, distancesKey } = input;
  if (references === undefined) throw new Error('The cache lost distances during the run. Run again.');
  const distances = await distancesToReferences(await kernelOfThread(), bag, references, own, aggregate, flag);
  await cache.put('distances', distancesKey, distances);
  return distances;
}

async function readFloats(cache: Cache, kind: CacheKind, key: string): Promise<Float32Array | undefined> {
  const bytes = await cache.get(kind, key);
  return bytes && new Float32Array(bytes.buffer);
}

/** (M, D) */
async function bagOf(image: ImageSource, model: Model, cache: Cache, keep: boolean): Promise<Float32Array> {
  const known = await cache.get('bags', image.bagKey);
  if (known) {
    const half = new Uint16Array(known.buffer);
    const embeddings = new Float32Array(half.length);
    halfToFloat(half, embeddings);
    return embeddings;
  }
  const { width, height } = model.input;
  const rgb = await decodeImage(await readFile(image.file), width, height, image.range);
  const { embeddings, half } = await (await networkOf(model)).embed(rgb);
  if (keep) await cache.put('bags', image.bagKey, half);
  return embeddings;
}

/** Reasons of single images are results; everything else is an error of the run. */
async function outcome<T>(work: () => Promise<T>): Promise<ImageOutcome<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    if (error instanceof ImageError) return { ok: false, reason: error.message };
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT') return { ok: false, reason: 'was removed while the folder was read' };
    if (code === 'EACCES' || code === 'EPERM')
      return { ok: false, reason: 'cannot be opened: there is no permission to read it' };
    throw error;
  }
}
