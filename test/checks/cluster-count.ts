// Compares rules for the number of clusters when none is given, on real defect sets and on parts of them: some of their classes, and some of
// the images of each.
//   npm run build && npx tsx test/checks/cluster-count.ts [network …]
import { defaultSettings, type MethodSettings } from '../../worker/api/settings';
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
import { elongate } from '../../worker/prepare/elongate';
import { evaluate } from '../../worker/evaluation/metrics';
import { createRandom, type Random } from '../../worker/base/random';
import { draw, readSet, setsIn } from './sets';
import { requireShared, root } from './shared';

const largest = 20;
/** Of each number of classes. */
const drawsOfClasses = 3;
/** Images of a class: more of them take long, and change nothing. */
const mostOfClass = 60;

/** Images as their vectors. */
interface Described {
  vectors: Float32Array;
  dimensions: number;
  truth: string[];
}

interface Case extends Described {
  /** All classes, all images. */
  isWhole: boolean;
  count: number;
  condensed: Float64Array;
  merges: Merge[];
  /** Labels of the cuts into 1..20 (index k). */
  cuts: Int32Array[];
}

type Rule = (data: Case, random: Random) => number;

const gapAmong =
  (from: number, to: number): Rule =>
  ({ merges, count }) =>
    best(count, (k) => height(merges, count, k - 1) / height(merges, count, k) / Math.sqrt((k + 1) / k), from, to);

const rules: Record<string, Rule> = {
  'version 0.1: gap, 2 to 20': gapAmong(2, 20),
  'gap, 3 to 10': gapAmong(3, 10),
  'gap, 4 to 8': gapAmong(4, 8),
  'ours: gap, 4 to 8, about 5': ({ merges, count }) => chooseClusterCount(merges, count).k,
  // What a rule has to beat: no look at the images at all.
  'always 5': ({ count }) => Math.min(5, count),
  'always 6': ({ count }) => Math.min(6, count),
  silhouette: (data) => best(data.count, (k) => silhouette(data, data.cuts[k]!)),
  stability,
};

const named = process.argv.slice(2);
const networks = named.length > 0 ? named : ['patchnet-s', requireShared('models', 'resnet50-layer2.onnx')];
const all: Case[] = [];
for (const network of networks) all.push(...(await collect(network)));
report(all);

function report(cases: readonly Case[]): void {
  const lines = Object.entries(rules).map(([name, rule]) => {
    const found = cases.map((data, i) => {
      const k = rule(data, createRandom(i));
      const classes = new Set(data.truth).size;
      const nmi = (clusters: number) => evaluate(data.truth, [...data.cuts[clusters]!]).nmi;
      return { isWhole: data.isWhole, off: Math.abs(k - classes), lost: nmi(classes) - nmi(k), tooFew: k < classes };
    });
    const cells = [true, false].flatMap((isWhole) => {
      const own = found.filter((each) => each.isWhole === isWhole);
      const mean = (value: (each: (typeof own)[0]) => number) =>
        own.reduce((sum, each) => sum + value(each), 0) / own.length;
      return [
        mean(({ off }) => off).toFixed(2),
        mean(({ lost }) => lost).toFixed(3),
        `${Math.round(100 * mean(({ tooFew }) => Number(tooFew)))} %`,
      ];
    });
    return `| ${name} | ${cells.join(' | ')} |`;
  });
  const count = (isWhole: boolean) => cases.filter((each) => each.isWhole === isWhole).length;
  console.log(
    `${count(true)} whole sets, ${count(false)} parts. k − true, NMI lost against the true number, share with too few:`,
  );
  console.log(`| rule | whole: off | NMI lost | too few | parts: off | NMI lost | too few |`);
  console.log(`| --- | --- | --- | --- | --- | --- | --- |`);
  for (const line of lines) console.log(line);
  const holds = cases.filter(({ merges, count: images, truth }) =>
    chooseClusterCount(merges, images).candidates.some(({ k }) => k === new Set(truth).size),
  );
  console.log(`The true number is among our candidates in ${holds.length} of ${cases.length} cases.`);
}

/** Each set whole, and draws of two to all of its classes with 80 % of their images. */
async function collect(network: string): Promise<Case[]> {
  const cases: Case[] = [];
  const random = createRandom(7);
  for (const folder of setsIn(requireShared('data'))) {
    const described = await describe(folder, network);
    const classes = [...new Set(described.truth)].sort();
    cases.push(caseOf(described, classes, 1, random));
    for (let number = 2; number <= classes.length; number++) {
      for (let i = 0; i < drawsOfClasses; i++) {
        const part = caseOf(described, draw(classes, number, random), 0.8, random);
        if (part.count >= 8) cases.push(part);
      }
    }
  }
  return cases;
}

async function describe(folder: string, network: string): Promise<Described> {
  const engine = openEngine(join(root, 'dist'));
  const run = new Run(engine, createCancelFlag(), () => undefined);
  const session = await openSession(run, { model: network, device: 'cpu' });
  const dataset = await elongate(session, await readSet(run, folder));
  const settings: MethodSettings = { ...defaultSettings, method: 'blocks', weights: 'unsupervised' };
  const { images, comparison } = await describeImages(session, dataset, settings);
  await engine.pool.close();
  const { vectors, dimensions } = comparison;
  return { vectors: vectors!, dimensions: dimensions!, truth: images.map(({ image }) => image.truth!) };
}

/** A draw of the images of some classes. */
function caseOf(described: Described, classes: readonly string[], share: number, random: Random): Case {
  const { dimensions, truth, vectors: known } = described;
  const rows = classes.flatMap((each) => {
    const own = [...truth.keys()].filter((i) => truth[i] === each);
    return draw(own, Math.min(mostOfClass, Math.ceil(share * own.length)), random);
  });
  const vectors = new Float32Array(rows.length * dimensions);
  for (const [i, row] of rows.entries())
    vectors.set(known.subarray(row * dimensions, (row + 1) * dimensions), i * dimensions);
  return { truth: rows.map((row) => truth[row]!), isWhole: share === 1, ...linked(vectors, dimensions) };
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

function height(merges: Merge[], count: number, k: number): number {
  return merges[count - 1 - k]?.[2] ?? 0;
}

/** The k with the largest score; of few images at most half their number. */
function best(count: number, score: (k: number) => number, from = 2, to = largest): number {
  let chosen = Math.min(from, Math.max(2, Math.floor(count / 2)));
  let most = -Infinity;
  for (let k = from; k <= Math.min(to, Math.floor(count / 2)); k++) {
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
