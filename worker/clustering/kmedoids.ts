// k-medoids on any distances: a quick start, then swaps until none lowers the cost. Nothing is drawn, so nothing depends on a seed.
// Park & Jun, "A simple and fast algorithm for K-medoids clustering", 2009, the k-medoids of BAMIC; Kaufman & Rousseeuw's PAM, 1990.
import { condensedIndex } from '../algebra/condensed';
import { requireClusters, requireDistances } from './preconditions';

/** Options of {@link kmedoids}. */
export interface KMedoidsOptions {
  /** Swaps after Park & Jun's iteration. Default true. */
  refine?: boolean;
  /** Called after every pass over the distances; may throw to stop. */
  onStep?: (() => void) | undefined;
}

/** A partition around k of the images. */
export interface KMedoidsResult {
  /** (count), 0..k−1: index into `medoids` */
  labels: Int32Array;
  /** (k) indices of images, rising */
  medoids: Int32Array;
  /** Sum of the distances to the medoids. */
  cost: number;
}

/**
 * Lowers Σ d(x, medoid of x). Of equals the first image is taken. A medoid belongs to its own cluster, so none is empty.
 * @param condensed distances of all pairs i < j
 * @throws RangeError unless 1 ≤ k ≤ count and all distances are finite and not negative
 */
export function kmedoids(
  condensed: Float64Array,
  count: number,
  k: number,
  { refine = true, onStep }: KMedoidsOptions = {},
): KMedoidsResult {
  requireDistances(condensed, count);
  requireClusters(k, count);
  const distance: Distance = (i, j) => (i === j ? 0 : condensed[condensedIndex(count, i, j)]!);
  const medoids = centralImages(condensed, count, k);
  alternate(distance, medoids, count, onStep);
  // One medoid is already the best one.
  if (refine && k > 1) swapUntilBest(condensed, distance, medoids, count, onStep);
  medoids.sort();
  const { first, cost } = nearestMedoids(distance, medoids, count);
  return { labels: first, medoids, cost };
}

type Distance = (i: number, j: number) => number;

/** Park & Jun's start: the k images with the smallest Σ_i d(i, j) / Σ_l d(i, l). */
function centralImages(condensed: Float64Array, count: number, k: number): Int32Array {
  const sums = new Float64Array(count);
  forPairs(condensed, count, (i, j, distance) => {
    sums[i]! += distance;
    sums[j]! += distance;
  });
  const shares = new Float64Array(count);
  forPairs(condensed, count, (i, j, distance) => {
    // Both sums are at least the distance.
    if (distance === 0) return;
    shares[j]! += distance / sums[i]!;
    shares[i]! += distance / sums[j]!;
  });
  return Int32Array.from(shares.keys())
    .sort((a, b) => shares[a]! - shares[b]! || a - b)
    .slice(0, k);
}

/** Gives images to their nearest medoid and takes each cluster's most central image, in turns, until nothing changes. */
function alternate(distance: Distance, medoids: Int32Array, count: number, onStep?: () => void): void {
  for (let hasChanged = true; hasChanged;) {
    onStep?.();
    hasChanged = false;
    const { first } = nearestMedoids(distance, medoids, count);
    for (const [cluster, medoid] of medoids.entries()) {
      const members = [...first.keys()].filter((i) => first[i] === cluster);
      const sumTo = (i: number) => members.reduce((sum, member) => sum + distance(i, member), 0);
      let least = sumTo(medoid);
      for (const member of members) {
        const sum = sumTo(member);
        // Rounding must not let two images take turns.
        if (sum >= least - 1e-12 * least) continue;
        least = sum;
        medoids[cluster] = member;
        hasChanged = true;
      }
    }
  }
}

/**
 * PAM: the best swap of a medoid for another image, as long as it lowers the cost. All swaps are weighed in one pass over the pairs
 * (FastPAM1: Schubert & Rousseeuw, "Faster k-medoids clustering", 2019).
 */
function swapUntilBest(
  condensed: Float64Array,
  distance: Distance,
  medoids: Int32Array,
  count: number,
  onStep?: () => void,
): void {
  const k = medoids.length;
  /** (count, k): what the cost changes by when image i takes the place of medoid m, beyond `shared`. */
  const changes = new Float64Array(count * k);
  /** (count): what it changes by whichever medoid goes. */
  const shared = new Float64Array(count);
  const isMedoid = new Uint8Array(count);
  for (const medoid of medoids) isMedoid[medoid] = 1;
  let state = nearestMedoids(distance, medoids, count);
  for (;;) {
    onStep?.();
    const { first, nearest, second, cost } = state;
    changes.fill(0);
    shared.fill(0);
    const offer = (candidate: number, image: number, distance: number) => {
      const at = candidate * k + first[image]!;
      if (distance < nearest[image]!) {
        shared[candidate]! += distance - nearest[image]!;
        changes[at]! += nearest[image]! - second[image]!;
      } else if (distance < second[image]!) {
        changes[at]! += distance - second[image]!;
      }
    };
    for (let i = 0; i < count; i++) offer(i, i, 0);
    forPairs(condensed, count, (i, j, distance) => {
      offer(i, j, distance);
      offer(j, i, distance);
    });
    /** What the cost rises by when a medoid goes and none comes. */
    const losses = new Float64Array(k);
    for (let i = 0; i < count; i++) losses[first[i]!]! += second[i]! - nearest[i]!;
    let least = 0;
    let cluster = -1;
    let image = -1;
    for (let i = 0; i < count; i++) {
      if (isMedoid[i]) continue;
      for (let medoid = 0; medoid < k; medoid++) {
        const change = shared[i]! + changes[i * k + medoid]! + losses[medoid]!;
        if (change < least) [least, cluster, image] = [change, medoid, i];
      }
    }
    if (cluster < 0) return;
    const gone = medoids[cluster]!;
    medoids[cluster] = image;
    state = nearestMedoids(distance, medoids, count);
    // Rounding can look like a small gain, and then the search would not end.
    if (state.cost >= cost) {
      medoids[cluster] = gone;
      return;
    }
    isMedoid[gone] = 0;
    isMedoid[image] = 1;
  }
}

/** Where each image belongs: its nearest medoid, the distances to it and to the second nearest, and the sum of the former. */
interface Nearest {
  first: Int32Array;
  nearest: Float64Array;
  second: Float64Array;
  cost: number;
}

function nearestMedoids(distance: Distance, medoids: Int32Array, count: number): Nearest {
  const first = new Int32Array(count);
  const nearest = new Float64Array(count).fill(Infinity);
  const second = new Float64Array(count).fill(Infinity);
  let cost = 0;
  for (let i = 0; i < count; i++) {
    for (const [cluster, medoid] of medoids.entries()) {
      // Its own cluster, even where another medoid is a copy of it.
      const between = i === medoid ? -1 : distance(i, medoid);
      if (between < nearest[i]!) {
        second[i] = nearest[i]!;
        nearest[i] = between;
        first[i] = cluster;
      } else if (between < second[i]!) second[i] = between;
    }
    nearest[i] = Math.max(0, nearest[i]!);
    second[i] = Math.max(0, second[i]!);
    cost += nearest[i]!;
  }
  return { first, nearest, second, cost };
}

function forPairs(
  condensed: Float64Array,
  count: number,
  visit: (i: number, j: number, distance: number) => void,
): void {
  for (let i = 0, at = 0; i < count; i++) {
    for (let j = i + 1; j < count; j++) visit(i, j, condensed[at++]!);
  }
}
