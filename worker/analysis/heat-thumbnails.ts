// Thumbnails in which what is unusual is coloured: for places that show pictures only, as tooltips do.
import { basename } from 'node:path';
import sharp from 'sharp';
import type { Thumbnail } from '../api/requests';
import { colorize } from '../evaluation/heat-colors';
import { upsample } from '../evaluation/upsample';
import { cacheKey, type Cache } from '../store/cache';
import { readHeatMaps, readScale, type StoredAnalysis } from './stored';

/** As opaque as in the gallery. */
const opacity = 0.8;
/** Goes up when they are drawn in another way. */
const version = 1;

/** The thumbnails with colour over them; those of images without a heat map as they are. */
export async function withHeatMaps(
  cache: Cache,
  stored: StoredAnalysis,
  thumbnails: readonly Thumbnail[],
): Promise<Thumbnail[]> {
  const scale = await readScale(cache, stored);
  const maps = await readHeatMaps(
    cache,
    stored,
    thumbnails.map(({ path }) => path),
  );
  const byPath = new Map(maps.map((map) => [map.path, map]));
  return Promise.all(
    thumbnails.map(async (thumbnail): Promise<Thumbnail> => {
      const { path, file } = thumbnail;
      const map = byPath.get(path);
      if (file === undefined || !map) return thumbnail;
      const index = stored.images.findIndex((image) => image.path === path);
      const key = cacheKey(
        'heat thumbnail',
        version,
        basename(file),
        stored.distancesKeys[index]!,
        scale.usual,
        scale.unusual,
      );
      const kept = await cache.file('thumbnails', key, 'webp');
      if (kept !== undefined) return { path, file: kept };
      const { width, height } = await sharp(file).metadata();
      const range = { min: scale.usual, max: scale.unusual };
      const pixels = colorize(upsample(map.distances, map.grid, width, height), range);
      for (let at = 3; at < pixels.length; at += 4) pixels[at]! *= opacity;
      const raw = { width, height, channels: 4 } as const;
      const picture = await sharp(file)
        .composite([{ input: Buffer.from(pixels.buffer), raw }])
        .webp({ quality: 85 })
        .toBuffer();
      return { path, file: await cache.putFile('thumbnails', key, 'webp', picture) };
    }),
  );
}
