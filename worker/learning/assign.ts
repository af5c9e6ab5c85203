// New images among known ones: the most probable cluster of each, or none where it is unlike all of them. Pure.
import { classProbabilities, fitSoftmaxRegression } from './softmax-regression';
import { emphasised, strengthFor, type Situation } from './learner';

/** Where a new image belongs. */
export interface Placement {
  row: number;
  /** Undefined: unlike all known images. */
  cluster: number | undefined;
  /** The most probable cluster, in any case. */
  best: number;
  /** Of that cluster. */
  probability: number;
  /** How unlike the known images it is: see {@link unlikeness}. */
  unlikeness: number;
}

/** An image that nobody has decided on says less about its cluster than one that a person put there. */
const undecidedWeight = 0.2;
/** The nearest known images that an image is compared with. */
const neighbours = 3;
/** Such a share of the known images would be taken for unlike the others themselves. */
const falseAlarms = 0.02;
/** So many times as far from the middle as the usual image is farther than chance has it. */
const beyond = 1.2;
/** Known images that say what is usual; more take long and say the same. */
const mostMeasured = 2000;
/** Examples of a cluster that it is learnt from; more take long and say the same. */
const mostExamples = 400;

/**
 * Classifies images without a label by those that have one.
 * @param situation images without a cluster are the new ones
 * @param remoteness (images) how far each is from the middle of the known ones, in parts of the usual, as far as that is known
 * @returns one for each new image; empty where no image has a label
 */
export function assignNew(situation: Situation, remoteness?: readonly (number | undefined)[]): Placement[] {
  const { dimensions, clusters: labels, decided } = situation;
  const vectors = emphasised(situation.vectors, dimensions);
  const isNew = (row: number) => labels[row] === undefined;
  const rows = [...labels.keys()];
  const [known, fresh] = [rows.filter((row) => !isNew(row)), rows.filter(isNew)];
  if (known.length === 0 || fresh.length === 0) return [];
  const clusters = [...new Set(known.map((row) => labels[row]!))].sort((a, b) => a - b);
  const columns = new Map(clusters.map((id, column) => [id, column]));
  const examples = clusters.flatMap((id) =>
    evenly(
      known.filter((row) => labels[row] === id),
      mostExamples,
      decided,
    ),
  );
  const model = fitSoftmaxRegression(
    {
      vectors,
      dimensions,
      rows: examples,
      labels: examples.map((row) => columns.get(labels[row]!)!),
      weights: examples.map((row) => (decided[row] ? 1 : undecidedWeight)),
      classes: clusters.length,
    },
    strengthFor(vectors, dimensions),
  );
  const probabilities = classProbabilities(model, vectors, fresh);
  const directions = unitRows(situation.vectors, dimensions);
  const usual = evenly(known, mostMeasured, decided)
    .map((row) => unlikeness(directions, dimensions, row, known))
    .sort((a, b) => a - b);
  // Of few images the least like the others is still usual.
  const limit = usual[Math.min(usual.length - 1, Math.ceil((1 - falseAlarms) * usual.length))]!;
  // What is far from all that is known may lie in the direction of some of it.
  const far = known.map((row) => remoteness?.[row] ?? 0).sort((a, b) => a - b);
  const farLimit = beyond * far[Math.min(far.length - 1, Math.ceil((1 - falseAlarms) * far.length))]!;
  return fresh.map((row, i) => {
    const own = [...probabilities.subarray(i * clusters.length, (i + 1) * clusters.length)];
    const probability = Math.max(...own);
    const distance = unlikeness(directions, dimensions, row, known);
    const best = clusters[own.indexOf(probability)]!;
    const isUnlike = distance > limit || (remoteness?.[row] ?? 0) > farLimit;
    return { row, cluster: isUnlike ? undefined : best, best, probability, unlikeness: distance };
  });
}

/**
 * Mean of 1 − cosine to the three known images with the nearest directions, itself left out: over held-back classes of nine real sets the best of
 * ten measures (docs/method.md).
 * @param directions (images, dimensions) of length one
 */
function unlikeness(directions: Float64Array, dimensions: number, row: number, known: readonly number[]): number {
  const nearest: number[] = [];
  for (const other of known) {
    if (other === row) continue;
    let cosine = 0;
    for (let d = 0; d < dimensions; d++) {
      cosine += directions[row * dimensions + d]! * directions[other * dimensions + d]!;
    }
    const distance = 1 - cosine;
    if (nearest.length === neighbours && distance >= nearest[neighbours - 1]!) continue;
    nearest.push(distance);
    nearest.sort((a, b) => a - b);
    nearest.length = Math.min(nearest.length, neighbours);
  }
  return nearest.reduce((sum, distance) => sum + distance, 0) / Math.max(nearest.length, 1);
}

function unitRows(vectors: ArrayLike<number>, dimensions: number): Float64Array {
  const directions = Float64Array.from(vectors);
  for (let at = 0; at < directions.length; at += dimensions) {
    const row = directions.subarray(at, at + dimensions);
    const length = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0));
    if (length > 0) for (let d = 0; d < dimensions; d++) row[d]! /= length;
  }
  return directions;
}

/** All decided rows, and of the others so many that there are `most` in all, evenly over the list. */
function evenly(rows: readonly number[], most: number, decided: readonly boolean[]): number[] {
  if (rows.length <= most) return [...rows];
  const own = rows.filter((row) => decided[row]);
  const others = rows.filter((row) => !decided[row]);
  const wanted = Math.max(0, most - own.length);
  return [...own, ...Array.from({ length: wanted }, (_, i) => others[Math.floor((i * others.length) / wanted)]!)];
}
