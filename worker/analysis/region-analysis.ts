// Regions in the place of images: for a gallery of regions, and for what is exported of them.
import type { AnalysedImage, AnalysedRegion, HeatMap, RegionMask } from '../api/analysis';
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
    return [{ ...part(map, cropAround(box, { width, height }), { width, height }), path: key }];
  });
}

/** A heat map of a part of the image, sampled anew. */
function part(
  { distances, grid }: HeatMap,
  [left, top, width, height]: [number, number, number, number],
  image: { width: number; height: number },
): Omit<HeatMap, 'path'> {
  // Fine enough that a point of the part falls on one of these.
  const [across, down] = [Math.ceil((cropSide * image.width) / width), Math.ceil((cropSide * image.height) / height)];
  const fine = upsample(distances, grid, across, down);
  const own = new Float32Array(cropSide * cropSide);
  const at = (start: number, length: number, i: number, whole: number, points: number) =>
    Math.min(Math.floor(((start + ((i + 0.5) / cropSide) * length) / whole) * points), points - 1);
  for (let y = 0; y < cropSide; y++) {
    const row = at(top, height, y, image.height, down) * across;
    for (let x = 0; x < cropSide; x++) own[y * cropSide + x] = fine[row + at(left, width, x, image.width, across)]!;
  }
  return {
    grid: {
      ...{ rows: cropSide, columns: cropSide, stride: 1, origin: 0.5 },
      ...{ inputWidth: cropSide, inputHeight: cropSide },
    },
    distances: own,
  };
}
