// Multinomial logistic regression with L2: what a person decided about some images says how probable each class is for the others. Pure.
import { minimise } from '../algebra/lbfgs';

/** A trained classifier. */
export interface SoftmaxRegression {
  classes: number;
  dimensions: number;
  /** (classes, dimensions + 1), row-major; the last number of each row is the intercept. */
  weights: Float64Array;
}

/** What it learns from. */
export interface Examples {
  /** (images, dimensions), row-major. */
  vectors: ArrayLike<number>;
  dimensions: number;
  /** (examples) rows of `vectors`. */
  rows: ArrayLike<number>;
  /** (examples) class of each: 0, 1, … below `classes`. */
  labels: ArrayLike<number>;
  /** (examples) how much each counts; one where there are none. */
  weights?: ArrayLike<number>;
  classes: number;
}

const tolerance = 1e-4;
const mostIterations = 200;

/**
 * Minimises ½ ‖W‖² + C · Σ −ln p(label) over the weights W; intercepts are not penalised. With the same C this is scikit-learn's
 * `LogisticRegression(penalty='l2', multi_class='multinomial')`.
 * @param strength C: how much the examples count against the penalty
 */
export function fitSoftmaxRegression(examples: Examples, strength: number): SoftmaxRegression {
  const { vectors, dimensions, rows, labels, weights: counts, classes } = examples;
  const width = dimensions + 1;
  const logits = new Float64Array(classes);
  const objective = (weights: Float64Array, gradient: Float64Array): number => {
    let value = 0;
    for (let k = 0; k < classes; k++) {
      for (let d = 0; d < dimensions; d++) {
        const weight = weights[k * width + d]!;
        value += (weight * weight) / 2;
        gradient[k * width + d] = weight;
      }
      gradient[k * width + dimensions] = 0;
    }
    for (let i = 0; i < rows.length; i++) {
      const [at, label] = [rows[i]! * dimensions, labels[i]!];
      score(weights, vectors, at, dimensions, logits);
      const own = logits[label]!;
      const factor = strength * (counts?.[i] ?? 1);
      value += factor * (toProbabilities(logits) - own);
      for (let k = 0; k < classes; k++) {
        const error = factor * (logits[k]! - (k === label ? 1 : 0));
        for (let d = 0; d < dimensions; d++) gradient[k * width + d]! += error * vectors[at + d]!;
        gradient[k * width + dimensions]! += error;
      }
    }
    return value;
  };
  const weights = minimise(objective, new Float64Array(classes * width), {
    tolerance: tolerance * Math.max(1, strength),
    mostIterations,
    preconditioner: preconditionerOf(examples, strength),
  });
  return { classes, dimensions, weights };
}

/** Of the objective where all classes are as probable: 1 / (1 + C · 1/k · (1 − 1/k) · Σ x²) for each weight. */
function preconditionerOf({ vectors, dimensions, rows, weights, classes }: Examples, strength: number): Float64Array {
  const squares = new Float64Array(dimensions + 1);
  for (let i = 0; i < rows.length; i++) {
    const count = weights?.[i] ?? 1;
    for (let d = 0; d < dimensions; d++) squares[d]! += count * vectors[rows[i]! * dimensions + d]! ** 2;
    squares[dimensions]! += count;
  }
  const share = (strength / classes) * (1 - 1 / classes);
  const inverse = squares.map((sum, d) => 1 / ((d < dimensions ? 1 : 0) + share * sum + 1e-12));
  return Float64Array.from({ length: classes * (dimensions + 1) }, (_, i) => inverse[i % (dimensions + 1)]!);
}

/**
 * How probable each class is for some images.
 * @param vectors (images, dimensions)
 * @param rows of `vectors`
 * @returns (rows, classes), row-major; each row sums to one
 */
export function classProbabilities(
  { classes, dimensions, weights }: SoftmaxRegression,
  vectors: ArrayLike<number>,
  rows: ArrayLike<number>,
): Float64Array {
  const probabilities = new Float64Array(rows.length * classes);
  for (let i = 0; i < rows.length; i++) {
    const own = probabilities.subarray(i * classes, (i + 1) * classes);
    score(weights, vectors, rows[i]! * dimensions, dimensions, own);
    toProbabilities(own);
  }
  return probabilities;
}

/** Linear scores (classes) of the vector that starts at `at`. */
function score(
  weights: Float64Array,
  vectors: ArrayLike<number>,
  at: number,
  dimensions: number,
  into: Float64Array,
): void {
  const width = dimensions + 1;
  for (let k = 0; k < into.length; k++) {
    let sum = weights[k * width + dimensions]!;
    for (let d = 0; d < dimensions; d++) sum += weights[k * width + d]! * vectors[at + d]!;
    into[k] = sum;
  }
}

/** Softmax in place. @returns ln Σ exp of what was there */
function toProbabilities(logits: Float64Array): number {
  let most = -Infinity;
  for (const value of logits) most = Math.max(most, value);
  let sum = 0;
  for (let k = 0; k < logits.length; k++) {
    logits[k] = Math.exp(logits[k]! - most);
    sum += logits[k]!;
  }
  for (let k = 0; k < logits.length; k++) logits[k]! /= sum;
  return most + Math.log(sum);
}
