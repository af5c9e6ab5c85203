// How the whole program grows with the number of images: the time of each stage and the peak memory of `cluster` in a process of its
// own, with a cold cache; and what a later run costs that shares most of its work with the first.
import { copyFileSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { createRandom } from '../../worker/base/random';
import { measureProgram } from './measure-program';

const root = join(import.meta.dirname, '..', '..');

/** One `cluster` of so many images. Seconds; megabytes. */
export interface ScalingRun {
  images: number;
  seconds: number;
  /** By the title that the command line prints; a stage that comes twice is summed. */
  stages: Record<string, number>;
  peakMegabytes: number;
  /** Of the CPU, on average over the run. */
  coresBusy: number;
}

/** Runs over folders of each size. */
export async function measureScaling(work: string, sizes: readonly number[]): Promise<ScalingRun[]> {
  const runs: ScalingRun[] = [];
  for (const images of sizes) {
    const folder = await drawImages(join(work, `images-${images}`), images);
    const cache = join(work, 'scaling-cache');
    runs.push(await clusterFolder(folder, images, cache, ['--references', '8', '--clusters', '5']));
    rmSync(cache, { recursive: true, force: true });
  }
  return runs;
}

export interface LaterRuns {
  first: ScalingRun;
  /** With another clusterer and number of clusters. */
  otherSettings: ScalingRun;
  /** Ten images more. */
  tenMore: ScalingRun;
}

/** @param references of Eq. 7, or `auto` */
export async function measureLaterRuns(work: string, images: number, references: string): Promise<LaterRuns> {
  const folder = await drawImages(join(work, `later-${images}`), images);
  const more = await drawImages(join(work, 'more'), 10, { from: images });
  const cache = join(work, 'later-cache');
  const run = (count: number, ...settings: string[]) =>
    clusterFolder(folder, count, cache, ['--references', references, ...settings]);
  const first = await run(images, '--clusters', '5');
  const otherSettings = await run(images, '--clusters', '7', '--clusterer', 'average');
  for (const file of readdirSync(more)) copyFileSync(join(more, file), join(folder, file));
  const tenMore = await run(images + 10, '--clusters', '5');
  rmSync(cache, { recursive: true, force: true });
  return { first, otherSettings, tenMore };
}

/** First runs with default settings of this version and of another one, a cold cache each. */
export async function measureBeside(
  work: string,
  images: number,
  other: string,
): Promise<{ ours: ScalingRun; theirs: ScalingRun }> {
  const folder = await drawImages(join(work, `beside-${images}`), images);
  const firstRun = async (checkout: string) => {
    const cache = join(work, 'beside-cache');
    const run = await clusterFolder(folder, images, cache, ['--out', join(work, 'beside.json')], checkout);
    rmSync(cache, { recursive: true, force: true });
    rmSync(join(work, 'beside.json'));
    return run;
  };
  return { ours: await firstRun(root), theirs: await firstRun(other) };
}

/**
 * Noise of 64 × 64 pixels with a bright spot, of which there are a few kinds.
 * @param options.from number of the first
 * @param options.spots one, or two of different kinds
 */
export async function drawImages(
  folder: string,
  count: number,
  { from = 0, spots = 1 }: { from?: number; spots?: 1 | 2 } = {},
): Promise<string> {
  const side = 64;
  mkdirSync(folder, { recursive: true });
  for (let i = from; i < from + count; i++) {
    const random = createRandom(i);
    const first = { x: 20 + (i % 7) * 4, y: 22, radius: 2 + (i % 5) };
    const second = { x: 14 + (i % 3) * 17, y: 50, radius: 2 + ((i + 2) % 5) };
    const drawn = spots === 1 ? [{ ...first, y: 30 }] : [first, second];
    const pixels = Uint8Array.from({ length: side * side }, (_, at) => {
      const isSpot = drawn.some(({ x, y, radius }) => Math.hypot((at % side) - x, Math.floor(at / side) - y) < radius);
      return random.between(100, 132) + (isSpot ? 80 : 0);
    });
    const file = join(folder, `${String(i).padStart(6, '0')}.png`);
    await sharp(pixels, { raw: { width: side, height: side, channels: 1 } })
      .png()
      .toFile(file);
  }
  return folder;
}

async function clusterFolder(
  folder: string,
  images: number,
  cache: string,
  settings: string[],
  checkout = root,
): Promise<ScalingRun> {
  const stages: Record<string, number> = {};
  const start = performance.now();
  let [stage, since] = ['Start', start];
  const command = [join(checkout, 'dist', 'cli.cjs'), 'cluster', folder, ...settings];
  const { seconds, peakMegabytes, cpuSeconds } = await measureProgram(command, cache, (text) => {
    for (const [, title] of text.matchAll(/^([^:\n]+): /gm)) {
      if (title === stage) continue;
      const now = performance.now();
      stages[stage] = (stages[stage] ?? 0) + (now - since) / 1000;
      [stage, since] = [title!, now];
    }
  });
  stages[stage] = (stages[stage] ?? 0) + seconds - (since - start) / 1000;
  return { images, seconds, stages, peakMegabytes, coresBusy: cpuSeconds / seconds };
}

const colors = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#56b4e9', '#8a6d00'];

/** Curves over the number of images, both axes logarithmic: seconds of each stage on the left, peak memory on the right. */
export function drawScaling(runs: readonly ScalingRun[]): string {
  const [width, height] = [420, 300];
  const titles = [...new Set(runs.flatMap(({ stages }) => Object.keys(stages)))];
  const stageCurves = titles.map((title) => ({ title, values: runs.map(({ stages }) => stages[title] ?? NaN) }));
  const memory = [{ title: 'peak memory', values: runs.map(({ peakMegabytes }) => peakMegabytes) }];
  const panels = [
    panel('seconds of each stage', stageCurves, runs, width, height),
    `<g transform="translate(${width} 0)">${panel('megabytes', memory, runs, width, height)}</g>`,
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${2 * width} ${height}" font-family="sans-serif" font-size="11">
<rect width="100%" height="100%" fill="#fff"/>
${panels.join('\n')}
</svg>
`;
}

function panel(
  title: string,
  curves: { title: string; values: number[] }[],
  runs: readonly ScalingRun[],
  width: number,
  height: number,
): string {
  const box = { left: 48, right: width - 112, top: 28, bottom: height - 36 };
  const values = curves.flatMap((curve) => curve.values).filter((value) => value > 0);
  const counts = runs.map(({ images }) => images);
  const x = logScale(counts, box.left, box.right);
  const y = logScale(values, box.bottom, box.top);
  const ticks = decades(values).map(
    (value) =>
      `<path d="M${box.left} ${y(value)}H${box.right}" stroke="#ddd"/><text x="${box.left - 6}" y="${y(value) + 4}" text-anchor="end">${value}</text>`,
  );
  const marks = counts.map(
    (count) => `<text x="${x(count)}" y="${box.bottom + 16}" text-anchor="middle">${count.toLocaleString('en')}</text>`,
  );
  const lines = curves.map(({ title: name, values: each }, i) => {
    const color = colors[i % colors.length]!;
    const points = each.flatMap((value, at) => (value > 0 ? [[x(counts[at]!), y(value)] as const] : []));
    const dots = points.map(([cx, cy]) => `<circle cx="${cx}" cy="${cy}" r="3" fill="${color}"/>`).join('');
    const label = `<text x="${box.right + 10}" y="${box.top + 16 * i + 4}" fill="${color}">${name}</text>`;
    return `<polyline points="${points.join(' ')}" fill="none" stroke="${color}" stroke-width="1.5"/>${dots}${label}`;
  });
  const axis = `<text x="${(box.left + box.right) / 2}" y="${height - 6}" text-anchor="middle">images</text>`;
  return [`<text x="${box.left}" y="16" font-weight="bold">${title}</text>`, ...ticks, ...marks, ...lines, axis].join(
    '',
  );
}

function logScale(values: readonly number[], from: number, to: number): (value: number) => number {
  const [low, high] = [Math.log(Math.min(...values)), Math.log(Math.max(...values))];
  const span = high > low ? high - low : 1;
  return (value) => Math.round(10 * (from + ((Math.log(value) - low) / span) * (to - from))) / 10;
}

/** 1, 2 and 5 times the powers of ten that lie within the values. */
function decades(values: readonly number[]): number[] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const all: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++) {
    for (const step of [1, 2, 5]) all.push(Number((step * 10 ** power).toPrecision(1)));
  }
  const within = all.filter((value) => value >= low && value <= high);
  return within.length > 6 ? within.filter((value) => /^[0.]*1/.test(String(value))) : within;
}
