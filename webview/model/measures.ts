// What the page measures itself among the images' coordinates: how typical an image is of its cluster, and how sure its place is.
import { squaredDistance } from '../../worker/algebra/vectors';
import type { Analysis } from '../../worker/api/analysis';

type Coordinates = NonNullable<Analysis['coordinates']>;

/** Images below this margin are in doubt: see {@link Measures.marginOf}. */
export const doubtfulMargin = 0.1;
/** How many times the usual deviation (median absolute deviation, scaled to a normal curve's) makes an outlier. */
const outlierDeviations = 3.5;
/** Fewer images have no usual deviation. */
const fewestForOutliers = 5;

/** Measures images by their rows among the coordinates. What only few of them are asked for is worked out when they are. */
export class Measures {
  /** Distance to the most typical image of its cluster; NaN for an image that no cluster names. */
  readonly toMedoid: Float64Array;
  /** The most typical images of clusters with more than one. */
  readonly medoids: ReadonlySet<number>;
  readonly #coordinates: Coordinates;
  readonly #clusters: readonly (readonly number[])[];
  readonly #centres: Float64Array;
  /** Of each row: its cluster, −1 where it has none, and the distance to that one's centre. */
  readonly #clusterOf: Int32Array;
  readonly #toCentre: Float64Array;
  /** By cluster: images that are farther from its centre are outliers. */
  readonly #limits = new Map<number, number>();

  /** @param clusters rows of each cluster's images */
  constructor(coordinates: Coordinates, clusters: readonly (readonly number[])[]) {
    const { dimensions, values } = coordinates;
    const count = values.length / dimensions;
    this.#coordinates = coordinates;
    this.#clusters = clusters;
    this.#clusterOf = new Int32Array(count).fill(-1);
    for (const [cluster, rows] of clusters.entries()) for (const row of rows) this.#clusterOf[row] = cluster;
    this.#centres = centresOf(coordinates, this.#clusterOf, clusters.length);
    this.#toCentre = distancesToOwn(coordinates, this.#clusterOf, this.#centres);
    // The image nearest to the centre stands for the exact medoid, whose search is quadratic.
    const nearest = clusters.map((rows) =>
      rows.reduce((best, row) => (best < 0 || this.#toCentre[row]! < this.#toCentre[best]! ? row : best), -1),
    );
    this.medoids = new Set(nearest.filter((_, cluster) => clusters[cluster]!.length > 1));
    const points = new Float64Array(clusters.length * dimensions);
    for (const [cluster, row] of nearest.entries())
      if (row >= 0) points.set(pointOf(values, dimensions, row), cluster * dimensions);
    this.toMedoid = distancesToOwn(coordinates, this.#clusterOf, points);
  }

  /**
   * (b − a) / b of the distances a to the centre of its own cluster and b to the nearest other one; small or negative when in doubt.
   * Undefined where there is no other one.
   */
  marginOf(row: number): number | undefined {
    const cluster = this.#clusterOf[row] ?? -1;
    if (cluster < 0) return undefined;
    const other = this.#toOtherCentre(row, cluster);
    return Number.isFinite(other) && other > 0 ? (other - this.#toCentre[row]!) / other : undefined;
  }

  /** Whether an image is much further from its cluster's centre than the others of it. */
  isOutlier(row: number): boolean {
    const cluster = this.#clusterOf[row] ?? -1;
    return cluster >= 0 && this.#toCentre[row]! > this.#limitOf(cluster);
  }

  /**
   * The rows that differ most, one after the other the one that is farthest from all before it (Gonzalez, 1985).
   * @param rows among which they are looked for
   * @param chosen rows that are there already
   */
  mostVaried(rows: readonly number[], chosen: readonly number[], count: number): number[] {
    const { values, dimensions } = this.#coordinates;
    const least = new Float64Array(rows.length).fill(Infinity);
    const found: number[] = [];
    const pending = [...chosen];
    for (;;) {
      for (const row of pending.splice(0)) {
        const point = pointOf(values, dimensions, row);
        for (let i = 0; i < rows.length; i++) least[i] = squaredDistanceUpTo(values, rows[i]!, point, least[i]);
      }
      if (found.length === count) return found;
      let at = 0;
      for (let i = 1; i < least.length; i++) if (least[i]! > least[at]!) at = i;
      if (rows.length === 0 || least[at] === 0) return found;
      found.push(rows[at]!);
      pending.push(rows[at]!);
    }
  }

  #limitOf(cluster: number): number {
    const rows = this.#clusters[cluster]!;
    const limit =
      this.#limits.get(cluster) ?? (rows.length < fewestForOutliers ? Infinity : outlierLimit(this.#toCentre, rows));
    this.#limits.set(cluster, limit);
    return limit;
  }

  #toOtherCentre(row: number, own: number): number {
    const { values, dimensions } = this.#coordinates;
    let least = Infinity;
    for (const [cluster, { length }] of this.#clusters.entries()) {
      if (cluster === own || length === 0) continue;
      const centre = this.#centres.subarray(cluster * dimensions, (cluster + 1) * dimensions);
      // The first principal coordinates vary most: a few of them show that a centre is farther.
      least = Math.min(least, squaredDistanceUpTo(values, row, centre, least));
    }
    return Math.sqrt(least);
  }
}

/** Rows by rising distance to one of them, which comes first, and the distances. */
export function nearestRows({ dimensions, values }: Coordinates, row: number): { row: number; distance: number }[] {
  const vector = pointOf(values, dimensions, row);
  const distances = Float64Array.from({ length: values.length / dimensions }, (_, i) =>
    i === row ? -1 : between(values, i, vector),
  );
  return [...distances.keys()]
    .sort((a, b) => distances[a]! - distances[b]!)
    .map((each) => ({ row: each, distance: Math.max(0, distances[each]!) }));
}

/** Mean silhouette (Rousseeuw, 1987) with distances to centres in the place of means of distances: fast for many images. */
export function simplifiedSilhouette(coordinates: Coordinates, assignment: Int32Array): number {
  const { dimensions, values } = coordinates;
  const sizes: number[] = [];
  for (const label of assignment) sizes[label] = (sizes[label] ?? 0) + 1;
  if (sizes.length < 2) return 0;
  const all = centresOf(coordinates, assignment, sizes.length);
  const centres = sizes.map((_, label) => all.subarray(label * dimensions, (label + 1) * dimensions));
  let sum = 0;
  for (const [row, label] of assignment.entries()) {
    let [own, other] = [0, Infinity];
    for (const [each, centre] of centres.entries()) {
      const distance = between(values, row, centre);
      if (each === label) own = distance;
      else other = Math.min(other, distance);
    }
    if (sizes[label]! > 1 && Math.max(own, other) > 0) sum += (other - own) / Math.max(own, other);
  }
  return sum / assignment.length;
}

/**
 * Means of the rows of each cluster. Row after row as they lie in memory, which takes half the time of cluster after cluster.
 * @param clusterOf (rows) −1 where a row is in none
 * @returns (clusters, dimensions); not a number for an empty cluster
 */
function centresOf({ dimensions, values }: Coordinates, clusterOf: Int32Array, clusters: number): Float64Array {
  const centres = new Float64Array(clusters * dimensions);
  const sizes = new Int32Array(clusters);
  for (let row = 0; row < clusterOf.length; row++) {
    const cluster = clusterOf[row]!;
    if (cluster < 0) continue;
    sizes[cluster]!++;
    for (let d = 0; d < dimensions; d++) centres[cluster * dimensions + d]! += values[row * dimensions + d]!;
  }
  return centres.map((sum, i) => sum / sizes[Math.floor(i / dimensions)]!);
}

/**
 * Distance of each row to the point of its cluster, in the order in which they lie in memory.
 * @param points (clusters, dimensions)
 * @returns (rows) not a number where a row is in none
 */
function distancesToOwn(
  { dimensions, values }: Coordinates,
  clusterOf: Int32Array,
  points: Float64Array,
): Float64Array {
  const distances = new Float64Array(clusterOf.length).fill(NaN);
  for (let row = 0; row < clusterOf.length; row++) {
    if (clusterOf[row]! < 0) continue;
    const point = clusterOf[row]! * dimensions;
    distances[row] = Math.sqrt(squaredDistance(values, row * dimensions, points, point, dimensions));
  }
  return distances;
}

/** A row by itself. */
function pointOf(values: Float32Array, dimensions: number, row: number): Float64Array {
  return new Float64Array(values.subarray(row * dimensions, (row + 1) * dimensions));
}

function between(values: Float32Array, row: number, to: Float64Array): number {
  return Math.sqrt(squaredDistance(values, row * to.length, to, 0, to.length));
}

/** @param distances by row */
function outlierLimit(distances: Float64Array, rows: readonly number[]): number {
  const own = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i++) own[i] = distances[rows[i]!]!;
  own.sort();
  const deviation = 1.4826 * medianDeviation(own);
  return deviation === 0 ? Infinity : own[own.length >> 1]! + outlierDeviations * deviation;
}

/** Median absolute deviation from the median, without sorting the deviations: to both sides of the median they rise. @param sorted at least one */
function medianDeviation(sorted: Float64Array): number {
  const middle = sorted.length >> 1;
  let [below, above, deviation] = [middle - 1, middle, 0];
  for (let rank = 0; rank <= middle; rank++) {
    const down = below < 0 ? Infinity : sorted[middle]! - sorted[below]!;
    const up = above === sorted.length ? Infinity : sorted[above]! - sorted[middle]!;
    deviation = Math.min(down, up);
    if (down < up) below--;
    else above++;
  }
  return deviation;
}

/**
 * @param values (rows, dimensions), row by row
 * @param enough where the sum reaches it, the rest of the dimensions is left out: the result is then at least `enough`
 */
export function squaredDistanceUpTo(
  values: ArrayLike<number>,
  row: number,
  point: ArrayLike<number>,
  enough = Infinity,
): number {
  const dimensions = point.length;
  const start = row * dimensions;
  let sum = 0;
  for (let d = 0; d < dimensions && sum < enough; d++) sum += (values[start + d]! - point[d]!) ** 2;
  return sum;
}
