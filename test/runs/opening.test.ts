// What a gallery opens with: kept by every run beside the analysis, and the same as that one says.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { analysisKey, analysisVersion, keepOpening, readOpening } from '../../worker/analysis/opening';
import { defaultSettings } from '../../worker/api/settings';
import { createCancelFlag } from '../../worker/base/cancel';
import { makeSample } from '../../worker/sample';
import { handlers } from '../../worker/service';
import { openEngine, type Engine } from '../../worker/session/engine';
import { Run } from '../../worker/session/run';
import { Cache, cacheKey } from '../../worker/store/cache';
import { dist, root } from '../tools/paths';

describe('what a gallery opens with', () => {
  const work = mkdtempSync(join(tmpdir(), 'opening-'));
  const folder = join(work, 'parts');
  const cache = new Cache(join(work, 'cache'));
  let engine: Engine;
  const run = () =>
    new Run({ ...engine, cache, modelsFolder: join(root, 'models') }, createCancelFlag(), () => undefined);
  const cluster = (seed: number) =>
    handlers.cluster(run(), {
      ...{ folder, device: 'cpu', labelFile: join(folder, 'anomaly-clusters.json') },
      settings: { ...defaultSettings, clusters: 3, references: 4, seed },
    });
  const version = async () => (await analysisVersion(cache, folder))!;

  before(async () => {
    engine = openEngine(dist);
    await makeSample(folder, { imagesPerClass: 2 });
    await cluster(0);
  });
  after(async () => {
    await engine.pool.close();
    rmSync(work, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  });

  it('is what the engine says of the run', async () => {
    const opening = await readOpening(cache, folder, await version());
    assert.ok(opening?.coordinates && opening.scale.usual !== undefined);
    assert.deepEqual(opening, await handlers.analysis(run(), { folder }));
  });

  it('is that of the newest run only', async () => {
    const before = await version();
    await cluster(1);
    const now = await version();
    assert.notEqual(now, before);
    assert.equal(await readOpening(cache, folder, before), undefined);
    assert.deepEqual(await readOpening(cache, folder, now), await handlers.analysis(run(), { folder }));
  });

  it('is not taken from what this program cannot read', async () => {
    const now = await version();
    const analysis = (await readOpening(cache, folder, now))!;
    const file = join(work, 'other');
    writeFileSync(file, '');
    // Of a folder that was never clustered.
    assert.equal(await readOpening(cache, file, now), undefined);
    // As a newer JavaScript engine may write it.
    await cache.put('analyses', cacheKey('opening', 1, await analysisKey(folder)), Uint8Array.of(255, 99, 1, 2));
    assert.equal(await readOpening(cache, folder, now), undefined);
    await keepOpening(cache, folder, { version: 'another', analysis });
    assert.equal(await readOpening(cache, folder, now), undefined);
  });
});
