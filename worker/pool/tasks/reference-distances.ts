// Distances of single images to references (Eq. 6 and 7), and bringing the references into memory that all threads share.
import type { AggregateName } from '../../api/settings';
import { filledUp } from '../../area/counted-patches';
import type { ProjectedBags } from '../../bags/candidates';
import { blockImages } from '../../bags/kernel';
import {
  bagsView,
  distancesToReferences,
  exactBlocks,
  sumToReferences,
  type ReferenceBlocks,
  type SharedBags,
} from '../../bags/search';
import { throwIfCancelled } from '../../base/cancel';
import type { Model } from '../../features/model';
import type { Cache } from '../../store/cache';
import { task } from './settle';
import type { ImageSource, TaskContext } from './context';
import { outcome } from './outcome';
import { kernelOf } from './opened';
import { bagOf } from './bag-cache';
import { withSearch } from './searches';

export interface LoadBagTask extends TaskContext {
  image: ImageSource;
  model: Model;
  bags: SharedBags;
  /** Where the projection of the embeddings goes, if it is wanted. */
  projected?: ProjectedBags | undefined;
  /** Where in `bags` the embeddings go. */
  slot: number;
}

/** Reads an image's bag from the cache, or embeds it again, into shared memory. */
export const loadBag = task((input: LoadBagTask) => {
  const { image, model, bags, projected, slot, flag } = input;
  throwIfCancelled(flag);
  return outcome(async () => {
    const { embeddings } = await bagOf(image, model, input, true);
    bagsView(bags, slot).set(filledUp(embeddings, bags.patches * bags.dimensions, bags.dimensions));
    if (projected) {
      const projection = await withSearch(projected.projection, (search) =>
        search.projectBag(embeddings, bags.dimensions),
      );
      const { patches, dimensions } = projected.bags;
      bagsView(projected.bags, slot).set(filledUp(projection, patches * dimensions, dimensions));
    }
    return null;
  });
});

/** What images are compared with. */
export interface References {
  /** The references, then images that were references in an earlier run. */
  bags: SharedBags;
  /** Absent where all patches are compared. */
  projected?: ProjectedBags | undefined;
  /** Bag key of each slot. */
  keys: string[];
  /** Number of references. */
  count: number;
}

/** One image and what its patches are compared with. */
export interface MeasureTask extends TaskContext {
  image: ImageSource;
  model: Model;
  /** Absent when the distances are in the cache. */
  references?: References | undefined;
  /** Index of this image among the references, or -1. */
  own: number;
  aggregate: AggregateName;
  distancesKey: string;
  /** Where the cache keeps what the image was compared with last, and the sums; absent where sums do not help. */
  sumsKey?: string | undefined;
  /** Whether the cache has room for this image's bag. */
  keepBag: boolean;
}

/** Aggregated distances (M) of a bag (M, D) to the task's references, which the cache keeps then. */
export async function distancesOf(input: MeasureTask, bag: Float32Array, cache: Cache): Promise<Float32Array> {
  const { references, distancesKey } = input;
  if (references === undefined) throw new Error('The cache lost distances during the run. Run again.');
  const { bags, projected } = references;
  const patches = bag.length / bags.dimensions;
  const distances = await (projected
    ? withSearch(projected.projection, async (search) => {
        const image = filledUp(bag, bags.patches * bags.dimensions, bags.dimensions);
        const blocks = await search.loadImage(image, bags, projected, blockImages);
        return aggregateDistances(blocks, patches, references, input, cache);
      })
    : aggregateDistances(exactBlocks(await kernelOf(input, 'one way'), bag, bags), patches, references, input, cache));
  await cache.put('distances', distancesKey, distances);
  return distances;
}

async function aggregateDistances(
  blocks: ReferenceBlocks,
  patches: number,
  { keys, count }: References,
  { own, aggregate, sumsKey, flag }: MeasureTask,
  cache: Cache,
): Promise<Float32Array> {
  if (sumsKey === undefined || own >= 0) {
    return distancesToReferences(blocks, { patches, count }, own, aggregate, flag);
  }
  // The mean. When a few references are others than last time, only those are compared: the sums are exact, so the result is the same.
  const known = await readSums(cache, sumsKey, patches);
  const change = known && slotsThatChanged(known.keys, keys, count);
  const sums = change ? known.sums : new Float64Array(patches);
  const added = change?.added ?? Array.from({ length: count }, (_, slot) => slot);
  for (const [slots, sign] of [
    [added, 1],
    [change?.removed ?? [], -1],
  ] as const) {
    const part = await sumToReferences(blocks, slots, patches, flag);
    for (let m = 0; m < patches; m++) sums[m]! += sign * part[m]!;
  }
  await keepSums(cache, sumsKey, sums, keys.slice(0, count));
  return Float32Array.from(sums, (sum) => sum / count);
}

/** Slots to add to sums over `before` and to take away from them; undefined where comparing anew is less work. */
function slotsThatChanged(
  before: readonly string[],
  keys: readonly string[],
  count: number,
): { added: number[]; removed: number[] } | undefined {
  const slots = new Map(keys.map((key, slot) => [key, slot]));
  const old = before.map((key) => slots.get(key));
  if (old.some((slot) => slot === undefined)) return undefined;
  const known = new Set(old);
  const added = Array.from({ length: count }, (_, slot) => slot).filter((slot) => !known.has(slot));
  const removed = (old as number[]).filter((slot) => slot >= count);
  return added.length + removed.length < count ? { added, removed } : undefined;
}

/** Sums (M) of distances, and the bag keys of the images that they are over. */
interface KnownSums {
  sums: Float64Array;
  keys: string[];
}

const keySeparator = ',';

/** Sums of an image’s (M) distances, as an earlier run kept them; undefined where the cache has none of so many patches. */
export async function readSums(cache: Cache, key: string, patches: number): Promise<KnownSums | undefined> {
  const bytes = await cache.get('sums', key);
  if (!bytes || bytes.length < patches * Float64Array.BYTES_PER_ELEMENT) return undefined;
  const sums = new Float64Array(bytes.buffer, 0, patches);
  return { sums, keys: new TextDecoder().decode(bytes.subarray(sums.byteLength)).split(keySeparator) };
}

async function keepSums(cache: Cache, key: string, sums: Float64Array, keys: string[]): Promise<void> {
  const text = new TextEncoder().encode(keys.join(keySeparator));
  await cache.put('sums', key, Buffer.concat([new Uint8Array(sums.buffer), text]));
}
