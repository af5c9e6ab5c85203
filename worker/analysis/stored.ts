// What the last run of a folder found beyond the labels, kept in the cache for the gallery.
import type { DistanceName } from '../api/settings';
import type { Analysis, HeatMap, PatchGrid, PatchScale } from '../api/analysis';
import type { ImageFailure, Note } from '../api/requests';
import { packAnalysis } from '../api/packed-analysis';
import { spreadOut, type CountedPatches } from '../area/counted-patches';
import { evenly } from '../base/evenly';
import type { DescribedDataset } from '../describe/describe-images';
import type { DescribedRegions } from '../describe/image-regions';
import type { Grouping } from '../pool/tasks/group';
import type { Turning } from '../parts/turn';
import { elongatedGrid, type Elongation } from '../features/elongation';
import type { EmbeddedImage } from '../describe/distinct-images';
import type { ValueRange } from '../images/decode';
import type { Cache } from '../store/cache';
import { daysOf, metadataOf, type ReadMetadata } from './metadata';
import { analysisKey, analysisVersion, keepOpening } from './opening';
import { patchScale } from './patch-scale';
import { keepCoordinates, readCoordinates, type StoredCoordinates } from './stored-coordinates';
import { storeRegions, type StoredRegions } from './stored-regions';

/** The network of a run, as `findModel` finds it again. */
export interface NetworkUsed {
  name: string;
  /** What the network was found for. */
  distance: DistanceName;
  /** SHA-256 of its file. */
  hash: string;
}

/** What is the same for all images is kept once. */
type StoredImage = Pick<EmbeddedImage, 'content' | 'range' | 'elongation'> & { aspect?: number | undefined };

/** An analysis and where the cache keeps what is large: each image's heat map, and the coordinates. */
export interface StoredAnalysis extends Omit<Analysis, 'coordinates' | 'further' | 'scale'> {
  /** Of the patch distances of all images; without what is usual where an older version stored the analysis. */
  scale: Pick<PatchScale, 'min' | 'max'> & Partial<PatchScale>;
  /** Of images that are not elongated. */
  grid: PatchGrid;
  /** Of the patches that count, in their order. */
  distancesKeys: string[];
  /** By elongation: the patches that count, where not all of them do. */
  counted?: Record<string, number[]>;
  /** What it takes to get the images' bags again; absent where an older version stored the analysis. */
  embedded?: { network: NetworkUsed; images: StoredImage[]; parts?: Pick<Turning, 'way' | 'grid'> };
  /** Ground-truth masks by image path, relative, with the size of the image. */
  maskFiles?: Record<string, { files: readonly string[]; width: number; height: number }>;
  coordinates?: StoredCoordinates;
  further?: StoredCoordinates;
  /** SHA-256 by path of images that the label file has and that were not there. */
  missing?: Record<string, string>;
  /** Paths of files that the run could not use. */
  unusable?: string[];
  /** How the run went, for reports; absent where an older version stored the analysis. */
  notes?: Note[];
  failures?: ImageFailure[];
  /** What images with more than 8 bits are stretched from. */
  range?: ValueRange | undefined;
  /** Where regions were grouped. */
  regions?: StoredRegions;
}

/** What a run found of an image and, where regions were grouped, of them. */
export interface FoundAndGrouped {
  described: Pick<DescribedDataset, 'images' | 'grid' | 'temperature' | 'further'>;
  grouping: Pick<Grouping, 'merges' | 'coordinates'>;
  regions?: (DescribedRegions & { grouping: Grouping | undefined }) | undefined;
}

/** What a run tells beyond its images. */
export interface RunFacts {
  missing: Record<string, string>;
  failures: ImageFailure[];
  added: string[];
  notes: Note[];
  metadata: ReadMetadata;
}

/**
 * Keeps what a run found in the place of what the run before it did; nothing where the cache has no room.
 * @param network what embedded the images
 * Also kept: contents of images that were not there, by path; files that could not be used; the images that the label file did not have
 * before; and what is known of the images beyond their pixels.
 */
export async function saveAnalysis(
  cache: Cache,
  folder: string,
  { described: { images, grid, temperature, further }, grouping: { merges, coordinates }, regions }: FoundAndGrouped,
  network: NetworkUsed,
  { missing, failures, added, notes, metadata }: RunFacts,
): Promise<void> {
  const paths = images.map(({ image }) => image.path);
  const table = metadataOf(metadata.table, paths);
  // When an image was taken out of a tar file says nothing of it.
  const days = images.some(({ image }) => image.place) ? undefined : await daysOf(folder, paths);
  const stored: StoredAnalysis = {
    grid,
    temperature,
    scale: {
      min: images.reduce((least, { range }) => Math.min(least, range.min), Infinity),
      max: images.reduce((largest, { range }) => Math.max(largest, range.max), -Infinity),
    },
    images: images.map(({ image, range }) => ({
      path: image.path,
      score: range.max,
      ...(image.truth === undefined ? {} : { truth: image.truth }),
    })),
    merges,
    distancesKeys: images.map(({ heatMapKey }) => heatMapKey),
    ...countedOf(images),
    embedded: {
      network,
      images: images.map(({ image: { content, range, elongation, turned } }) => ({
        ...{ content, range, elongation, aspect: turned?.aspect },
      })),
      ...partsOf(images),
    },
    missing,
    unusable: failures.map(({ path }) => path),
    failures,
    notes,
    ...(added.length === 0 ? {} : { added }),
    ...(table ? { metadata: table } : {}),
    ...(days ? { days } : {}),
    range: images.find(({ image }) => image.range)?.image.range,
    maskFiles: Object.fromEntries(
      images.flatMap(({ image: { path, masks, width, height } }) =>
        masks === undefined ? [] : [[path, { files: masks, width, height }]],
      ),
    ),
    ...(coordinates ? { coordinates: await keepCoordinates(cache, coordinates) } : {}),
    ...(further ? { further: await keepCoordinates(cache, further) } : {}),
    ...(regions ? { regions: await storeRegions(cache, images, regions) } : {}),
  };
  // Whoever opens the gallery need not wait for it; where it cannot be found now, it is looked for then.
  const scale = (await findScale(cache, stored).catch(() => undefined)) ?? stored.scale;
  const analysis = { ...stored, scale };
  await cache.putJson('analyses', await analysisKey(folder), analysis);
  const version = await analysisVersion(cache, folder);
  // Without what is usual the gallery would look for it in vain.
  if (version === undefined || analysis.scale.usual === undefined) return;
  await keepOpening(cache, folder, { version, analysis: packAnalysis(await publicAnalysis(cache, analysis)) });
}

function countedOf(images: DescribedDataset['images']): Pick<StoredAnalysis, 'counted'> {
  const counted = new Map<Elongation, number[]>();
  for (const { image } of images) {
    const { elongation = 1, area } = image;
    if (area && !counted.has(elongation)) counted.set(elongation, [...area.counted]);
  }
  return counted.size === 0 ? {} : { counted: Object.fromEntries(counted) };
}

/** The one that was read last: a page asks for pictures many times a second, and parsing that of 20,000 images takes a tenth of one. */
const latest = new WeakMap<Cache, { key: string; version: string; analysis: StoredAnalysis }>();

/** Undefined when the folder was never clustered on this machine, or the cache forgot it. Shared by all callers: not to be modified. */
export async function loadAnalysis(cache: Cache, folder: string): Promise<Readonly<StoredAnalysis> | undefined> {
  const key = await analysisKey(folder);
  const version = await cache.version('analyses', key);
  const known = latest.get(cache);
  if (version !== undefined && known?.key === key && known.version === version) return known.analysis;
  const analysis = await cache.getJson<StoredAnalysis>('analyses', key);
  if (analysis && version !== undefined) latest.set(cache, { key, version, analysis });
  return analysis;
}

/** SHA-256 by path of the images that a folder had in its last run, and of those that were missing then, as far as they are known. */
export function contentsOf(stored: Readonly<StoredAnalysis> | undefined): Map<string, string> {
  const images = stored?.images.flatMap(({ path }, i) => {
    const content = stored.embedded?.images[i]?.content;
    return content === undefined ? [] : [[path, content] as const];
  });
  return new Map([...Object.entries(stored?.missing ?? {}), ...(images ?? [])]);
}

/** The part of a stored analysis that is meant for others, to look at. */
export async function publicAnalysis(cache: Cache, stored: StoredAnalysis): Promise<Omit<Analysis, 'further'>> {
  const { temperature, images, merges, added, metadata, days } = stored;
  const [coordinates, scale] = await Promise.all([
    readCoordinates(cache, stored.coordinates),
    readScale(cache, stored),
  ]);
  return {
    ...{ scale, temperature, images, merges },
    ...(added ? { added } : {}),
    ...(coordinates ? { coordinates } : {}),
    ...(metadata ? { metadata } : {}),
    ...(days ? { days } : {}),
  };
}

/** Images whose patches say what is usual. */
const scaleSample = 200;

/** Of analyses that are in memory: whoever shows a picture after the other asks each time. */
const scales = new WeakMap<StoredAnalysis, Promise<PatchScale>>();

/** What is usual among the patches of the last run, and what is not. */
export function readScale(cache: Cache, stored: StoredAnalysis): Promise<PatchScale> {
  const { usual, unusual } = stored.scale;
  if (usual !== undefined && unusual !== undefined) return Promise.resolve({ ...stored.scale, usual, unusual });
  const known = scales.get(stored);
  if (known) return known;
  const scale = findScale(cache, stored).then((found) => found ?? patchScale(stored.scale, [], []));
  scales.set(stored, scale);
  // A disk that failed once is asked again.
  scale.catch(() => scales.delete(stored));
  return scale;
}

/** Undefined where the cache holds no heat map. */
async function findScale(cache: Cache, stored: StoredAnalysis): Promise<PatchScale | undefined> {
  const sample = evenly(stored.images, scaleSample).map(({ path }) => path);
  // What does not count is not usual, either.
  const maps = await readScores(cache, stored, sample);
  const scores = stored.images.map(({ score }) => score);
  const distances = maps.map((map) => map.distances);
  return maps.length === 0 ? undefined : patchScale(stored.scale, distances, scores);
}

/** Heat maps of some images; those that the cache does not hold are left out. Patches that do not count have the folder's smallest distance. */
export async function readHeatMaps(cache: Cache, analysis: StoredAnalysis, paths: string[]): Promise<HeatMap[]> {
  const scores = await readScores(cache, analysis, paths);
  return scores.map(({ index, path, distances }) => {
    const grid = gridOf(analysis, index);
    const counted = countedPatchesOf(analysis, index);
    return { path, grid, distances: spreadOut(distances, counted, grid, analysis.scale.min) };
  });
}

/** Of the patches that count. */
async function readScores(
  cache: Cache,
  analysis: StoredAnalysis,
  paths: string[],
): Promise<{ index: number; path: string; distances: Float32Array }[]> {
  const indices = new Map(analysis.images.map(({ path }, i) => [path, i]));
  const found = await Promise.all(
    paths.map(async (path) => {
      const index = indices.get(path);
      const bytes = index === undefined ? undefined : await cache.get('distances', analysis.distancesKeys[index]!);
      if (index === undefined || bytes === undefined) return [];
      return [{ index, path, distances: new Float32Array(bytes.buffer) }];
    }),
  );
  return found.flat();
}

/** What it takes to get an image's bag again, without its area. @param index among the images of the analysis */
export function embeddedImage(
  { images, parts }: NonNullable<StoredAnalysis['embedded']>,
  index: number,
): EmbeddedImage {
  const { aspect, ...image } = images[index]!;
  return parts && aspect !== undefined ? { ...image, turned: { ...parts, aspect } } : image;
}

function partsOf(images: FoundAndGrouped['described']['images']): { parts?: Pick<Turning, 'way' | 'grid'> } {
  const turned = images.find(({ image }) => image.turned)?.image.turned;
  return turned ? { parts: { way: turned.way, grid: turned.grid } } : {};
}

/** Where the patches of an image lie. @param index among the images of the analysis */
export function gridOf(analysis: StoredAnalysis, index: number): PatchGrid {
  return elongatedGrid(analysis.grid, elongationOf(analysis, index));
}

/** Which of an image's patches count; undefined: all of them. @param index among the images of the analysis */
export function countedPatchesOf(analysis: StoredAnalysis, index: number): CountedPatches | undefined {
  const counted = analysis.counted?.[elongationOf(analysis, index)];
  return counted && Uint16Array.from(counted);
}

function elongationOf({ embedded }: StoredAnalysis, index: number): Elongation {
  return embedded?.images[index]?.elongation ?? 1;
}
