// Coordinates of images or regions in the cache, under a name that follows from them.
import { createHash } from 'node:crypto';
import type { Coordinates } from '../api/analysis';
import type { Cache } from '../store/cache';

/** Where numbers are. Their key is what they are: others have another. */
export interface StoredCoordinates {
  dimensions: number;
  key: string;
}

export async function keepCoordinates(cache: Cache, { dimensions, values }: Coordinates): Promise<StoredCoordinates> {
  const key = createHash('sha256').update(new Uint8Array(values.buffer)).digest('hex');
  await cache.put('analyses', key, values);
  return { dimensions, key };
}

/** Undefined where there are none, or the cache lost them. */
export async function readCoordinates(
  cache: Cache,
  stored: StoredCoordinates | undefined,
): Promise<Coordinates | undefined> {
  const bytes = stored && (await cache.get('analyses', stored.key));
  return bytes && { dimensions: stored.dimensions, values: new Float32Array(bytes.buffer) };
}
