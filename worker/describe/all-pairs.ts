// Compares all pairs of images (Eq. 5 and the Hausdorff family), keeping what is done so that a killed run goes on from there.
import { tilesOf, PairTable } from '../bags/pairs';
import type { ImageSource } from '../pool/tasks/context';
import type { Session } from '../session/session';
import { cacheKey, type Cache } from '../store/cache';
import { referencesKey } from './distinct-images';
import { exactSearch, type SearchStrategy } from './search-strategy';

const millisecondsBetweenCheckpoints = 10_000;

/**
 * @param withMeans also the mean distance over all pairs of patches, for which the strategy must be the exact one
 * @returns a table in the order of the images
 * @throws EngineError `cancelled`
 */
export async function compareAllPairs(
  session: Session,
  images: readonly ImageSource[],
  strategy: SearchStrategy,
  withMeans = false,
): Promise<PairTable> {
  const { cache, shape } = session;
  const { patches, dimensions } = shape;
  const table = new PairTable(images.length, patches);
  const tiles = tilesOf(images.length);
  const key = (means: boolean) => cacheKey('pairs', referencesKey(images), strategy.key, means ? 'with means' : '');
  if (strategy === exactSearch && !withMeans && (await restore(cache, key(true), table)) === tiles.length) return table;
  let done = await restore(cache, key(withMeans), table);
  if (done === tiles.length) return table;

  const progress = session.startStage('compare', tiles.length - done);
  const projection = await strategy.projection();
  let saved = performance.now();
  for await (const [tile, result] of session.tasks('compareTile', tiles.slice(done), (tile) => ({
    rows: images.slice(...tile.rows),
    columns: images.slice(...tile.columns),
    tile,
    patches,
    dimensions,
    withMeans,
    projection,
  }))) {
    table.add(tile, result);
    done++;
    progress.step();
    if (done === tiles.length || performance.now() - saved > millisecondsBetweenCheckpoints) {
      await save(cache, key(withMeans), table, done);
      saved = performance.now();
    }
  }
  return table;
}

/** The number of finished tiles, then the table's arrays. */
async function save(cache: Cache, key: string, table: PairTable, done: number): Promise<void> {
  const parts = [Float64Array.of(done), ...table.arrays];
  const bytes = parts.map(({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength));
  await cache.put('pairs', key, Buffer.concat(bytes));
}

/** Fills the table with what is in the cache. @returns the number of finished tiles; 0 leaves the table empty */
async function restore(cache: Cache, key: string, table: PairTable): Promise<number> {
  const bytes = await cache.get('pairs', key);
  const size = table.arrays.reduce((sum, { byteLength }) => sum + byteLength, Float64Array.BYTES_PER_ELEMENT);
  if (bytes?.length !== size) return 0;
  let offset = Float64Array.BYTES_PER_ELEMENT;
  for (const array of table.arrays) {
    new Uint8Array(array.buffer, array.byteOffset, array.byteLength).set(
      bytes.subarray(offset, offset + array.byteLength),
    );
    offset += array.byteLength;
  }
  return new Float64Array(bytes.buffer, 0, 1)[0]!;
}
