// A map of the images: two coordinates each, so that alike images are near each other. Computed once for an analysis, then cached.
import type { Run } from '../session/run';
import type { StoredAnalysis } from './stored';
import { readCoordinates } from './stored-coordinates';
import { cacheKey } from '../store/cache';

/** Goes up when the way to the map changes. */
const mapVersion = 1;

/** @returns (images, 2), each side from 0 to 1; null where images are not compared as vectors */
export async function mapOf(run: Run, stored: StoredAnalysis): Promise<Float32Array | null> {
  if (!stored.coordinates) return null;
  const key = cacheKey('map', mapVersion, stored.coordinates.key);
  const known = await run.cache.get('analyses', key);
  if (known) return new Float32Array(known.buffer);
  const coordinates = await readCoordinates(run.cache, stored.coordinates);
  if (!coordinates) return null;
  const map = await run.task('layOutMap', coordinates);
  await run.cache.put('analyses', key, map);
  return map;
}
