// Images that are added to a folder: what was compared before is not compared again, and the result is that of a fresh start.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { defaultSettings, type MethodName } from '../../worker/api/settings';
import { rankContents } from '../../worker/bags/choose-references';
import { createCancelFlag } from '../../worker/base/cancel';
import { describeImages, type DescribedDataset } from '../../worker/describe/describe-images';
import { openEngine, type Engine } from '../../worker/session/engine';
import { Run } from '../../worker/session/run';
import { openSession } from '../../worker/session/session';
import { scanFolder } from '../../worker/images/scan';
import { readDataset } from '../../worker/describe/dataset';
import { makeSample } from '../../worker/sample';
import { Cache } from '../../worker/store/cache';
import { dist } from '../tools/paths';

const references = 8;

describe('a folder that grows', () => {
  const work = mkdtempSync(join(tmpdir(), 'growing-'));
  const folder = join(work, 'images');
  let engine: Engine;
  before(() => (engine = openEngine(dist)));
  after(async () => {
    await engine.pool.close();
    rmSync(work, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  });

  const describeFolder = async (
    cache: Cache,
    seed: number,
    method: MethodName = 'paper',
  ): Promise<DescribedDataset> => {
    const run = new Run({ ...engine, cache }, createCancelFlag(), () => undefined);
    const session = await openSession(run, { model: defaultSettings.model, device: 'cpu' });
    return describeImages(session, await readDataset(run, await scanFolder(folder)), {
      ...defaultSettings,
      method,
      references,
      seed,
    });
  };
  const distancesOf = async (cache: Cache, { images }: DescribedDataset): Promise<Map<string, Float32Array>> => {
    const maps = new Map<string, Float32Array>();
    for (const { image, heatMapKey } of images) {
      maps.set(image.path, new Float32Array((await cache.get('distances', heatMapKey))!.buffer));
    }
    return maps;
  };

  it('compares only with the references that are new, and gives the same numbers', async () => {
    const sample = join(work, 'sample');
    await makeSample(sample, { imagesPerClass: 6 });
    const files = readdirSync(sample, { recursive: true, encoding: 'utf8' }).filter((file) => /^test.*png$/.test(file));
    const contents = new Map(
      files.map((file) => [
        createHash('sha256')
          .update(readFileSync(join(sample, file)))
          .digest('hex'),
        file,
      ]),
    );
    // The last four files are added later. A seed by which just one of them becomes a reference, in the place of another.
    const late = new Set(files.slice(-4));
    const firstOf = (seed: number) => rankContents(contents.keys(), seed).slice(0, references);
    const lateReferences = (seed: number) => firstOf(seed).filter((content) => late.has(contents.get(content)!));
    const seed = Array.from({ length: 1000 }, (_, i) => i).find((each) => lateReferences(each).length === 1)!;

    mkdirSync(folder);
    const add = (file: string) => copyFileSync(join(sample, file), join(folder, file.replaceAll(/[\\/]/g, '-')));
    for (const file of files) if (!late.has(file)) add(file);
    const cache = new Cache(join(work, 'cache'));
    await describeFolder(cache, seed);

    // A mark on what is remembered of one image, by which it is known again.
    const sums = join(cache.folder, 'sums');
    const [marked] = readdirSync(sums, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.bin'));
    const key = basename(marked!, '.bin');
    const bytes = Buffer.from((await cache.get('sums', key))!);
    bytes.writeDoubleLE(bytes.readDoubleLE(0) + 64 * references, 0);
    await cache.put('sums', key, bytes);

    for (const file of late) add(file);
    const grown = await describeFolder(cache, seed);
    const fresh = new Cache(join(work, 'fresh'));
    const expected = await distancesOf(fresh, await describeFolder(fresh, seed));
    const found = await distancesOf(cache, grown);
    assert.equal(found.size, files.length);
    let marks = 0;
    for (const [path, distances] of found) {
      const wanted = expected.get(path)!;
      if (Math.abs(distances[0]! - 64 - wanted[0]!) < 1e-4) {
        marks++;
        distances[0] = wanted[0]!;
      }
      assert.deepEqual(distances, wanted, path);
    }
    assert.equal(marks, 1, 'What was known of an image before was not used.');
  });

  it('has the scores and vectors of a fresh start, to the bit, by the six blocks', async () => {
    const sample = join(work, 'sample-of-blocks');
    await makeSample(sample, { imagesPerClass: 4, seed: 3 });
    const files = readdirSync(sample, { recursive: true, encoding: 'utf8' }).filter((file) => /^test.*png$/.test(file));
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder);
    const add = (file: string) => copyFileSync(join(sample, file), join(folder, file.replaceAll(/[\\/]/g, '-')));
    for (const file of files.slice(0, -5)) add(file);
    const cache = new Cache(join(work, 'cache-of-blocks'));
    const before = await describeFolder(cache, 0, 'blocks');
    assert.equal(before.images.length, files.length - 5);
    for (const file of files.slice(-5)) add(file);
    const grown = await describeFolder(cache, 0, 'blocks');
    const fresh = new Cache(join(work, 'fresh-of-blocks'));
    const expected = await describeFolder(fresh, 0, 'blocks');
    assert.equal(grown.images.length, files.length);
    assert.deepEqual(await distancesOf(cache, grown), await distancesOf(fresh, expected));
    assert.deepEqual(grown.comparison, expected.comparison);
    // The same again from a cache that knows everything.
    assert.deepEqual((await describeFolder(cache, 0, 'blocks')).comparison, expected.comparison);
  });
});
