// What the last run of a folder found beyond the labels, kept in the cache for the gallery.
import { realpath } from 'node:fs/promises';
import type { Analysis, HeatMap } from '../api';
import type { DescribedDataset } from '../describe/describe-images';
import type { Merge } from '../clustering/linkage';
import type { ValueRange } from '../images/decode';
import { cacheKey, type Cache } from './cache';

/** An analysis and where the cache keeps each image's heat map. */
export interface StoredAnalysis extends Analysis {
  distancesKeys: string[];
  /** What images with more than 8 bits are stretched from. */
  range?: ValueRange | undefined;
}

export async function saveAnalysis(
  cache: Cache,
  folder: string,
  { images, grid, temperature }: DescribedDataset,
  merges: Merge[],
): Promise<void> {
  const stored: StoredAnalysis = {
    grid,
    temperature,
    scale: {
      min: images.reduce((least, { range }) => Math.min(least, range.min), Infinity),
      max: images.reduce((largest, { range }) => Math.max(largest, range.max), 0),
    },
    images: images.map(({ image, range }) => ({
      path: image.path,
      score: range.max,
      ...(image.truth === undefined ? {} : { truth: image.truth }),
    })),
    merges,
    distancesKeys: images.map(({ distancesKey }) => distancesKey),
    range: images.find(({ image }) => image.range)?.image.range,
  };
  await cache.putJson('analyses', await analysisKey(folder), stored);
}

/** Undefined when the folder was never clustered on this machine, or the cache forgot it. */
export async function loadAnalysis(cache: Cache, folder: string): Promise<StoredAnalysis | undefined> {
  return cache.getJson<StoredAnalysis>('analyses', await analysisKey(folder));
}

/** The part of a stored analysis that is meant for others. */
export function publicAnalysis({ grid, scale, temperature, images, merges }: StoredAnalysis): Analysis {
  return { grid, scale, temperature, images, merges };
}

/** Heat maps of some images; those that the cache does not hold are left out. */
export async function readHeatMaps(cache: Cache, analysis: StoredAnalysis, paths: string[]): Promise<HeatMap[]> {
  const keys = new Map(analysis.images.map(({ path }, i) => [path, analysis.distancesKeys[i]!]));
  const maps = await Promise.all(
    paths.map(async (path) => {
      const key = keys.get(path);
      const bytes = key === undefined ? undefined : await cache.get('distances', key);
      return bytes ? [{ path, distances: new Float32Array(bytes.buffer) }] : [];
    }),
  );
  return maps.flat();
}

async function analysisKey(folder: string): Promise<string> {
  return cacheKey('analysis', await realpath(folder).catch(() => folder));
}
