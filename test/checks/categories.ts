// Table 1 on drawn categories, five seeds: does the order of the methods agree with the paper's object categories?
//   npm run build && npx tsx test/checks/categories.ts [model]
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BenchmarkResults } from '../../worker/benchmark/tables/results';
import { makeCategories } from '../categories/categories';
import { runCli, temporaryFolder } from './shared';

const model = process.argv[2] ?? 'patchnet-s';
const work = temporaryFolder();
const cache = process.env['ANOMALY_CLUSTERING_CACHE'] ?? join(work, 'cache');
const methods = [
  'average',
  'weighted-average unsupervised',
  'weighted-average with normals',
  'weighted-average with masks',
];

const sums = new Map<string, number>();
let datasets = 0;
console.log(`| seed | category | ${methods.join(' | ')} |\n| --- | --- | ${methods.map(() => '---:').join(' | ')} |`);
for (let seed = 1; seed <= 5; seed++) {
  const folder = join(work, String(seed));
  await makeCategories(folder, { seed });
  const out = join(work, `results-${seed}`);
  runCli(['benchmark', folder, '--table', '1,figure6', '--model', model, '--out', out], cache);
  const results = JSON.parse(readFileSync(join(out, 'results.json'), 'utf8')) as BenchmarkResults;
  for (const { name, measurements, figures } of results.datasets) {
    datasets++;
    const values = methods.map((method) => {
      const value = measurements.find((m) => m.method === method && m.metric === 'nmi')?.value ?? NaN;
      sums.set(method, (sums.get(method) ?? 0) + value);
      return value;
    });
    console.log(`| ${seed} | ${name} | ${values.map((value) => value.toFixed(3)).join(' | ')} |`);
    for (const { method, points } of figures.temperatureSweep?.series ?? []) {
      for (const [i, [, nmi]] of points.entries()) {
        const key = `temperature ${method} ${i}`;
        sums.set(key, (sums.get(key) ?? 0) + nmi);
      }
    }
  }
}
const means = methods.map((method) => sums.get(method)! / datasets);
console.log(`| mean | | ${means.map((value) => value.toFixed(3)).join(' | ')} |`);
for (const method of ['unsupervised', 'with normals']) {
  const sweep = Array.from({ length: 15 }, (_, i) => (sums.get(`temperature ${method} ${i}`)! / datasets).toFixed(3));
  console.log(`Temperature sweep of figure 6, ${method}: ${sweep.join(' ')}`);
}
assert.ok(
  means.every((value, i) => i === 0 || value > means[i - 1]!),
  'the order is not that of the paper',
);
console.log('average < weighted average < with normals < with masks, as in the paper.');
