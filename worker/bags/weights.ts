// Weights alpha from patch distances, and the weighted average that stands for the image (Eq. 1, 5–7).

/** Mean and standard deviation over all numbers of all arrays. */
export function spread(arrays: Iterable<Float32Array>): { mean: number; deviation: number } {
  // Welford's update: stable when the deviation is small beside the mean.
  let count = 0;
  let mean = 0;
  let squares = 0;
  for (const array of arrays) {
    for (const value of array) {
      count++;
      const delta = value - mean;
      mean += delta / count;
      squares += delta * (value - mean);
    }
  }
  return { mean, deviation: count === 0 ? 0 : Math.sqrt(squares / count) };
}

/** Measured on both shared datasets and on drawn categories, with two networks: docs/method.md has the figures. */
const deviations = 0.35;

/**
 * The automatic temperature: 0.35 standard deviations of the sample's patch distances, in distance units, so that it follows the scale of
 * the embedding. Images without any difference give a tiny positive number: uniform weights.
 */
export function automaticTemperature(distances: Iterable<Float32Array>): number {
  return Math.max(deviations * spread(distances).deviation, 1e-6);
}

/**
 * alpha_m = exp(d_m / tau) / Σ exp(d / tau), the softmax that Eq. 5, 6 and 7 share.
 * @param distances (M) aggregated distance of each patch
 * @returns (M), sums to one
 */
export function patchWeights(distances: Float32Array, temperature: number): Float64Array {
  let largest = -Infinity;
  for (const distance of distances) largest = Math.max(largest, distance);
  const weights = new Float64Array(distances.length);
  let sum = 0;
  for (let m = 0; m < weights.length; m++) {
    // The largest exponent is zero, so nothing overflows however small the temperature is.
    const weight = Math.exp((distances[m]! - largest) / temperature);
    weights[m] = weight;
    sum += weight;
  }
  for (let m = 0; m < weights.length; m++) weights[m]! /= sum;
  return weights;
}

/** Every patch counts the same: the plain average. */
export function uniformWeights(patches: number): Float64Array {
  return new Float64Array(patches).fill(1 / patches);
}

/**
 * The patches with the largest distances count the same, the others not at all (appendix A.1). Of equal distances the first patches.
 * @param distances (M)
 * @param count number of patches that count, at least 1
 * @returns (M), sums to one
 */
export function hardWeights(distances: Float32Array, count: number): Float64Array {
  const weights = new Float64Array(distances.length);
  const order = Uint32Array.from(distances.keys()).sort((a, b) => distances[b]! - distances[a]! || a - b);
  const chosen = order.subarray(0, count);
  for (const patch of chosen) weights[patch] = 1 / chosen.length;
  return weights;
}

/**
 * The image's descriptor Σ_m alpha_m z_m (Eq. 1).
 * @param bag (M, D)
 * @param weights (M)
 * @returns (D)
 */
export function weightedAverage(bag: Float32Array, weights: Float64Array): Float32Array {
  const dimensions = bag.length / weights.length;
  const sum = new Float64Array(dimensions);
  for (let m = 0, offset = 0; m < weights.length; m++, offset += dimensions) {
    const weight = weights[m]!;
    for (let d = 0; d < dimensions; d++) sum[d]! += weight * bag[offset + d]!;
  }
  return Float32Array.from(sum);
}
