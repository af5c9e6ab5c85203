// The cache: limited in size, least recently used first, and shared by two processes at once.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { makeSample } from '../../worker/sample';
import { Cache, cacheKey } from '../../worker/store/cache';

const cli = join(import.meta.dirname, '..', '..', 'dist', 'cli.cjs');

describe('the cache', function () {
  this.timeout(60_000);
  let work: string;
  beforeEach(() => (work = mkdtempSync(join(tmpdir(), 'cache-'))));
  afterEach(() => rmSync(work, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }));

  it('removes what was used least recently until the rest fits, and what killed processes left', async () => {
    const entryBytes = 8 + 1000;
    const cache = new Cache(work, 3 * entryBytes);
    const keys = [1, 2, 3, 4, 5].map((number) => cacheKey('entry', number));
    for (const [i, key] of keys.entries()) {
      await cache.put('bags', key, new Uint8Array(1000).fill(i));
      const past = new Date(Date.now() - (100 - i) * 60_000);
      utimesSync(cache.path('bags', key), past, past);
    }
    // The oldest is used again.
    assert.equal((await cache.get('bags', keys[0]!))![0], 0);
    const half = join(dirname(cache.path('bags', keys[4]!)), '.x.bin.abc.tmp');
    const fresh = join(dirname(half), '.y.bin.abc.tmp');
    writeFileSync(half, 'half');
    writeFileSync(fresh, 'half');
    utimesSync(half, new Date(0), new Date(0));
    await cache.prune();
    const kept = await Promise.all(keys.map((key) => cache.has('bags', key)));
    assert.deepEqual(kept, [true, false, false, true, true]);
    assert.ok(!existsSync(half));
    assert.ok(existsSync(fresh), 'somebody may be writing it');
  });

  it('takes a file that was cut short for missing', async () => {
    const cache = new Cache(work);
    const key = cacheKey('entry');
    await cache.put('distances', key, Float32Array.of(1, 2, 3));
    truncateSync(cache.path('distances', key), 12);
    assert.equal(await cache.get('distances', key), undefined);
    assert.equal(await cache.has('distances', key), false);
  });

  it('serves two processes that cluster the same folder at once', async () => {
    const folder = join(work, 'sample');
    await makeSample(folder, { imagesPerClass: 4 });
    const env = { ...process.env, ANOMALY_CLUSTERING_CACHE: join(work, 'shared') };
    const run = (name: string) =>
      new Promise<string>((resolve, reject) => {
        const out = join(work, `${name}.json`);
        const child = spawn(process.execPath, [cli, 'cluster', folder, '--clusters', '5', '--out', out], { env });
        let log = '';
        child.stderr.on('data', (text: Buffer) => (log += text.toString()));
        child.on('close', (code) => (code === 0 ? resolve(readFileSync(out, 'utf8')) : reject(new Error(log))));
      });
    const [a, b] = await Promise.all([run('a'), run('b')]);
    assert.equal(a, b);
    assert.equal(await run('c'), a);
  });
});
