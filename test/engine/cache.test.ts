// The cache: limited in size, least recently used first, and shared by two processes at once.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeSample } from '../../worker/sample';
import { Cache, cacheKey } from '../../worker/store/cache';
import { temporaryBeside } from '../../worker/store/temporary';
import { cli } from '../tools/paths';

describe('the cache', () => {
  let work: string;
  beforeEach(() => (work = mkdtempSync(join(tmpdir(), 'cache-'))));
  afterEach(() => rmSync(work, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }));

  it('removes what was used least recently until the rest fits, and what killed processes left', async () => {
    const entryBytes = 20 + 1000;
    const cache = new Cache(work, 3 * entryBytes);
    const keys = [1, 2, 3, 4, 5].map((number) => cacheKey('entry', number));
    for (const [i, key] of keys.entries()) {
      await cache.put('bags', key, new Uint8Array(1000).fill(i));
      const past = new Date(Date.now() - (100 - i) * 60_000);
      utimesSync(cache.path('bags', key), past, past);
    }
    // The oldest is used again.
    assert.equal((await cache.get('bags', keys[0]!))![0], 0);
    const own = temporaryBeside(cache.path('bags', keys[4]!));
    const { pid: ended } = spawnSync(process.execPath, ['--eval', '']);
    const half = own.replace(`-${process.pid}-`, `-${ended}-`);
    const elsewhere = own.replace(/\.[0-9a-f]{8}-/, '.01234567-');
    for (const file of [own, half, elsewhere]) writeFileSync(file, 'half');
    await cache.prune();
    const kept = await Promise.all(keys.map((key) => cache.has('bags', key)));
    assert.deepEqual(kept, [true, false, false, true, true]);
    assert.ok(!existsSync(half), 'its process is gone');
    assert.ok(existsSync(own) && existsSync(elsewhere), 'somebody may be writing it');
    utimesSync(elsewhere, new Date(0), new Date(0));
    await cache.prune();
    assert.ok(!existsSync(elsewhere), 'so long takes nobody');
  });

  const damages: Record<string, (file: string, other: string) => void> = {
    'was cut short': (file) => truncateSync(file, 12),
    'was emptied': (file) => truncateSync(file, 0),
    'has one bit flipped': (file) => {
      const bytes = readFileSync(file);
      bytes[bytes.length - 3]! ^= 4;
      writeFileSync(file, bytes);
    },
    'has bytes more': (file) => appendFileSync(file, 'more'),
    'is that of another key': (file, other) => copyFileSync(other, file),
    'is one of version 0.1, which had no digest': (file) => {
      const header = Buffer.alloc(8);
      header.writeDoubleLE(12);
      writeFileSync(file, Buffer.concat([header, new Uint8Array(12)]));
    },
    'is a folder now': (file) => {
      rmSync(file);
      mkdirSync(join(file, 'in it'), { recursive: true });
    },
  };
  for (const [what, damage] of Object.entries(damages)) {
    it(`takes an entry for missing that ${what}, and keeps a new one in its place`, async () => {
      const cache = new Cache(work);
      const [key, other] = [cacheKey('entry'), cacheKey('other')];
      const floats = Float32Array.of(1, 2, 3);
      await cache.put('distances', key, floats);
      await cache.put('distances', other, Float32Array.of(4, 5, 6));
      damage(cache.path('distances', key), cache.path('distances', other));
      assert.equal(await cache.has('distances', key), false);
      assert.equal(await cache.get('distances', key), undefined);
      await cache.put('distances', key, floats);
      assert.deepEqual(await cache.get('distances', key), new Uint8Array(floats.buffer));
      assert.equal(cache.problem, undefined);
    });
  }

  it('knows files that others read by what was written, too', async () => {
    const cache = new Cache(work);
    const key = cacheKey('picture');
    const file = await cache.putFile('thumbnails', key, 'webp', Buffer.from('picture'));
    assert.equal(await cache.file('thumbnails', key, 'webp'), file);
    writeFileSync(file, 'Picture');
    assert.equal(await cache.file('thumbnails', key, 'webp'), undefined);
    assert.ok(!existsSync(file));
    await cache.putFile('thumbnails', key, 'webp', Buffer.from('picture'));
    assert.equal(await cache.file('thumbnails', key, 'webp'), file);
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
