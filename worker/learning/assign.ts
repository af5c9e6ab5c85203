// New images among known ones: the most probable cluster of each, or none where it is unlike all of them. Pure.
import { evenly } from '../base/evenly';
import { classProbabilities, fitSoftmaxRegression } from './softmax-regression';
import { emphasised, halfOfWhitening, strengthFor, type Situation } from './learnable';

/** Where a new image belongs. */
export interface Placement {
  row: number;
  /** Undefined: unlike all known images. */
  cluster: number | undefined;
  /** The most probable cluster, in any case. */
  best: number;
  /** Of that cluster. */
  probability: number;
}

/** An image that nobody has decided on says less about its cluster than one that a person put there. */
const undecidedWeight = 0.2;
/** What the examples count against the penalty, for vectors of a mean squared length of one. */
const strength = 40;
/** Such a share of the known images would be taken for unlike the others themselves. */
const falseAlarms = 0.05;
/** Examples of a cluster that it is learnt from; more take long and say the same. */
const mostExamples = 400;

/**
 * Classifies images without a label by those that have one.
 * @param situation images without a cluster are the new ones
 * @param unlikeness (images) how unlike the known ones each is, as far as that is known; what is usual follows from the known ones' own
 * @returns one for each new image; empty where no image has a label
 */
export function assignNew(situation: Situation, unlikeness: readonly (number | undefined)[] = []): Placement[] {
  const { dimensions, clusters: labels, decided } = situation;
  const vectors = emphasised(situation.vectors, dimensions, halfOfWhitening);
  const isNew = (row: number) => labels[row] === undefined;
  const rows = [...labels.keys()];
  const [known, fresh] = [rows.filter((row) => !isNew(row)), rows.filter(isNew)];
  if (known.length === 0 || fresh.length === 0) return [];
  const clusters = [...new Set(known.map((row) => labels[row]!))].sort((a, b) => a - b);
  const columns = new Map(clusters.map((id, column) => [id, column]));
  const examples = clusters.flatMap((id) =>
    chosen(
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
    strengthFor(vectors, dimensions, strength),
  );
  const probabilities = classProbabilities(model, vectors, fresh);
  const usual = known.flatMap((row) => unlikeness[row] ?? []).sort((a, b) => a - b);
  const limit = usual[Math.floor((1 - falseAlarms) * usual.length)] ?? Infinity;
  return fresh.map((row, i) => {
    const own = [...probabilities.subarray(i * clusters.length, (i + 1) * clusters.length)];
    const probability = Math.max(...own);
    const best = clusters[own.indexOf(probability)]!;
    const isUnlike = (unlikeness[row] ?? 0) > limit;
    return { row, cluster: isUnlike ? undefined : best, best, probability };
  });
}

/** All decided rows, and of the others so many that there are `most` in all, evenly over the list. */
function chosen(rows: readonly number[], most: number, decided: readonly boolean[]): number[] {
  if (rows.length <= most) return [...rows];
  const own = rows.filter((row) => decided[row]);
  const others = rows.filter((row) => !decided[row]);
  return [...own, ...evenly(others, Math.max(0, most - own.length))];
}
