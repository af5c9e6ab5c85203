// Makes vectors blind to a variation that is known to mean nothing: shrinks them along the directions in which it goes. Pure.
import { symmetricEigenpairs } from './symmetric';
import { addScaled, dot } from './vectors';

/** Directions (any) of (D), of length one and at right angles, and the share that is taken away along each. */
export interface Damping {
  directions: Float64Array[];
  shares: Float64Array;
}

/** How strongly a direction that varies as much among the nuisance as the vectors do on average is shrunk: to 1 / √(1 + strength). */
const strength = 10;
/** Below this share of the largest a direction holds rounding only. */
const leastShare = 1e-9;

/**
 * (I + strength · Σ / variance)^(−1/2) where Σ is the covariance of the nuisance: along a direction in which nuisance does not vary, nothing
 * changes. Known as nuisance attribute projection, made soft (Solomonoff, Campbell & Boardman, 2005), or within-class covariance normalisation.
 * @param nuisance (n) of (D), which differ by what means nothing
 * @param variance of a number of the vectors that are to be damped, as the mean over the D numbers
 */
export function fitDamping(nuisance: readonly Float64Array[], variance: number): Damping {
  const size = nuisance[0]!.length;
  const mean = new Float64Array(size);
  for (const vector of nuisance) addScaled(mean, vector, 1 / nuisance.length);
  const centred = nuisance.map((vector) => vector.map((value, d) => value - mean[d]!));
  // The eigenvectors of Σ lie in the span of the vectors, which are few: those of their inner products say the same.
  const products = centred.map((a) => Float64Array.from(centred, (b) => dot(a, b)));
  const { values, vectors } = symmetricEigenpairs(products);
  const kept = values.findIndex((value) => !(value > leastShare * values[0]! && value > 0));
  const count = kept < 0 ? values.length : kept;
  const directions = vectors.slice(0, count).map((combination, j) => {
    const direction = new Float64Array(size);
    for (const [i, vector] of centred.entries()) addScaled(direction, vector, combination[i]! / Math.sqrt(values[j]!));
    return direction;
  });
  const shares = values
    .subarray(0, count)
    .map((value) => 1 - 1 / Math.sqrt(1 + (strength * value) / nuisance.length / Math.max(variance, 1e-30)));
  return { directions, shares };
}

/** @param vector (D), which is changed */
export function damp(vector: Float64Array, { directions, shares }: Damping): void {
  for (const [j, direction] of directions.entries()) addScaled(vector, direction, -shares[j]! * dot(vector, direction));
}
