// Where the cache lies. The extension asks, too: before it shows a page it must say from where pictures may come.
import { join } from 'node:path';
import envPaths from 'env-paths';

/** The platform's cache folder, or what the environment variable ANOMALY_CLUSTERING_CACHE names. */
export function defaultCacheFolder(): string {
  return process.env['ANOMALY_CLUSTERING_CACHE'] ?? envPaths('anomaly-clustering', { suffix: '' }).cache;
}

/** All thumbnails are below this folder. */
export function thumbnailFolder(): string {
  return join(defaultCacheFolder(), 'thumbnails');
}
