// `npm run bench`: our speed beside independent implementations, on the same work in one run, contenders taking turns.
//   npm run bench              the sizes of docs/performance.md
//   npm run bench -- --quick   smaller ones, within five minutes
//   npm run bench -- --beside CHECKOUT   also the first run of an older version, in a checkout where it is built
//   npm run bench -- --only-beside CHECKOUT   nothing else
// Needs shared/ and Debian's python3-torch, python3-torchvision and python3-scipy; says what is missing. Writes Markdown and JSON.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createCancelFlag } from '../../worker/base/cancel';
import { wardFromVectors } from '../../worker/clustering/ward';
import { compareAllPairs } from '../../worker/describe/all-pairs';
import { chooseStrategy, type Precision } from '../../worker/describe/search-strategy';
import { sourceOf } from '../../worker/describe/distinct-images';
import { scanFolder } from '../../worker/images/scan';
import { openEngine } from '../../worker/session/engine';
import { Run } from '../../worker/session/run';
import { openSession, Session } from '../../worker/session/session';
import { readDataset, type DatasetImage } from '../../worker/describe/dataset';
import { createRandom } from '../../worker/base/random';
import { Cache } from '../../worker/store/cache';
import { npyHeader } from '../../worker/store/npy';
import { drawScaling, measureBeside, measureLaterRuns, measureScaling, type ScalingRun } from './scaling';

const root = join(import.meta.dirname, '..', '..');
const shared = join(root, '..', 'shared');
const python = '/usr/bin/python3';
const isQuick = process.argv.includes('--quick');
const sizes = isQuick
  ? { pairs: 40, extract: 60, ward: [2000, 10_000], rounds: 3, scaling: [100, 200, 400], later: 240, references: '16' }
  : {
      pairs: 200,
      extract: 200,
      ward: [2000, 10_000, 50_000],
      rounds: 3,
      scaling: [500, 1000, 2000, 10_000],
      later: 1000,
      references: 'auto',
    };
/** scipy keeps the matrix of all distances: 10 GB for 50,000. */
const largestScipy = 10_000;

interface Row {
  what: string;
  ours: number[];
  theirs: number[];
  opponent: string;
  note: string;
}

const work = mkdtempSync(join(tmpdir(), 'anomaly-bench-'));
process.on('exit', () => rmSync(work, { recursive: true, force: true }));
const rows: Row[] = [];
const missing = requirements();
if (missing) console.log(`Without opponents: ${missing}.`);

const [isAlone, other] = [argument('--only-beside') !== undefined, argument('--only-beside') ?? argument('--beside')];
const beside = other === undefined ? undefined : await measureBeside(work, sizes.later, resolve(other));
if (beside) console.log(besideTable());
if (isAlone) process.exit();
await ward();
if (existsSync(shared)) {
  await extraction();
  await pairs();
} else console.log('Extraction and Eq. 5: skipped, needs ../shared.');
const scaling = await measureScaling(work, sizes.scaling);
const later = await measureLaterRuns(work, sizes.later, sizes.references);
report();

function argument(name: string): string | undefined {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
}

function besideTable(): string {
  if (!beside) return '';
  const { ours, theirs } = beside;
  const row = (title: string, { seconds, peakMegabytes }: ScalingRun) =>
    `| ${title} | ${seconds.toFixed(1)} s | ${peakMegabytes.toFixed(0)} MB | ${(theirs.seconds / seconds).toFixed(2)} × |`;
  return [
    `| first run of ${ours.images} images, default settings | | peak | as fast |`,
    '| --- | --- | --- | --- |',
    row('this version', ours),
    row('the other one', theirs),
  ].join('\n');
}

function requirements(): string | undefined {
  if (spawnSync(python, ['-c', 'import torch, torchvision, scipy, sklearn']).status === 0) return undefined;
  return 'needs python3-torch python3-torchvision python3-scipy python3-sklearn';
}

/** Contenders take turns, so that whatever else the machine does meets both. */
async function duel(
  what: string,
  opponent: string,
  note: string,
  ours: () => Promise<number>,
  theirs?: () => number,
  rounds = sizes.rounds,
): Promise<void> {
  const row: Row = { what, ours: [], theirs: [], opponent, note };
  rows.push(row);
  for (let round = 0; round < rounds; round++) {
    row.ours.push(await ours());
    if (theirs && !missing) row.theirs.push(theirs());
  }
  console.log(line(row));
}

async function ward(): Promise<void> {
  const dimensions = 128;
  for (const count of sizes.ward) {
    const random = createRandom(count);
    const centres = Array.from({ length: 20 * dimensions }, () => random.normal());
    const vectors = Float32Array.from(
      { length: count * dimensions },
      (_, i) =>
        0.05 * (0.5 * centres[(Math.floor(i / dimensions) % 20) * dimensions + (i % dimensions)]! + random.normal()),
    );
    const file = join(work, `ward-${count}.npy`);
    writeFileSync(file, Buffer.concat([npyHeader([count, dimensions]), new Uint8Array(vectors.buffer)]));
    let heights: number[] = [];
    let note = '';
    await duel(
      `Ward, ${count} × ${dimensions}`,
      'scipy',
      note,
      async () => {
        const start = performance.now();
        const merges = await wardFromVectors(vectors, count, dimensions, availableParallelism());
        heights = merges.map(([, , height]) => height);
        return (performance.now() - start) / 1000;
      },
      count > largestScipy
        ? undefined
        : () => {
            const result = opponent<{ seconds: number; heights: number[] }>('ward', file);
            const worst = result.heights.reduce(
              (most, height, i) => Math.max(most, Math.abs(height - heights[i]!) / height),
              0,
            );
            note = `heights within ${worst.toExponential(1)}`;
            rows.at(-1)!.note = note;
            return result.seconds;
          },
      count > largestScipy ? 1 : sizes.rounds,
    );
  }
}

async function extraction(): Promise<void> {
  const { session, images } = await open('x-sdd', sizes.extract);
  const { run, model, devices, shape } = session;
  const list = join(work, 'images.txt');
  writeFileSync(list, images.map(({ file }) => `${file}\n`).join(''));
  let round = 0;
  await duel(
    `decode and embed ${images.length} images, ResNet-50 to its second stage, 256 × 256`,
    'torch',
    '',
    async () => {
      const cache = new Cache(join(work, `extract-${round++}`));
      const here = new Session(new Run({ ...run, cache }, run.flag, run.onProgress), model, devices, shape);
      // Sessions are opened before the clock starts, as the opponent's network is.
      await here.run.task('inspectModel', { model });
      const seconds = await timed(() => embedAll(here, images));
      rmSync(cache.folder, { recursive: true, force: true });
      return seconds;
    },
    () => opponent<{ seconds: number }>('extract', list).seconds,
  );
  await run.pool.close();
}

async function pairs(): Promise<void> {
  const { session, images } = await open('x-sdd', sizes.pairs);
  const { run, model, shape } = session;
  const sources = images.map((image) => sourceOf(image, model));
  await embedAll(session, images);
  const features = join(work, 'features.npy');
  const folder = join(shared, 'data', 'x-sdd');
  const args = [
    'features',
    folder,
    '--model',
    model.file,
    '--limit',
    String(sizes.pairs),
    '--out',
    features,
    '--list',
    join(work, 'list.txt'),
  ];
  const cli = spawnSync(process.execPath, [join(root, 'dist', 'cli.cjs'), ...args], {
    env: { ...process.env, ANOMALY_CLUSTERING_CACHE: run.cache.folder },
    encoding: 'utf8',
  });
  if (cli.status !== 0) throw new Error(cli.stderr);
  const ours = (precision: Precision) => async () => {
    rmSync(join(run.cache.folder, 'pairs'), { recursive: true, force: true });
    return timed(() => compareAllPairs(session, sources, chooseStrategy(session, sources, precision)));
  };
  const theirs = () => {
    const { stdout, status, stderr } = spawnSync(
      python,
      [join(shared, 'reference', 'reference.py'), features, '--threads', '2', '--k', '2'],
      { encoding: 'utf8' },
    );
    if (status !== 0) throw new Error(stderr);
    return (JSON.parse(stdout) as { seconds: { nearest: number } }).seconds.nearest;
  };
  const size = `N = ${sources.length}, M = ${shape.patches}, D = ${shape.dimensions}`;
  const rounds = isQuick ? sizes.rounds : 1;
  await duel(`Eq. 5, candidates and re-ranking, ${size}`, 'reference.py', '', ours('fast'), theirs, rounds);
  // The same opponent on the same work: its times count for both.
  const known = rows.at(-1)!.theirs;
  await duel(
    `Eq. 5, exact, ${size}`,
    'reference.py',
    '',
    ours('exact'),
    () => known[rows.at(-1)!.theirs.length]!,
    rounds,
  );
  await run.pool.close();
}

async function embedAll(session: Session, images: DatasetImage[]): Promise<void> {
  const sources = images.map((image) => sourceOf(image, session.model));
  for await (const [, result] of session.tasks('ensureBag', sources, (image) => ({ image }))) {
    if (!result.ok) throw new Error(result.reason);
  }
}

/** Seconds; the row's note says how many cores were busy meanwhile. */
async function timed(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  const start = performance.now();
  await work();
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(before);
  rows.at(-1)!.note = `${((user + system) / 1e6 / seconds).toFixed(2)} cores busy`;
  return seconds;
}

async function open(dataset: string, limit: number) {
  const engine = openEngine(join(root, 'dist'));
  const cache = new Cache(join(work, 'cache'));
  const run = new Run({ ...engine, cache }, createCancelFlag(), () => undefined);
  const session = await openSession(run, { model: join(shared, 'models', 'resnet50-layer2.onnx'), device: 'cpu' });
  const all = (await readDataset(run, await scanFolder(join(shared, 'data', dataset)))).images;
  // Spread over the folder, as `features --limit` does.
  const images = Array.from({ length: limit }, (_, i) => all[Math.floor((i * all.length) / limit)]!);
  return { session, images };
}

function opponent<Result>(what: string, file: string): Result {
  const { status, stdout, stderr } = spawnSync(python, [join(import.meta.dirname, 'opponents.py'), what, file], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Result;
}

function median(values: number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN;
}

function seconds(values: number[]): string {
  if (values.length === 0) return '–';
  return `${median(values).toFixed(2)} s (${Math.min(...values).toFixed(2)} to ${Math.max(...values).toFixed(2)})`;
}

function line({ what, ours, theirs, opponent, note }: Row): string {
  const ratio = theirs.length > 0 ? `${(median(theirs) / median(ours)).toFixed(2)} ×` : '–';
  return `| ${what} | ${seconds(ours)} | ${seconds(theirs)} ${theirs.length > 0 ? opponent : ''} | ${ratio} | ${note} |`;
}

function scalingTable(): string {
  const row = ({ images, seconds, stages, peakMegabytes, coresBusy }: ScalingRun) => {
    const each = Object.entries(stages).map(([title, time]) => `${title.toLowerCase()} ${time.toFixed(1)} s`);
    const [milliseconds, megabytes] = [(1000 * seconds) / images, peakMegabytes];
    return `| ${images} | ${seconds.toFixed(1)} s | ${milliseconds.toFixed(1)} ms | ${megabytes.toFixed(0)} MB | ${coresBusy.toFixed(2)} | ${each.join(', ')} |`;
  };
  return [
    '| images of 64 × 64, 8 references | cluster, cold | an image | peak | cores busy | |',
    '| --- | --- | --- | --- | --- | --- |',
    ...scaling.map(row),
  ].join('\n');
}

function laterTable(): string {
  const { first, otherSettings, tenMore } = later;
  const row = (title: string, { seconds }: ScalingRun) =>
    `| ${title} | ${seconds.toFixed(1)} s | ${((100 * seconds) / first.seconds).toFixed(1)} % |`;
  return [
    `| ${first.images} images, references ${sizes.references} | | of the first |`,
    '| --- | --- | --- |',
    row('first run', first),
    row('again, another clusterer and number of clusters', otherSettings),
    row('ten images more', tenMore),
  ].join('\n');
}

function report(): void {
  const machine = `${cpus()[0]?.model.trim() ?? 'unknown'}, ${availableParallelism()} cores, Node ${process.versions.node}`;
  const memory = `peak memory of this process ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB`;
  const table = ['| what | ours | opponent | as fast | |', '| --- | --- | --- | --- | --- |', ...rows.map(line)].join(
    '\n',
  );
  const text = `${machine}; ${memory}\n\n${table}\n\n${scalingTable()}\n\n${laterTable()}\n\n${besideTable()}\n`;
  const folder = join(root, 'test', 'artifacts');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'bench.md'), text);
  writeFileSync(
    join(folder, 'bench.json'),
    `${JSON.stringify({ machine, isQuick, rows, scaling, later, beside }, null, 2)}\n`,
  );
  writeFileSync(join(folder, 'scaling.svg'), drawScaling(scaling));
  console.log(`\n${readFileSync(join(folder, 'bench.md'), 'utf8')}`);
}
