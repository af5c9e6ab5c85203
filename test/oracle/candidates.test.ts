// The search by candidates beside the exact one, on real images: the clusters must be the same, the weights within one per cent.
import { strict as assert } from 'node:assert';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { automaticTemperature, patchWeights } from '../../worker/bags/weights';
import { createCancelFlag } from '../../worker/cancel';
import { dendrogram, distancesOf } from '../../worker/clustering/clusterers';
import { buildTree, cutTree } from '../../worker/clustering/tree';
import { compareAllPairs, type Precision } from '../../worker/describe/all-pairs';
import { subjectsOf } from '../../worker/describe/subjects';
import { openEngine, startRun, taskContext } from '../../worker/engine';
import { readDataset } from '../../worker/images/dataset';
import { findModel } from '../../worker/models/find';
import { Cache } from '../../worker/store/cache';

const root = join(import.meta.dirname, '..', '..');
const shared = join(root, '..', 'shared');
const images = 60;

describe('The search by candidates, on real images', function () {
  this.timeout(300_000);
  const folder = mkdtempSync(join(tmpdir(), 'anomaly-candidates-'));
  after(() => rmSync(folder, { recursive: true, force: true }));

  for (const [dataset, classes] of [
    ['x-sdd', 7],
    ['mtd-half', 6],
  ] as const) {
    for (const network of ['patchnet-s', join(shared, 'models', 'resnet50-layer2.onnx')]) {
      it(`gives the clusters of the exact one: ${dataset}, ${network.split('/').pop()}`, async function () {
        if (!existsSync(shared)) return this.skip();
        const engine = openEngine(join(root, 'dist'));
        const run = startRun({ ...engine, cache: new Cache(folder) }, createCancelFlag(), () => undefined);
        try {
          const model = await findModel(network, run);
          const all = (await readDataset(run, join(shared, 'data', dataset))).images;
          const some = Array.from({ length: images }, (_, i) => all[Math.floor((i * all.length) / images)]!);
          const sources = [...subjectsOf(some, model).values()];
          const shape = await run.pool.run('inspectModel', { model, ...taskContext(run) });
          const describe = async (precision: Precision) => {
            const table = await compareAllPairs(run, model, shape, sources, false, precision);
            const distances = sources.map((_, i) => table.distances(i, 'mean'));
            const temperature = automaticTemperature(distances);
            const weights = distances.map((each) => patchWeights(each, temperature));
            const vectors = new Float32Array(sources.length * shape.dimensions);
            for (const [i, image] of sources.entries()) {
              // The pool's own average, of the bag that the cache keeps.
              const [average] = await run.pool.run('average', {
                image,
                model,
                weights: [weights[i]!],
                ...taskContext(run),
              });
              vectors.set(average!, i * shape.dimensions);
            }
            const compared = { count: sources.length, vectors, dimensions: shape.dimensions };
            const merges = dendrogram({ ...compared, condensed: distancesOf(compared) }, 'ward');
            return { weights, clusters: cutTree(buildTree(merges, sources.length), classes) };
          };
          const [fast, exact] = [await describe('fast'), await describe('exact')];
          assert.deepEqual([...fast.clusters], [...exact.clusters]);
          const errors = fast.weights
            .flatMap((weights, i) => Array.from(weights, (alpha, m) => Math.abs(alpha / exact.weights[i]![m]! - 1)))
            .sort((a, b) => a - b);
          const [middle, high, most] = [0.5, 0.95, 1].map((share) => errors[Math.ceil(share * errors.length) - 1]!);
          console.log(
            `        alpha is off by ${percent(middle!)} (median), ${percent(high!)} (95 %), ${percent(most!)} (most)`,
          );
          assert.ok(high! > 0, 'Both ways gave the very same numbers: was the fast one used?');
          assert.ok(high! < 0.01, `${high}`);
        } finally {
          await run.pool.close();
        }
      });
    }
  }
});

function percent(value: number): string {
  return `${(100 * value).toPrecision(2)} %`;
}
