// How far a point is from the points that are known, in parts of how far those are from each other there: the local outlier factor with plain means
// (Breunig, Kriegel, Ng & Sander, 2000). Pure.
import { squaredDistance } from './vectors';

/** Nearest points that count. */
const neighbours = 3;

/** Points, and how far they are apart. */
export interface Neighbourhood {
  /** (n) of (D) */
  points: readonly Float32Array[];
  /** (n): mean distance of each point to its nearest others. */
  spacing: Float64Array;
  /** (n): {@link outlierFactor} of each point among the others. */
  factors: Float64Array;
}

/**
 * Takes n² · D / 2 steps.
 * @param points at least two
 */
export function neighbourhoodOf(points: readonly Float32Array[], onStep?: () => void): Neighbourhood {
  const nearest = points.map((): Neighbour[] => []);
  for (const [i, point] of points.entries()) {
    onStep?.();
    for (let j = 0; j < i; j++) {
      const distance = distanceBetween(point, points[j]!);
      offer(nearest[i]!, j, distance);
      offer(nearest[j]!, i, distance);
    }
  }
  const spacing = Float64Array.from(nearest, (found) => mean(found.map(({ distance }) => distance)));
  const factors = Float64Array.from(nearest, (found, i) => spacing[i]! / spacingAround(found, spacing));
  return { points, spacing, factors };
}

/** About one within the known points, and the larger the less a point is like any of them. */
export function outlierFactor(point: Float32Array, { points, spacing }: Neighbourhood): number {
  const found: Neighbour[] = [];
  for (const [index, other] of points.entries()) offer(found, index, distanceBetween(point, other));
  return mean(found.map(({ distance }) => distance)) / spacingAround(found, spacing);
}

interface Neighbour {
  index: number;
  distance: number;
}

function distanceBetween(a: Float32Array, b: Float32Array): number {
  return Math.sqrt(squaredDistance(a, 0, b, 0, a.length));
}

/** Keeps the nearest, by rising distance. Of points as far as each other the first stays: they are offered by rising index. */
function offer(found: Neighbour[], index: number, distance: number): void {
  if (found.length === neighbours && distance >= found[neighbours - 1]!.distance) return;
  found.push({ index, distance });
  found.sort((a, b) => a.distance - b.distance || a.index - b.index);
  found.length = Math.min(found.length, neighbours);
}

/** Copies of one point are no distance apart. */
function spacingAround(found: readonly Neighbour[], spacing: Float64Array): number {
  return Math.max(mean(found.map(({ index }) => spacing[index]!)), 1e-12);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(values.length, 1);
}
