// What decisions are learnt from: coordinates whose whitening is undone or a part of it. Pure; runs in the page and in the engine.
import type { Coordinates } from '../api/analysis';

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

/** What decisions are learnt from. */
export interface Learnable {
  /** (images, dimensions) */
  vectors: Float64Array;
  dimensions: number;
  /** What decisions count against the penalty, for vectors of a mean squared length of one. From 20 to 100 it hardly matters. */
  strength: number;
  /** (dimensions) what each number was multiplied by. */
  emphasis: Float64Array;
}

/**
 * All components that there are, or what images were grouped by. Nine sets, three draws, clusters named as one goes: .754 right after 20 decisions and .884
 * after 60 with 32 components beyond, .752 and .873 without; the seven large sets .851 and .838 after 60.
 */
export function learnableOf(situation: Situation): Learnable {
  const { vectors, further } = situation;
  const last = lastLearnable.get(vectors);
  if (last && last.further === further) return last.learnable;
  const learnable = makeLearnable(situation);
  lastLearnable.set(vectors, { further, learnable });
  return learnable;
}

/** A person decides many times on the same images. */
const lastLearnable = new WeakMap<object, { further: Coordinates | undefined; learnable: Learnable }>();

function makeLearnable(situation: Situation): Learnable {
  const { values, dimensions } = allComponents(situation);
  const hasFurther = situation.further !== undefined;
  const emphasis = emphasisOf(values, dimensions, hasFurther ? allOfWhitening : halfOfWhitening);
  const vectors = Float64Array.from(values, (value, i) => value * emphasis[i % dimensions]!);
  return { vectors, dimensions, strength: hasFurther ? 60 : 40, emphasis };
}

/** (images, dimensions) what images were grouped by, and the components beyond those. */
export function allComponents({
  vectors,
  dimensions: own,
  further,
}: Pick<Situation, 'vectors' | 'dimensions' | 'further'>): {
  values: ArrayLike<number>;
  dimensions: number;
} {
  if (!further) return { values: vectors, dimensions: own };
  const dimensions = own + further.dimensions;
  const values = new Float64Array((vectors.length / own) * dimensions);
  for (let row = 0; row * own < vectors.length; row++) {
    for (let d = 0; d < own; d++) values[row * dimensions + d] = vectors[row * own + d]!;
    for (let d = 0; d < further.dimensions; d++)
      values[row * dimensions + own + d] = further.values[row * further.dimensions + d]!;
  }
  return { values, dimensions };
}

/** Coordinates are whitened by half: with the components beyond them, that is best taken back. Without those a half of it is. */
const allOfWhitening = 1;
export const halfOfWhitening = 0.5;

/**
 * Undoes the whitening or a part of it: what varies most counts more again, which the penalty on the weights asks for. Each number is multiplied by a
 * power of its deviation.
 */
export function emphasised(vectors: ArrayLike<number>, dimensions: number, power: number): Float64Array {
  const factors = emphasisOf(vectors, dimensions, power);
  return Float64Array.from(vectors, (value, i) => value * factors[i % dimensions]!);
}

function emphasisOf(vectors: ArrayLike<number>, dimensions: number, power: number): Float64Array {
  const squares = new Float64Array(dimensions);
  for (let i = 0; i < vectors.length; i++) squares[i % dimensions]! += vectors[i]! ** 2;
  return squares.map((sum) => ((sum * dimensions) / Math.max(vectors.length, 1)) ** (power / 2));
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
