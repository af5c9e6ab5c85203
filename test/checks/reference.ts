// Holds our weights, linkage and labels against shared/reference/reference.py --double, on the very same embeddings.
//   npm run build && npx tsx test/checks/reference.ts [number of images]
// Needs shared/ and Debian's python3-torch python3-scipy python3-sklearn.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { patchWeights } from '../../worker/bags/weights';
import { parseLabels } from '../../worker/labels';
import { loadAnalysis, readHeatMaps } from '../../worker/analysis/stored';
import { Cache } from '../../worker/store/cache';
import { requireShared, runCli, temporaryFolder } from './shared';

const images = Number(process.argv[2] ?? 40);
const clusters = 6;
const dataset = requireShared('data', 'mtd-half');
const reference = requireShared('reference', 'reference.py');
const work = temporaryFolder();
const cacheFolder = join(work, 'cache');
const at = (name: string) => join(work, name);

runCli(
  [
    'features',
    dataset,
    '--limit',
    String(images),
    '--out',
    at('features.npy'),
    '--list',
    at('images.txt'),
    '--labels',
    at('labels.txt'),
  ],
  cacheFolder,
);
const paths = readFileSync(at('images.txt'), 'utf8').trim().split('\n');
for (const path of paths) {
  mkdirSync(dirname(join(work, 'images', path)), { recursive: true });
  cpSync(join(dataset, path), join(work, 'images', path));
}
const run = runCli(['cluster', at('images'), '--clusters', String(clusters), '--json'], cacheFolder);
const { temperature } = JSON.parse(run.stdout) as { temperature: number };

interface Oracle {
  alpha: number[][];
  heights: number[];
  labels: number[];
}
const oracle = runReference();
const cache = new Cache(cacheFolder);
const analysis = await loadAnalysis(cache, at('images'));
assert.ok(analysis);
const heatMaps = await readHeatMaps(cache, analysis, paths);

let worst = 0;
for (const [i, { distances }] of heatMaps.entries()) {
  for (const [m, alpha] of patchWeights(distances, temperature).entries()) {
    const wanted = oracle.alpha[i]![m]!;
    worst = Math.max(worst, Math.abs(alpha - wanted) / (1e-4 + 1e-3 * wanted));
  }
}
console.log(`alpha: largest difference is ${worst.toExponential(2)} of the bound 1e-4 + 1e-3 alpha`);
const heightError = Math.max(
  ...analysis.merges.map(([, , height], i) => Math.abs(height - oracle.heights[i]!) / oracle.heights[i]!),
);
console.log(`linkage: largest relative difference of a height is ${heightError.toExponential(2)}`);
const ours = parseLabels(readFileSync(join(at('images'), 'anomaly-clusters.json'), 'utf8')).images;
const isSame = samePartition(
  paths.map((path) => ours.find((image) => image.path === path)!.cluster),
  oracle.labels,
);
console.log(
  `labels: ${isSame ? 'the same partition' : 'DIFFERENT partitions'} into ${clusters} clusters of ${paths.length} images`,
);
assert.equal(heatMaps.length, paths.length);
assert.ok(worst < 1 && heightError < 1e-3 && isSame, 'differs from the reference');

function runReference(): Oracle {
  const args = [
    reference,
    at('features.npy'),
    '--double',
    '--tau',
    String(temperature),
    '--k',
    String(clusters),
    '--out',
    at('out.npz'),
  ];
  const toJson = `import json, numpy as n; o = n.load(${JSON.stringify(at('out.npz'))}); print(json.dumps({'alpha': o['alpha'].tolist(), 'heights': o['linkage'][:, 2].tolist(), 'labels': o['labels'].tolist()}))`;
  python(args);
  return JSON.parse(python(['-c', toJson])) as Oracle;
}

function python(args: string[]): string {
  const { status, stdout, stderr } = spawnSync('/usr/bin/python3', args, { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (status === 0) return stdout;
  console.log(`skipped, needs python3-torch python3-scipy python3-sklearn: ${stderr.trim().split('\n').pop()}`);
  process.exit(0);
}

function samePartition(a: number[], b: number[]): boolean {
  const pairs = new Set(a.map((label, i) => `${label},${b[i]}`));
  return pairs.size === new Set(a).size && pairs.size === new Set(b).size;
}
