// What the last run of a folder found of regions, as the cache keeps it.
import type { Analysis } from '../api/analysis';
import type { DescribedImage } from '../describe/describe-images';
import type { DescribedRegions } from '../describe/image-regions';
import type { Grouping } from '../pool/tasks/group';
import { runsOf } from '../regions/region-mask';
import { cacheKey, type Cache } from '../store/cache';
import { keepCoordinates, type StoredCoordinates } from './stored-coordinates';

export interface StoredRegions {
  /** Of each region the index of its image, and its box in pixels. */
  places: [image: number, left: number, top: number, width: number, height: number][];
  /** Width and height in pixels of each image of the analysis, upright. */
  sizes: [width: number, height: number][];
  /** Largest patch distance in each. */
  scores: number[];
  merges: Analysis['merges'];
  coordinates?: StoredCoordinates;
  /** Where the cache keeps the masks, a list of them in the order of the places. */
  masks: string;
}

/** Goes up when masks are kept in another way. */
const maskVersion = 1;

/** @param images that the regions are in */
export async function storeRegions(
  cache: Cache,
  images: readonly DescribedImage[],
  { regions, grouping }: DescribedRegions & { grouping: Grouping | undefined },
): Promise<StoredRegions> {
  const found = regions.map(({ mask }) => runsOf(mask));
  const places = regions.map(({ image, box }): StoredRegions['places'][number] => [image, ...box]);
  const contents = images.map(({ image }) => image.content);
  const masks = cacheKey('region masks', maskVersion, JSON.stringify([contents, places, found]));
  await cache.putJson('analyses', masks, found);
  return {
    places,
    sizes: images.map(({ image: { width, height } }) => [width, height]),
    scores: regions.map(({ score }) => score),
    merges: grouping?.merges ?? [],
    ...(grouping?.coordinates ? { coordinates: await keepCoordinates(cache, grouping.coordinates) } : {}),
    masks,
  };
}
