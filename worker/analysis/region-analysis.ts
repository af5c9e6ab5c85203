// Regions in the place of images: for a gallery of regions, and for what is exported of them.
import type { AnalysedImage, AnalysedRegion, HeatMap, PatchGrid, RegionMask } from '../api/analysis';
import { without } from '../base/without';
import { upsample } from '../evaluation/upsample';
import { parseRegionKey, regionKey } from '../labels';
import { cropAround } from '../regions/crop';
import type { Cache } from '../store/cache';
import { readHeatMaps, type StoredAnalysis } from './stored';

/** The regions of the last run, by image in the order of the analysis, those of most weight first; none where it grouped images. */
export async function readRegions(cache: Cache, stored: StoredAnalysis): Promise<AnalysedRegion[]> {
  const { regions, images } = stored;
  if (!regions) return [];
  const masks = await cache.getJson<RegionMask[]>('analyses', regions.masks);
  return regions.places.flatMap(([image, ...box], i) => {
    const mask = masks?.[i];
    const [size, score] = [regions.sizes[image]!, regions.scores[i]!];
    return mask ? [{ path: images[image]!.path, box, size, score, mask }] : [];
  });
}

/** Of analyses that are in memory: whoever shows a picture after the other asks each time. */
const regionsByImage = new WeakMap<StoredAnalysis, Promise<Map<string, AnalysedRegion[]>>>();

/** Where regions lie in some images, as {@link readRegions} has them. */
export async function readRegionsOf(
  cache: Cache,
  stored: StoredAnalysis,
  paths: readonly string[],
): Promise<AnalysedRegion[]> {
  let known = regionsByImage.get(stored);
  if (!known) {
    known = readRegions(cache, stored).then(byImage);
    regionsByImage.set(stored, known);
    // A disk that failed once is asked again.
    known.catch(() => regionsByImage.delete(stored));
  }
  const all = await known;
  return paths.flatMap((path) => all.get(path) ?? []);
}

function byImage(regions: readonly AnalysedRegion[]): Map<string, AnalysedRegion[]> {
  const found = new Map<string, AnalysedRegion[]>();
  for (const region of regions) found.set(region.path, [...(found.get(region.path) ?? []), region]);
  return found;
}

/**
 * An analysis in which regions, by their keys, stand in the place of images; undefined where the last run grouped images. What is known of
 * an image is known of its regions.
 */
export function analysisOfRegions(stored: StoredAnalysis): StoredAnalysis | undefined {
  const { regions, images, embedded, metadata, days, added } = stored;
  if (!regions) return undefined;
  const ofImage = <T>(values: readonly T[]): T[] => regions.places.map(([image]) => values[image]!);
  const keys = regions.places.map(([image, ...box]) => regionKey(images[image]!.path, box));
  const isNew = new Set(added);
  return {
    ...without(stored, 'regions', 'coordinates', 'further', 'maskFiles', 'embedded', 'metadata', 'days', 'added'),
    images: regions.places.map(([image], i): AnalysedImage => {
      const { truth } = images[image]!;
      return { path: keys[i]!, score: regions.scores[i]!, ...(truth === undefined ? {} : { truth }) };
    }),
    merges: regions.merges,
    distancesKeys: ofImage(stored.distancesKeys),
    ...(embedded ? { embedded: { network: embedded.network, images: ofImage(embedded.images) } } : {}),
    ...(regions.coordinates ? { coordinates: regions.coordinates } : {}),
    ...(metadata ? { metadata: { columns: metadata.columns, values: ofImage(metadata.values) } } : {}),
    ...(days ? { days: ofImage(days) } : {}),
    ...(added ? { added: keys.filter((_key, i) => isNew.has(images[regions.places[i]![0]]!.path)) } : {}),
  };
}

/** Points of a region's heat map along a side: as fine as patches are in the picture that it lies over. */
const cropSide = 32;
const cropGrid: PatchGrid = {
  ...{ rows: cropSide, columns: cropSide, stride: 1, origin: 0.5 },
  ...{ inputWidth: cropSide, inputHeight: cropSide },
};

/** Heat maps of the pictures of regions: of the part of the image that shows each with what is around it. */
export async function readRegionHeatMaps(
  cache: Cache,
  stored: StoredAnalysis,
  keys: readonly string[],
): Promise<HeatMap[]> {
  const places = keys.flatMap((key) => {
    const place = parseRegionKey(key);
    return place ? [{ key, ...place }] : [];
  });
  const paths = [...new Set(places.map(({ path }) => path))];
  const { sizes = [] } = stored.regions ?? {};
  const sizeOf = new Map(stored.images.map(({ path }, i) => [path, sizes[i]]));
  const maps = new Map((await readHeatMaps(cache, stored, paths)).map((map) => [map.path, map]));
  return places.flatMap(({ key, path, box }) => {
    const [map, size] = [maps.get(path), sizeOf.get(path)];
    if (!map || !size) return [];
    const [width, height] = size;
    const [x, y, w, h] = cropAround(box, { width, height });
    const part = { left: x / width, top: y / height, width: w / width, height: h / height };
    return [{ path: key, grid: cropGrid, distances: upsample(map.distances, map.grid, cropSide, cropSide, part) }];
  });
}
