// Regions as lines of their own: what a person does to images, and what a run keeps of that, works on regions by the same code. Pure.
import { finderByPath } from '../base/by-path';
import { without } from '../base/without';
import type { LabelDocument, LabelImage, LabelRegion } from './document';

/** Left, top, width and height in pixels of the upright image. */
export type Box = readonly number[];

/** What stands for a region where an image's path stands otherwise: `scan.png@120,64,32,40`. */
export function regionKey(path: string, box: Box): string {
  return `${path}@${box.join(',')}`;
}

/** The inverse of {@link regionKey}; undefined for the path of an image. */
export function parseRegionKey(key: string): { path: string; box: [number, number, number, number] } | undefined {
  const match = /^(.+)@(\d+),(\d+),(\d+),(\d+)$/s.exec(key);
  if (!match) return undefined;
  const [, path, left, top, width, height] = match;
  return { path: path!, box: [Number(left), Number(top), Number(width), Number(height)] };
}

/** What of an image a change of its label is about: the region that stands out most, or the image where it has none. */
export function mainKey(image: Pick<LabelImage, 'path' | 'regions'>): string {
  return keysOf(image)[0]!;
}

/** Of images that were asked for: each change asks for those of all. */
const knownKeys = new WeakMap<object, readonly string[]>();

/** What stands for each region of an image; its path where it has none. */
export function keysOf(image: Pick<LabelImage, 'path' | 'regions'>): readonly string[] {
  const { path, regions = [] } = image;
  if (regions.length === 0) return [path];
  const known = knownKeys.get(image);
  if (known) return known;
  const keys = regions.map(({ box }) => regionKey(path, box));
  knownKeys.set(image, keys);
  return keys;
}

/** Ids of the clusters that an image is in: first that of its label, then those of its other regions. */
export function clustersOfImage({ cluster, regions = [] }: Pick<LabelImage, 'cluster' | 'regions'>): number[] {
  return regions.length === 0 ? [cluster] : [...new Set([cluster, ...regions.map((region) => region.cluster)])];
}

/** Whether a person has decided where an image belongs: by its line, or by its first region's. */
export function isPinned({ pinned, regions }: Pick<LabelImage, 'pinned' | 'regions'>): boolean {
  return pinned === true || regions?.[0]?.pinned === true;
}

export function hasRegions({ images }: Pick<LabelDocument, 'images'>): boolean {
  return images.some(({ regions }) => regions !== undefined && regions.length > 0);
}

/**
 * The document with a line for each region, under its {@link regionKey}, and for each image without any. A document without regions is
 * returned as it is.
 */
export function regionDocument(document: LabelDocument): LabelDocument {
  if (!hasRegions(document)) return document;
  return { ...document, images: document.images.flatMap(itemsOf) };
}

/** The lines of an image's regions, or its own where it has none. An image that is pinned has all its regions pinned. */
export function itemsOf(image: LabelImage): LabelImage[] {
  const { regions = [], pinned } = image;
  if (regions.length === 0) return [image];
  const keys = keysOf(image);
  return regions.map((region, i) => itemOf(region, keys[i]!, pinned === true));
}

/** Objects of one shape, and not copies without a key: JavaScript engines read them several times as fast, and there are many. */
function itemOf(region: LabelRegion, path: string, isPinnedWhole: boolean): LabelImage {
  const item: LabelImage = { path, cluster: region.cluster };
  const pinned = isPinnedWhole || region.pinned;
  if (pinned !== undefined) item.pinned = pinned;
  for (const key in region) if (!knownOfRegions.has(key)) item[key] = region[key];
  return item;
}

const knownOfRegions = new Set(['box', 'cluster', 'pinned']);

/**
 * The inverse of {@link regionDocument}: an image's label is that of its first region. Regions, and images without any, that are not among
 * the items go.
 * @param document whose lines the items were
 */
export function withItems(document: LabelDocument, items: LabelDocument): LabelDocument {
  const itemAt = finderByPath(items.images);
  const ids = new Set(items.clusters.map(({ id }) => id));
  const images = document.images.flatMap((image): LabelImage[] => {
    const { path, regions = [] } = image;
    if (regions.length === 0) return [itemAt(path) ?? []].flat();
    const keys = keysOf(image);
    const own = regions.flatMap((region, i): Pair[] => {
      const item = itemAt(keys[i]!);
      return item ? [{ region, item }] : [];
    });
    return own.length === 0 ? [] : [imageOf(image, own, ids)];
  });
  return { ...document, clusters: items.clusters, method: items.method, images };
}

/** A region as it was, and its line as it is now. */
interface Pair {
  region: LabelRegion;
  item: LabelImage;
}

/** @param ids of the clusters that there are */
function imageOf(image: LabelImage, pairs: readonly Pair[], ids: ReadonlySet<number>): LabelImage {
  // A pin of the whole image says it for all of its regions, or for none.
  const isPinnedWhole = image.pinned === true && pairs.every(({ item }) => item.pinned === true);
  const regions = pairs.map(({ region, item: { cluster, pinned } }) => {
    const isPinnedAlone = pinned === true && !(isPinnedWhole && region.pinned !== true);
    return region.cluster === cluster && (region.pinned === true) === isPinnedAlone
      ? region
      : withPin({ ...region, cluster }, isPinnedAlone);
  });
  const isSame = regions.length === image.regions?.length && regions.every((region, i) => region === image.regions![i]);
  const [main] = regions as [LabelRegion];
  // What nobody touched stays as it was written, also where a hand wrote two clusters for the same.
  const cluster = main === image.regions?.[0] && ids.has(image.cluster) ? image.cluster : main.cluster;
  if (isSame && cluster === image.cluster && isPinnedWhole === (image.pinned === true)) return image;
  return withPin({ ...image, cluster, regions: isSame ? image.regions! : regions }, isPinnedWhole);
}

function withPin<T extends { pinned?: boolean | undefined }>(item: T, isPinned: boolean): T {
  if (isPinned) return { ...item, pinned: true };
  return item.pinned === true ? without(item, 'pinned') : item;
}
