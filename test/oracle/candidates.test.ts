// The search by candidates beside the exact one, on real images: the clusters must be the same, the weights within one per cent.
import { strict as assert } from 'node:assert';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultSettings, type MethodSettings } from '../../worker/api/settings';
import { patchWeights } from '../../worker/bags/weights';
import { createCancelFlag } from '../../worker/base/cancel';
import { describeImages } from '../../worker/describe/describe-images';
import type { Precision } from '../../worker/describe/search-strategy';
import { openEngine, type Engine } from '../../worker/session/engine';
import { Run } from '../../worker/session/run';
import { openSession } from '../../worker/session/session';
import { scanFolder } from '../../worker/images/scan';
import { readDataset } from '../../worker/describe/dataset';
import { Cache } from '../../worker/store/cache';

const root = join(import.meta.dirname, '..', '..');
const shared = join(root, '..', 'shared');
const cases: { dataset: string; classes: number; equation: string; settings: Partial<MethodSettings> }[] = [
  { dataset: 'x-sdd', classes: 7, equation: 'Eq. 5', settings: {} },
  { dataset: 'x-sdd', classes: 7, equation: 'Eq. 7', settings: { references: 16 } },
  { dataset: 'mtd-half', classes: 6, equation: 'Eq. 5', settings: { weights: 'unsupervised' } },
  { dataset: 'mtd-half', classes: 6, equation: 'Eq. 6', settings: { weights: 'normal' } },
  { dataset: 'x-sdd', classes: 7, equation: 'six blocks', settings: { method: 'blocks' } },
  { dataset: 'mtd-half', classes: 6, equation: 'Eq. 7', settings: { weights: 'unsupervised', references: 16 } },
];

describe('The search by candidates, on real images', function () {
  this.timeout(300_000);
  const folder = mkdtempSync(join(tmpdir(), 'anomaly-candidates-'));
  let engine: Engine;
  before(() => (engine = { ...openEngine(join(root, 'dist')), cache: new Cache(folder) }));
  after(async () => {
    await engine.pool.close();
    rmSync(folder, { recursive: true, force: true });
  });

  for (const { dataset, classes, equation, settings } of cases) {
    it(`gives the clusters of the exact one: ${dataset}, ${equation}`, async function () {
      if (!existsSync(shared)) return this.skip();
      const run = new Run(engine, createCancelFlag(), () => undefined);
      const session = await openSession(run, {
        model: join(shared, 'models', 'resnet50-layer2.onnx'),
        device: 'cpu',
      });
      const normalFolder = settings.weights === 'normal' ? join(shared, 'data', dataset, 'MT_Free') : undefined;
      const all = await readDataset(run, await scanFolder(join(shared, 'data', dataset), normalFolder));
      const some = { ...all, images: spread(all.images, 60), normals: spread(all.normals, 30) };
      const describe = async (precision: Precision) => {
        const described = await describeImages(
          session,
          some,
          { ...defaultSettings, method: 'paper', ...settings },
          { precision },
        );
        const weights: Float64Array[] = [];
        for (const { heatMapKey } of described.images) {
          const distances = new Float32Array((await run.cache.get('distances', heatMapKey))!.buffer);
          weights.push(patchWeights(distances, described.temperature));
        }
        const { assignment } = await run.task('group', {
          ...described.comparison,
          clusterer: 'ward',
          clusters: classes,
          seed: 0,
        });
        return { weights, assignment };
      };
      const [fast, exact] = [await describe('fast'), await describe('exact')];
      const errors = fast.weights
        .flatMap((weights, i) => Array.from(weights, (alpha, m) => Math.abs(alpha / exact.weights[i]![m]! - 1)))
        .sort((a, b) => a - b);
      const [middle, high, most] = [0.5, 0.95, 1].map((share) => errors[Math.ceil(share * errors.length) - 1]!);
      console.log(
        `        alpha is off by ${percent(middle!)} (median), ${percent(high!)} (95 %), ${percent(most!)} (most)`,
      );
      assert.deepEqual([...fast.assignment], [...exact.assignment]);
      assert.ok(high! > 0, 'Both ways gave the very same numbers: was the fast one used?');
      assert.ok(high! < 0.01, `${high}`);
    });
  }
});

/** So many of a list, evenly spread. */
function spread<T>(items: T[], count: number): T[] {
  const size = Math.min(count, items.length);
  return Array.from({ length: size }, (_, i) => items[Math.floor((i * items.length) / size)]!);
}

function percent(value: number): string {
  return `${(100 * value).toPrecision(2)} %`;
}
