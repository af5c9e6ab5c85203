// What a gallery shows of a run as soon as it opens, beside the analysis, which is several times as large: read by the extension itself,
// since the engine takes longer to start than the gallery to open.
import { realpath } from 'node:fs/promises';
import { deserialize, serialize } from 'node:v8';
import type { PackedAnalysis } from '../api/analysis';
import { cacheKey, type Cache } from '../store/cache';

/** An analysis, and which one of the folder it is. */
export interface Opening {
  version: string;
  analysis: PackedAnalysis;
}

/** Key of a folder's analysis in the cache. @param folder absolute path */
export async function analysisKey(folder: string): Promise<string> {
  return cacheKey('analysis', await realpath(folder).catch(() => folder));
}

/** Differs after every run of the folder; undefined when there is no analysis. @param folder absolute path */
export async function analysisVersion(cache: Cache, folder: string): Promise<string | undefined> {
  return cache.version('analyses', await analysisKey(folder));
}

/** Keeps what galleries of a folder open with, in the place of that of the run before. */
export async function keepOpening(cache: Cache, folder: string, opening: Opening): Promise<void> {
  await cache.put('analyses', await openingKey(folder), serialize(opening));
}

/**
 * What galleries of a folder open with.
 * @returns undefined where it is not that of this version of the analysis, an older version of this program ran, or a JavaScript engine
 * whose numbers this one does not read: the analysis itself says the same
 */
export async function readOpening(cache: Cache, folder: string, version: string): Promise<PackedAnalysis | undefined> {
  const bytes = await cache.get('analyses', await openingKey(folder));
  try {
    const opening = bytes && (deserialize(bytes) as Opening);
    return opening?.version === version ? opening.analysis : undefined;
  } catch {
    return undefined;
  }
}

/** Rises with every change of what is kept. */
const format = 1;

async function openingKey(folder: string): Promise<string> {
  return cacheKey('opening', format, await analysisKey(folder));
}
