// Runs the default settings on the shared datasets: quality, time, peak memory, and what a second run costs.
//   npm run build && npx tsx test/checks/datasets.ts [x-sdd-60 | x-sdd | mtd-half]…
import { cpSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { requireShared, runCli, temporaryFolder } from './shared';

interface Metrics {
  nmi: number;
  ari: number;
  f1Micro: number;
  f1Macro: number;
  purity: number;
}

const work = temporaryFolder();
const checks: Record<string, () => void> = {
  'x-sdd-60': fiveSeeds,
  'x-sdd': () => whole('x-sdd', 7),
  'mtd-half': () => whole('mtd-half', 6),
};
for (const name of process.argv.length > 2 ? process.argv.slice(2) : Object.keys(checks)) checks[name]!();

/** 60 images a class; each seed draws its own 60 images and its own references. */
function fiveSeeds(): void {
  const source = requireShared('data', 'x-sdd');
  const scores: number[] = [];
  for (let seed = 0; seed < 5; seed++) {
    const folder = join(work, `x-sdd-60-${seed}`);
    for (const name of readdirSync(source)) {
      mkdirSync(join(folder, name), { recursive: true });
      for (const file of draw(readdirSync(join(source, name)).sort(), 60, seed)) {
        cpSync(join(source, name, file), join(folder, name, file));
      }
    }
    runCli(['cluster', folder, '--clusters', '7', '--seed', String(seed)], join(work, 'cache'));
    const { nmi } = evaluate(folder);
    console.log(`x-sdd, 60 a class, seed ${seed}: NMI ${nmi.toFixed(3)}`);
    scores.push(nmi);
  }
  console.log(
    `x-sdd, 60 a class, mean of five seeds: NMI ${(scores.reduce((a, b) => a + b) / 5).toFixed(3)} (bar 0.72)`,
  );
}

/** A seeded Fisher–Yates draw. */
function draw<T>(items: T[], count: number, seed: number): T[] {
  const pool = [...items];
  let state = seed + 1;
  for (let i = 0; i < Math.min(count, pool.length); i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const j = i + Math.floor((state / 2 ** 32) * (pool.length - i));
    [pool[i], pool[j]] = [pool[j]!, pool[i]!];
  }
  return pool.slice(0, count);
}

function whole(name: string, classes: number): void {
  const source = requireShared('data', name);
  const cache = join(work, `cache-${name}`);
  const labels = join(work, `${name}.json`);
  const args = ['cluster', source, '--clusters', String(classes), '--out', labels];
  const first = runCli(args, cache);
  const text = readFileSync(labels, 'utf8');
  const second = runCli(args, cache);
  const isSame = readFileSync(labels, 'utf8') === text;
  const { nmi, ari, f1Micro, f1Macro, purity } = evaluate(source, labels);
  const memory = first.megabytes === undefined ? '' : `, peak ${first.megabytes} MB`;
  console.log(
    `${name}: ${first.seconds.toFixed(1)} s${memory}; second run ${second.seconds.toFixed(1)} s, ${isSame ? 'the same bytes' : 'OTHER BYTES'}`,
  );
  console.log(
    `${name}: ${Object.entries({ nmi, ari, f1Micro, f1Macro, purity })
      .map(([key, value]) => `${key} ${value.toFixed(3)}`)
      .join(', ')}`,
  );
}

function evaluate(folder: string, labels?: string): Metrics {
  const args = ['evaluate', folder, '--json', ...(labels === undefined ? [] : ['--labels', labels])];
  return JSON.parse(runCli(args, join(work, 'cache')).stdout) as Metrics;
}
