// What an area leaves of the method, on real images, against the references in torch and numpy on the remaining patches alone.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { defaultSettings, type MethodSettings } from '../../worker/api/settings';
import { serializeArea } from '../../worker/area/document';
import { findArea } from '../../worker/area/read-area';
import { createCancelFlag } from '../../worker/base/cancel';
import { readDataset } from '../../worker/describe/dataset';
import { describeImages, type DescribedDataset } from '../../worker/describe/describe-images';
import { limitToArea } from '../../worker/prepare/limit-to-area';
import { scanFolder } from '../../worker/images/scan';
import { readFloats } from '../../worker/pool/tasks/bag-cache';
import { openEngine, type Engine } from '../../worker/session/engine';
import { Run } from '../../worker/session/run';
import { openSession } from '../../worker/session/session';
import { Cache } from '../../worker/store/cache';
import { cli, dist, root } from '../tools/paths';
import { missing, oracle, temporaryFile } from './embeddings';

const images = 24;
const rectangle = { left: 0.3, top: 0, right: 1, bottom: 0.45 };
const reason = missing();
if (reason !== undefined) console.log(`The area on real images: ${reason}`);

interface Expected {
  counted: number[];
  score: number[];
  blocks: number[];
  eq5: number[];
  paper: number[];
  hausdorff: number[];
}

(reason === undefined ? describe : describe.skip)('an area on real images', function () {
  this.timeout(600_000);
  const folder = temporaryFile('limited');
  const cacheFolder = temporaryFile('cache-of-area');
  let engine: Engine;
  let expected: Expected;

  before(() => {
    mkdirSync(folder);
    const source = join(root, '..', 'shared', 'data', 'mtd-half');
    const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.jpg'));
    const step = Math.floor(files.length / images);
    for (let i = 0; i < images; i++) copyFileSync(join(source, files.sort()[i * step]!), join(folder, `${10 + i}.jpg`));
    const { left, top, right, bottom } = rectangle;
    const corners: [number, number][] = [
      [left, top],
      [right, top],
      [right, bottom],
      [left, bottom],
    ];
    writeFileSync(
      join(folder, 'anomaly-area.json'),
      serializeArea({ version: 1, mode: 'ignore', polygons: [corners] }),
    );
    const features = temporaryFile('area.npy');
    const env = { ...process.env, ANOMALY_CLUSTERING_CACHE: cacheFolder };
    const args = ['features', folder, '--out', features, '--list', temporaryFile('area.txt')];
    const { status, stderr } = spawnSync(process.execPath, [cli, ...args], { encoding: 'utf8', env });
    assert.equal(status, 0, stderr);
    const script = (name: string) => join(root, '..', 'shared', 'reference', name);
    const sides = [left, top, right, bottom].map(String);
    expected = oracle('area.py', script('descriptor.py'), script('reference.py'), features, '32', '32', ...sides);
    engine = { ...openEngine(dist), cache: new Cache(cacheFolder) };
  });
  after(async () => {
    await engine.pool.close();
    rmSync(cacheFolder, { recursive: true, force: true });
  });

  /** Scores (images, counted) one after the other, and the distances of all pairs. */
  async function found(settings: Partial<MethodSettings>) {
    const run = new Run(engine, createCancelFlag(), () => undefined);
    const all: MethodSettings = { ...defaultSettings, references: images, ...settings };
    const opened = await openSession(run, { model: 'patchnet-s', device: 'cpu', distance: all.distance });
    const area = await findArea(folder, {});
    const { session, dataset } = limitToArea(opened, await readDataset(run, await scanFolder(folder)), area, all);
    const described = await describeImages(session, dataset, all, { precision: 'exact' });
    const scores = await Promise.all(
      described.images.map(({ heatMapKey }) => readFloats(engine.cache, 'distances', heatMapKey)),
    );
    return {
      counted: [...dataset.images[0]!.area!.counted],
      scores: scores.flatMap((each) => [...each!]),
      distances: pairsOf(described),
    };
  }

  function pairsOf({ comparison: { count, vectors, dimensions = 0, condensed } }: DescribedDataset): number[] {
    if (!vectors) return [...condensed!];
    const pairs: number[] = [];
    for (let i = 0; i < count; i++) {
      for (let j = i + 1; j < count; j++) {
        let square = 0;
        for (let d = 0; d < dimensions; d++)
          square += (vectors[i * dimensions + d]! - vectors[j * dimensions + d]!) ** 2;
        pairs.push(Math.sqrt(square));
      }
    }
    return pairs;
  }

  function assertWithin(actual: readonly number[], wanted: readonly number[], bound: number): void {
    assert.equal(actual.length, wanted.length);
    const largest = actual.reduce((most, value, i) => Math.max(most, Math.abs(value - wanted[i]!)), 0);
    assert.ok(largest <= bound, `off by ${largest}`);
  }

  it('leaves the same patches, the same scores within 1e-4, and vectors as far apart within 1e-3', async () => {
    const { counted, scores, distances } = await found({});
    assert.deepEqual(counted, expected.counted);
    assertWithin(scores, expected.score, 1e-4);
    assertWithin(distances, expected.blocks, 1e-3);
  });

  it('leaves Eq. 5 within 1e-5, and the weighted averages of the paper as far apart within 1e-4', async () => {
    const { scores, distances } = await found({ method: 'paper' });
    assertWithin(scores, expected.eq5, 1e-5);
    assertWithin(distances, expected.paper, 1e-4);
  });

  it('leaves the Hausdorff distance mean-min-max within 1e-5', async () => {
    assertWithin((await found({ distance: 'mean-min-max' })).distances, expected.hausdorff, 1e-5);
  });
});
