// Spectral clustering on any distances: how images are linked by neighbours, rather than how far apart they are.
// Ng, Jordan & Weiss, "On spectral clustering", 2001; scale by Zelnik-Manor & Perona, "Self-tuning spectral clustering", 2004.
import { condensedIndex } from '../algebra/condensed';
import { topEigenpairs } from '../algebra/eigen';
import { kmeans } from './kmeans';
import { requireClusters, requireDistances } from './preconditions';

/** Options of {@link spectral}. */
export interface SpectralOptions {
  seed: number;
  /** Called every few milliseconds; may throw to stop. */
  onStep?: (() => void) | undefined;
}

/** The neighbour whose distance is an image's own scale: Zelnik-Manor & Perona's choice for all their data. */
const scaleNeighbour = 7;

/** k-means starts in the k-dimensional space, where they cost little. */
const restarts = 50;

/**
 * Groups the rows of the top k eigenvectors of D^-½ A D^-½, made unit length, by k-means. A is {@link selfTuningAffinity}.
 * Copies of an image share a cluster, so with fewer than k different images fewer clusters are used.
 * @param condensed distances of all pairs i < j
 * @returns (count), 0..k−1
 * @throws RangeError unless 1 ≤ k ≤ count and all distances are finite and not negative
 */
export function spectral(
  condensed: Float64Array,
  count: number,
  k: number,
  { seed, onStep }: SpectralOptions,
): Int32Array {
  requireDistances(condensed, count);
  requireClusters(k, count);
  const rows = spectralEmbedding(selfTuningAffinity(condensed, count, onStep), count, k, { seed, onStep });
  const { labels } = kmeans(rows, count, k, k, { seed, restarts, onStep });
  // Copies are alike in every eigenvector that says something, but not in one that is only there to make k.
  for (let i = 0, at = 0; i < count; i++) {
    for (let j = i + 1; j < count; j++) if (condensed[at++] === 0) labels[j] = labels[i]!;
  }
  return labels;
}

/**
 * A_ij = exp(−d_ij² / (σ_i σ_j)), where σ_i is the distance of image i to its 7th nearest neighbour. Where that is a copy of it, the
 * nearest that is not counts.
 * @param onStep called for every image; may throw to stop
 * @returns condensed as the distances; A_ii is zero
 */
export function selfTuningAffinity(condensed: Float64Array, count: number, onStep?: () => void): Float64Array {
  const distances = new Float64Array(Math.max(0, count - 1));
  const scales = Float64Array.from({ length: count }, (_, i) => {
    onStep?.();
    for (let j = 0; j < count; j++) {
      if (j !== i) distances[j < i ? j : j - 1] = condensed[condensedIndex(count, i, j)]!;
    }
    distances.sort();
    const neighbour = distances[Math.min(scaleNeighbour, count - 1) - 1] ?? 0;
    return neighbour > 0 ? neighbour : (distances.find((distance) => distance > 0) ?? 1);
  });
  const affinity = new Float64Array(condensed.length);
  for (let i = 0, at = 0; i < count; i++) {
    for (let j = i + 1; j < count; j++, at++) {
      affinity[at] = Math.exp(-(condensed[at]! / scales[i]!) * (condensed[at]! / scales[j]!));
    }
  }
  return affinity;
}

/**
 * @param affinity condensed
 * @returns (count, k): rows of the top k eigenvectors of D^-½ A D^-½, each of length one (of zeros for an image without any link)
 */
export function spectralEmbedding(
  affinity: Float64Array,
  count: number,
  k: number,
  options: SpectralOptions,
): Float64Array {
  const degrees = new Float64Array(count);
  for (let i = 0, at = 0; i < count; i++) {
    for (let j = i + 1; j < count; j++, at++) {
      degrees[i]! += affinity[at]!;
      degrees[j]! += affinity[at]!;
    }
  }
  const roots = degrees.map((degree) => (degree > 0 ? 1 / Math.sqrt(degree) : 0));
  const normalised = new Float64Array(affinity.length);
  for (let i = 0, at = 0; i < count; i++) {
    for (let j = i + 1; j < count; j++, at++) normalised[at] = roots[i]! * affinity[at]! * roots[j]!;
  }
  const { vectors } = topEigenpairs((vector, product) => multiply(normalised, vector, product), count, k, options);
  const rows = new Float64Array(count * k);
  for (let i = 0; i < count; i++) {
    const length = Math.hypot(...vectors.map((vector) => vector[i]!));
    for (const [column, vector] of vectors.entries()) rows[i * k + column] = length > 0 ? vector[i]! / length : 0;
  }
  return rows;
}

/** Product of a symmetric matrix without diagonal, condensed, with a vector: each entry serves its row and its column. */
function multiply(condensed: Float64Array, vector: Float64Array, product: Float64Array): void {
  for (let i = 0, at = 0; i < vector.length; i++) {
    const own = vector[i]!;
    let sum = 0;
    for (let j = i + 1; j < vector.length; j++, at++) {
      const entry = condensed[at]!;
      sum += entry * vector[j]!;
      product[j]! += entry * own;
    }
    product[i]! += sum;
  }
}
