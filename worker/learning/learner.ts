// What a person decided about some images, spread over the others: the paper's active anomaly classification. Pure; runs in the page and in
// the engine.
import { evenly } from '../base/evenly';
import { allComponents, learnableOf, strengthFor, type Situation } from './learnable';
import { classProbabilities, fitSoftmaxRegression, type SoftmaxRegression } from './softmax-regression';

export type { Situation } from './learnable';

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
  const learner = fitLearner(situation);
  if (!learner) return undefined;
  const { vectors } = learnableOf(situation);
  const rows = Int32Array.from(situation.clusters, (_, row) => row);
  const { clusters, decisions, model } = learner;
  return { clusters, decisions, probabilities: classProbabilities(model, vectors, rows) };
}

/** What was learnt, for any images. */
export interface Learner extends Omit<Learned, 'probabilities'> {
  model: SoftmaxRegression;
  /** (dimensions and those beyond) what each number is multiplied by. */
  emphasis: Float64Array;
}

/** As {@link learn}, for images that are not among those that are learnt from. */
export function fitLearner(situation: Situation): Learner | undefined {
  const { clusters: labels, decided, named } = situation;
  const { vectors, dimensions, strength, emphasis } = learnableOf(situation);
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
  const decisionsOf = Int32Array.from(clusters, (id) => members.get(id)!.decided.length);
  return { clusters, decisions: decisionsOf, model, emphasis };
}

/** How probable each cluster is for images that were not learnt from. @param compared as those that were */
export function learnedOf(
  { clusters, decisions, model, emphasis }: Learner,
  compared: Pick<Situation, 'vectors' | 'dimensions' | 'further'>,
): Learned {
  const { values, dimensions } = allComponents(compared);
  const vectors = Float64Array.from(values, (value, i) => value * emphasis[i % dimensions]!);
  const rows = Int32Array.from({ length: vectors.length / dimensions }, (_, row) => row);
  return { clusters, decisions, probabilities: classProbabilities(model, vectors, rows) };
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
