// How far a point is from the points that are known, in parts of how far those are from each other there: the local outlier factor with plain means
// (Breunig, Kriegel, Ng & Sander, 2000). Pure.

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
 * Takes n² · D steps.
 * @param points at least two
 */
export function neighbourhoodOf(points: readonly Float32Array[], onStep?: () => void): Neighbourhood {
  const nearest = points.map((point, i) => {
    onStep?.();
    return nearestOf(point, points, i);
  });
  const spacing = Float64Array.from(nearest, (found) => mean(found.map(({ distance }) => distance)));
  const factors = Float64Array.from(nearest, (found, i) => spacing[i]! / spacingAround(found, spacing));
  return { points, spacing, factors };
}

/** About one within the known points, and the larger the less a point is like any of them. */
export function outlierFactor(point: Float32Array, { points, spacing }: Neighbourhood): number {
  const found = nearestOf(point, points, -1);
  return mean(found.map(({ distance }) => distance)) / spacingAround(found, spacing);
}

interface Neighbour {
  index: number;
  distance: number;
}

function nearestOf(point: Float32Array, points: readonly Float32Array[], except: number): Neighbour[] {
  const found: Neighbour[] = [];
  for (const [index, other] of points.entries()) {
    if (index === except) continue;
    const limit = found.length === neighbours ? found[neighbours - 1]!.distance : Infinity;
    let sum = 0;
    for (let d = 0; d < point.length; d++) sum += (point[d]! - other[d]!) ** 2;
    const distance = Math.sqrt(sum);
    if (distance >= limit) continue;
    found.push({ index, distance });
    found.sort((a, b) => a.distance - b.distance || a.index - b.index);
    found.length = Math.min(found.length, neighbours);
  }
  return found;
}

/** Copies of one point are no distance apart. */
function spacingAround(found: readonly Neighbour[], spacing: Float64Array): number {
  return Math.max(mean(found.map(({ index }) => spacing[index]!)), 1e-12);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(values.length, 1);
}
