// What a person decided about some images, spread over the others: the paper's active anomaly classification. Pure; runs in the page and in
// the engine.
import type { Coordinates } from '../api/analysis';
import { evenly } from '../base/evenly';
import { classProbabilities, fitSoftmaxRegression } from './softmax-regression';

/** The images of an analysis, by their rows, and what is known of them. */
export interface Situation {
  /** (images, dimensions), row-major: what the images were grouped by. */
  vectors: ArrayLike<number>;
  dimensions: number;
  /** Components beyond those, where the method has them. */
  further?: Coordinates | undefined;
  /** (images) id of the cluster that each is in; undefined for one that has no label. */
  clusters: readonly (number | undefined)[];
  /** (images) whether a person decided that it belongs there. */
  decided: readonly boolean[];
  /** Ids of the clusters that a person has named: whoever names one has seen what most of its images are. */
  named?: ReadonlySet<number>;
}

/** How probable each cluster is for each image. */
export interface Learned {
  /** Ids of the clusters that have images, rising. */
  clusters: readonly number[];
  /** (clusters) images of each that a person decided on. */
  decisions: Int32Array;
  /** (images, clusters), row-major; each row sums to one. */
  probabilities: Float64Array;
}

/** An image goes from or to a cluster that nobody has decided anything in only when it is so probable: at first, and after many decisions. */
const [sureAtFirst, sureLater] = [0.9, 0.5];

/** Images that stand for a named cluster beside those that were decided on: more of them say the same. */
const hintsOfCluster = 30;

/**
 * Learns from the decided images. A cluster without any is represented by its most typical image, so that it is not forgotten. One with a name is
 * represented by its other images as well, together as one decision at first, and less the more a person decides: before that, the first decisions drew
 * away what the clustering had right (nine sets, clusters named first: .575 right after 6 decisions and .625 after 10, now .618 and .686).
 * @returns undefined where no image has a label
 */
export function learn(situation: Situation): Learned | undefined {
  const { clusters: labels, decided, named } = situation;
  const { vectors, dimensions, strength } = learnableOf(situation);
  const members = new Map<number, { all: number[]; decided: number[] }>();
  for (const [row, cluster] of labels.entries()) {
    if (cluster === undefined) continue;
    const known = members.get(cluster) ?? { all: [], decided: [] };
    known.all.push(row);
    if (decided[row]) known.decided.push(row);
    members.set(cluster, known);
  }
  const clusters = [...members.keys()].sort((a, b) => a - b);
  if (clusters.length === 0) return undefined;
  const all = [...members.values()];
  const decisions = sumOf(all.map((each) => each.decided.length));
  const assumed = openness(decisions, clusters.length);
  const examples = clusters.map((id) => {
    const { all, decided: own } = members.get(id)!;
    return own.length > 0 ? own : [mostTypical(vectors, dimensions, all)];
  });
  // Where a name stands for a cluster, all of its images do, though less than an image that was looked at.
  const hints = clusters.map((id) => {
    const { all, decided: own } = members.get(id)!;
    if (!named?.has(id)) return [];
    const known = new Set(own);
    return evenly(
      all.filter((row) => !known.has(row)),
      hintsOfCluster,
    );
  });
  const hint = 1 / (1 + decisions / clusters.length);
  const model = fitSoftmaxRegression(
    {
      vectors,
      dimensions,
      rows: [...examples.flat(), ...hints.flat()],
      labels: [examples, hints].flatMap((lists) => lists.flatMap((rows, column) => rows.map(() => column))),
      weights: [
        ...examples.flat().map((row) => (decided[row] ? 1 : assumed)),
        ...hints.flatMap((rows) => rows.map(() => hint / rows.length)),
      ],
      classes: clusters.length,
    },
    strengthFor(vectors, dimensions, strength),
  );
  const rows = Int32Array.from(labels, (_, row) => row);
  return {
    clusters,
    decisions: Int32Array.from(clusters, (id) => members.get(id)!.decided.length),
    probabilities: classProbabilities(model, vectors, rows),
  };
}

/** What decisions are learnt from. */
interface Learnable {
  /** (images, dimensions) */
  vectors: Float64Array;
  dimensions: number;
  /** What decisions count against the penalty, for vectors of a mean squared length of one. From 20 to 100 it hardly matters. */
  strength: number;
}

/**
 * All components that there are, or what images were grouped by. Nine sets, three draws, clusters named as one goes: .754 right after 20 decisions and .884
 * after 60 with 32 components beyond, .752 and .873 without; the seven large sets .851 and .838 after 60.
 */
function learnableOf(situation: Situation): Learnable {
  const { vectors, further } = situation;
  const last = lastLearnable.get(vectors);
  if (last && last.further === further) return last.learnable;
  const learnable = makeLearnable(situation);
  lastLearnable.set(vectors, { further, learnable });
  return learnable;
}

/** A person decides many times on the same images. */
const lastLearnable = new WeakMap<object, { further: Coordinates | undefined; learnable: Learnable }>();

function makeLearnable({ vectors, dimensions: own, further }: Situation): Learnable {
  if (!further) return { vectors: emphasised(vectors, own, halfOfWhitening), dimensions: own, strength: 40 };
  const dimensions = own + further.dimensions;
  const all = new Float64Array((vectors.length / own) * dimensions);
  for (let row = 0; row * own < vectors.length; row++) {
    for (let d = 0; d < own; d++) all[row * dimensions + d] = vectors[row * own + d]!;
    for (let d = 0; d < further.dimensions; d++)
      all[row * dimensions + own + d] = further.values[row * further.dimensions + d]!;
  }
  return { vectors: emphasised(all, dimensions, allOfWhitening), dimensions, strength: 60 };
}

/**
 * How much a cluster without any decision counts as one: one at first, and less the more a person has decided without ever keeping an image in it.
 * @param decisions in all
 */
function openness(decisions: number, clusters: number): number {
  return 1 / (1 + decisions / clusters) ** 3;
}

function sumOf(counts: Iterable<number>): number {
  let sum = 0;
  for (const count of counts) sum += count;
  return sum;
}

/** An image that belongs elsewhere, by what was learnt. */
export interface Move {
  row: number;
  cluster: number;
  /** Of that cluster. */
  probability: number;
}

/** Where images that nobody decided on should go; none before anything is decided. */
export function moves({ clusters: labels, decided }: Situation, learned: Learned): Move[] {
  const decisions = sumOf(learned.decisions);
  if (decisions === 0) return [];
  const sure = sureLater + (sureAtFirst - sureLater) * openness(decisions, learned.clusters.length);
  return labels.flatMap((cluster, row) => {
    if (cluster === undefined || decided[row]) return [];
    const [best] = ranking(learned, row);
    const own = learned.clusters.indexOf(cluster);
    if (best === undefined || best.column === own) return [];
    const isTouched = learned.decisions[own]! > 0 && learned.decisions[best.column]! > 0;
    if (!isTouched && best.probability < sure) return [];
    return [{ row, cluster: best.cluster, probability: best.probability }];
  });
}

/** A cluster that an image may belong to. */
export interface Candidate {
  cluster: number;
  /** Of `clusters`. */
  column: number;
  probability: number;
}

/** Clusters of one image, the most probable first. */
export function ranking({ clusters, probabilities }: Learned, row: number): Candidate[] {
  return clusters
    .map((cluster, column) => ({ cluster, column, probability: probabilities[row * clusters.length + column]! }))
    .sort((a, b) => b.probability - a.probability || a.column - b.column);
}

/** How probable it is that each image (rows) is where it belongs: one for what was decided, and nothing for one without a label. */
export function certainty(
  { clusters: labels, decided }: Situation,
  { clusters, probabilities }: Learned,
): Float64Array {
  const columns = new Map(clusters.map((id, column) => [id, column]));
  return Float64Array.from(labels, (cluster, row) => {
    if (cluster === undefined) return 0;
    return decided[row] ? 1 : probabilities[row * clusters.length + columns.get(cluster)!]!;
  });
}

/** Share of the images that are where they belong, as far as the model can tell. */
export interface Estimate {
  share: number;
  low: number;
  high: number;
}

/** Two standard errors hold 95 of 100 cases. */
const standardErrors = 2;
/** What the model itself is off by, beyond chance: by much while little was decided. Found on eight real sets. */
function modelError(decisions: number): number {
  return 0.1 + 1.5 / Math.max(decisions, 1);
}

/**
 * The mean of {@link certainty}. Its range is that of a share of as many images as were decided on, and a little for the model's own error: over
 * real sets it held the true share in nine of ten cases.
 */
export function estimate(situation: Situation, learned: Learned): Estimate {
  const known = [...certainty(situation, learned)].filter((_, row) => situation.clusters[row] !== undefined);
  const share = known.reduce((sum, value) => sum + value, 0) / Math.max(known.length, 1);
  const decided = situation.decided.filter(Boolean).length;
  const open = 1 - decided / Math.max(known.length, 1);
  const margin =
    open * (standardErrors * Math.sqrt((share * (1 - share)) / Math.max(decided, 1)) + modelError(decided));
  return { share, low: Math.max(0, share - margin), high: Math.min(1, share + margin) };
}

/** The image that is nearest to the mean of some. */
export function mostTypical(vectors: ArrayLike<number>, dimensions: number, rows: readonly number[]): number {
  const mean = new Float64Array(dimensions);
  for (const row of rows) for (let d = 0; d < dimensions; d++) mean[d]! += vectors[row * dimensions + d]! / rows.length;
  let [best, least] = [rows[0]!, Infinity];
  for (const row of rows) {
    let distance = 0;
    for (let d = 0; d < dimensions; d++) distance += (vectors[row * dimensions + d]! - mean[d]!) ** 2;
    if (distance < least) [best, least] = [row, distance];
  }
  return best;
}

/** Coordinates are whitened by half: with the components beyond them, that is best taken back. Without those a half of it is. */
const allOfWhitening = 1;
export const halfOfWhitening = 0.5;

/**
 * Undoes the whitening or a part of it: what varies most counts more again, which the penalty on the weights asks for. Each number is multiplied by a
 * power of its deviation.
 */
export function emphasised(vectors: ArrayLike<number>, dimensions: number, power: number): Float64Array {
  const squares = new Float64Array(dimensions);
  for (let i = 0; i < vectors.length; i++) squares[i % dimensions]! += vectors[i]! ** 2;
  const factors = squares.map((sum) => ((sum * dimensions) / Math.max(vectors.length, 1)) ** (power / 2));
  return Float64Array.from(vectors, (value, i) => value * factors[i % dimensions]!);
}

/**
 * C of the regression for vectors of any length.
 * @param strength as if their mean squared length were one
 */
export function strengthFor(vectors: ArrayLike<number>, dimensions: number, strength: number): number {
  let sum = 0;
  for (let i = 0; i < vectors.length; i++) sum += vectors[i]! ** 2;
  return sum > 0 ? strength / ((sum * dimensions) / vectors.length) : strength;
}
