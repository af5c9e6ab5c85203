// The blocks of numbers that describe an image: means and deviations of its patches, of all alike and of those that stand out.
import { patchWeights, uniformWeights } from './weights';

/** In standard deviations of the score over all images: several side by side beat any single one. */
const temperatures = [0.7, 0.35] as const;

/** Of the weights that look at the fewest patches, in units of the score. */
export function sharpestTemperature(deviation: number): number {
  return Math.max(Math.min(...temperatures) * deviation, 1e-6);
}

/** A mean and a deviation, of all patches alike and at each temperature. */
export const blockCount = 2 * (1 + temperatures.length);

/**
 * Σ_m alpha_m z_m and, for each dimension, √(Σ_m alpha_m z_m² − (Σ_m alpha_m z_m)²): where an image stands out, and of what texture it is
 * there; uniform, at 0.7 and at 0.35 standard deviations.
 * @param bag (M, D)
 * @param score (M), how much each patch stands out
 * @param deviation of the scores of all images
 * @returns (blocks, D)
 */
export function describeBlocks(bag: Float32Array, score: Float32Array, deviation: number): Float32Array {
  return weightedBlocks(bag, [
    uniformWeights(score.length),
    ...temperatures.map((temperature) => patchWeights(score, Math.max(temperature * deviation, 1e-6))),
  ]);
}

/**
 * The same of a part of an image: its patches count by the share of them that lies in it.
 * @param shares (M), 0 to 1, not all of them zero
 * @returns (blocks, D)
 */
export function describePart(
  bag: Float32Array,
  score: Float32Array,
  deviation: number,
  shares: Float64Array,
): Float32Array {
  const own = score.map((value, m) => (shares[m]! > 0 ? value : -Infinity));
  return weightedBlocks(bag, [
    normalised(shares),
    ...temperatures.map((temperature) =>
      normalised(patchWeights(own, Math.max(temperature * deviation, 1e-6)).map((weight, m) => weight * shares[m]!)),
    ),
  ]);
}

function normalised(weights: Float64Array): Float64Array {
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / sum);
}

/**
 * A mean and a deviation of the patches by each weighting.
 * @param bag (M, D)
 * @param weightings each (M), summing to one
 * @returns (2 · weightings, D)
 */
export function weightedBlocks(bag: Float32Array, weightings: readonly Float64Array[]): Float32Array {
  const dimensions = bag.length / weightings[0]!.length;
  const blocks = new Float32Array(2 * weightings.length * dimensions);
  for (const [w, weights] of weightings.entries()) {
    const means = new Float64Array(dimensions);
    const squares = new Float64Array(dimensions);
    for (let m = 0, at = 0; m < weights.length; m++) {
      const weight = weights[m]!;
      for (let d = 0; d < dimensions; d++, at++) {
        const value = bag[at]!;
        means[d]! += weight * value;
        squares[d]! += weight * value * value;
      }
    }
    const offset = 2 * w * dimensions;
    for (let d = 0; d < dimensions; d++) {
      blocks[offset + d] = means[d]!;
      blocks[offset + dimensions + d] = Math.sqrt(Math.max(squares[d]! - means[d]! * means[d]!, 0));
    }
  }
  return blocks;
}
