// Compares rules for the number of clusters when none is given, on the shared datasets, on parts of them, and on the sample.
//   npm run build && npx tsx test/checks/cluster-count.ts [model]
import { defaultSettings } from '../../worker/api/settings';
import { join } from 'node:path';
import { createCancelFlag } from '../../worker/base/cancel';
import { chooseClusterCount } from '../../worker/clustering/choose-k';
import { condensedEuclidean, condensedIndex } from '../../worker/algebra/condensed';
import { linkage, type Merge } from '../../worker/clustering/linkage';
import { buildTree, cutTree } from '../../worker/clustering/tree';
import { describeImages } from '../../worker/describe/describe-images';
import { openEngine } from '../../worker/session/engine';
import { Run } from '../../worker/session/run';
import { openSession } from '../../worker/session/session';
import { scanFolder } from '../../worker/images/scan';
import { evaluate } from '../../worker/evaluation/metrics';
import { readDataset } from '../../worker/describe/dataset';
import { createRandom, type Random } from '../../worker/base/random';
import { makeSample } from '../../worker/sample';
import { requireShared, root, temporaryFolder } from './shared';

const largest = 20;

/** Images as their weighted averages. */
interface Described {
  vectors: Float32Array;
  dimensions: number;
  truth: string[];
}

interface Case extends Described {
  name: string;
  count: number;
  condensed: Float64Array;
  merges: Merge[];
  /** Labels of the cuts into 1..20 (index k). */
  cuts: Int32Array[];
}

type Rule = (data: Case, random: Random) => number;

const rules: Record<string, Rule> = {
  'largest relative gap': ({ merges, count }) =>
    best(count, (k) => height(merges, count, k - 1) / height(merges, count, k)),
  'gap, beyond that of no groups': ({ merges, count }) =>
    best(count, (k) => height(merges, count, k - 1) / height(merges, count, k) / Math.sqrt((k + 1) / k)),
  silhouette: (data) => best(data.count, (k) => silhouette(data, data.cuts[k]!)),
  'gap statistic': gapStatistic,
  stability,
  // What a rule has to beat: no look at the images at all.
  'always 5': ({ count }) => Math.min(5, count),
  'shipped as auto': ({ merges, count }) => chooseClusterCount(merges, count).k,
};

await main(process.argv[2] ?? 'patchnet-s');

async function main(modelName: string): Promise<void> {
  const cases = await collect(modelName);
  const table = Object.entries(rules).map(([name, rule]) => {
    const chosen = cases.map((data, i) => rule(data, createRandom(i)));
    const classes = cases.map(({ truth }) => new Set(truth).size);
    const nmi = cases.map((data, i) => evaluate(data.truth, [...data.cuts[chosen[i]!]!]).nmi);
    const ideal = cases.map((data, i) => evaluate(data.truth, [...data.cuts[classes[i]!]!]).nmi);
    return {
      name,
      chosen,
      errors: chosen.map((k, i) => Math.abs(k - classes[i]!)),
      loss: ideal.map((n, i) => n - nmi[i]!),
    };
  });
  const groups = [...new Set(cases.map(({ name }) => name))];
  console.log(`| ${modelName} | cases | ${table.map(({ name }) => name).join(' | ')} |`);
  console.log(`| --- | --- | ${table.map(() => '---').join(' | ')} |`);
  for (const group of [...groups, undefined]) {
    const own = [...cases.keys()].filter((i) => group === undefined || cases[i]!.name === group);
    const mean = (values: number[]) => own.reduce((sum, i) => sum + values[i]!, 0) / own.length;
    const cells = table.map(({ errors, loss }) => `${mean(errors).toFixed(1)} / ${mean(loss).toFixed(3)}`);
    console.log(`| ${group ?? 'all'} | ${own.length} | ${cells.join(' | ')} |`);
  }
  console.log('Mean |k − true| / mean NMI lost against the true number of clusters.');
}

async function collect(modelName: string): Promise<Case[]> {
  const cases: Case[] = [];
  const random = createRandom(7);
  for (let seed = 1; seed <= 5; seed++) {
    const folder = join(temporaryFolder(), 'sample');
    await makeSample(folder, { seed });
    const described = await describe(folder, modelName, 'auto');
    cases.push(caseOf('sample, 5 classes', described, () => 12, random));
    cases.push(caseOf('sample, 3 of its classes', described, some(described, 3, 12, random), random));
  }
  const xsdd = await describe(requireShared('data', 'x-sdd'), modelName, 20);
  for (let draw = 0; draw < 5; draw++) {
    cases.push(caseOf('x-sdd, 60 a class', xsdd, () => 60, random));
    for (const classes of [3, 4, 5, 6]) {
      cases.push(caseOf('x-sdd, 3 to 6 classes', xsdd, some(xsdd, classes, 60, random), random));
    }
  }
  cases.push(caseOf('x-sdd, all', xsdd, () => Infinity, random));
  const mtd = await describe(requireShared('data', 'mtd-half'), modelName, 20);
  for (let draw = 0; draw < 5; draw++) {
    cases.push(caseOf('mtd-half, defects', mtd, (name) => (name === 'Free' ? 0 : 40), random));
    cases.push(caseOf('mtd-half, defects and 60 good', mtd, () => 60, random));
  }
  return cases;
}

function some({ truth }: Described, classes: number, images: number, random: Random): (name: string) => number {
  const chosen = new Set(draw([...new Set(truth)].sort(), classes, random));
  return (name) => (chosen.has(name) ? images : 0);
}

async function describe(folder: string, modelName: string, references: number | 'auto'): Promise<Described> {
  const engine = openEngine(join(root, 'dist'));
  const run = new Run(engine, createCancelFlag(), () => undefined);
  const dataset = await readDataset(run, await scanFolder(folder));
  const session = await openSession(run, { model: modelName, device: 'cpu' });
  const settings = { ...defaultSettings, references };
  const { images, comparison } = await describeImages(session, dataset, settings);
  await engine.pool.close();
  const { vectors, dimensions } = comparison;
  return { vectors: vectors!, dimensions: dimensions!, truth: images.map(({ image }) => image.truth!) };
}

/** A seeded draw of some images of each class. */
function caseOf(name: string, all: Described, images: (name: string) => number, random: Random): Case {
  const { dimensions } = all;
  const rows = [...new Set(all.truth)].sort().flatMap((each) =>
    draw(
      [...all.truth.keys()].filter((i) => all.truth[i] === each),
      images(each),
      random,
    ),
  );
  const vectors = new Float32Array(rows.length * dimensions);
  for (const [i, row] of rows.entries())
    vectors.set(all.vectors.subarray(row * dimensions, (row + 1) * dimensions), i * dimensions);
  return { name, truth: rows.map((row) => all.truth[row]!), ...linked(vectors, dimensions) };
}

function linked(vectors: Float32Array, dimensions: number) {
  const count = vectors.length / dimensions;
  const condensed = condensedEuclidean(vectors, count, dimensions);
  const merges = linkage(condensed, count, 'ward');
  const tree = buildTree(merges, count);
  const cuts = Array.from({ length: largest + 1 }, (_, k) =>
    k === 0 || k > count ? new Int32Array(0) : cutTree(tree, k),
  );
  return { vectors, dimensions, count, condensed, merges, cuts };
}

function draw<T>(items: readonly T[], count: number, random: Random): T[] {
  const rest = [...items];
  const drawn: T[] = [];
  while (drawn.length < count && rest.length > 0) drawn.push(rest.splice(random.integer(0, rest.length - 1), 1)[0]!);
  return drawn;
}

function height(merges: Merge[], count: number, k: number): number {
  return merges[count - 1 - k]?.[2] ?? 0;
}

/** The k from 2 to 20 with the largest score. */
function best(count: number, score: (k: number) => number): number {
  let chosen = 2;
  let most = -Infinity;
  for (let k = 2; k <= Math.min(largest, Math.floor(count / 2)); k++) {
    const value = score(k);
    if (value > most) [most, chosen] = [value, k];
  }
  return chosen;
}

/** Rousseeuw, 1987. */
function silhouette({ count, condensed }: Pick<Case, 'count' | 'condensed'>, labels: Int32Array): number {
  const k = Math.max(...labels) + 1;
  const sizes = new Float64Array(k);
  for (const label of labels) sizes[label]!++;
  let total = 0;
  for (let i = 0; i < count; i++) {
    const sums = new Float64Array(k);
    for (let j = 0; j < count; j++) if (j !== i) sums[labels[j]!]! += condensed[condensedIndex(count, i, j)]!;
    const own = labels[i]!;
    if (sizes[own] === 1) continue;
    const a = sums[own]! / (sizes[own]! - 1);
    const b = Math.min(...[...sums.keys()].filter((c) => c !== own).map((c) => sums[c]! / sizes[c]!));
    total += (b - a) / Math.max(a, b);
  }
  return total / count;
}

/** Tibshirani, Walther & Hastie, 2001: the first k with Gap(k) ≥ Gap(k+1) − s(k+1); references uniform over the data's box. */
function gapStatistic({ vectors, dimensions, count, cuts }: Case, random: Random): number {
  const box = Array.from({ length: dimensions }, (_, d) => {
    const column = Array.from({ length: count }, (_, i) => vectors[i * dimensions + d]!);
    return [Math.min(...column), Math.max(...column)] as const;
  });
  const references = Array.from({ length: 5 }, () => {
    const drawn = Float32Array.from({ length: count * dimensions }, (_, i) => random.between(...box[i % dimensions]!));
    return dispersions(drawn, dimensions, linked(drawn, dimensions).cuts);
  });
  const own = dispersions(vectors, dimensions, cuts);
  const gaps = own.map((w, k) => {
    const logs = references.map((reference) => Math.log(reference[k]!));
    const mean = logs.reduce((a, b) => a + b, 0) / logs.length;
    const deviation = Math.sqrt(logs.reduce((sum, log) => sum + (log - mean) ** 2, 0) / logs.length);
    return { gap: mean - Math.log(w), error: deviation * Math.sqrt(1 + 1 / logs.length) };
  });
  for (let k = 1; k < largest; k++) if (gaps[k]!.gap >= gaps[k + 1]!.gap - gaps[k + 1]!.error) return k;
  return largest;
}

/** Sum of squared distances to the centroids, by k. */
function dispersions(vectors: Float32Array, dimensions: number, cuts: Int32Array[]): number[] {
  return cuts.map((labels) => {
    const sums = new Map<number, { size: number; sum: Float64Array; squares: number }>();
    for (const [i, label] of labels.entries()) {
      const cluster = sums.get(label) ?? { size: 0, sum: new Float64Array(dimensions), squares: 0 };
      sums.set(label, cluster);
      cluster.size++;
      for (let d = 0; d < dimensions; d++) {
        const value = vectors[i * dimensions + d]!;
        cluster.sum[d]! += value;
        cluster.squares += value * value;
      }
    }
    return [...sums.values()].reduce(
      (w, { size, sum, squares }) => w + squares - sum.reduce((s, v) => s + v * v, 0) / size,
      0,
    );
  });
}

/** Agreement (ARI) of the cuts of ten random parts, four fifths of the images each, with the cut of all images, on average. */
function stability({ vectors, dimensions, count, cuts }: Case, random: Random): number {
  const scores = new Float64Array(largest + 1);
  for (let round = 0; round < 10; round++) {
    const rows = draw([...Array(count).keys()], Math.floor(count * 0.8), random);
    const part = new Float32Array(rows.length * dimensions);
    for (const [i, row] of rows.entries())
      part.set(vectors.subarray(row * dimensions, (row + 1) * dimensions), i * dimensions);
    const found = linked(part, dimensions).cuts;
    for (let k = 2; k <= Math.min(largest, Math.floor(count / 2)); k++) {
      scores[k]! += evaluate(
        rows.map((row) => String(cuts[k]![row])),
        [...found[k]!],
      ).ari;
    }
  }
  return best(count, (k) => scores[k]!);
}
