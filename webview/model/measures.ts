// What the page measures itself among the images' coordinates: how typical an image is of its cluster, and how sure its place is.
import type { Analysis } from '../../worker/api/analysis';
import { squaredDistance } from './squared-distance';

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
  readonly #centres: readonly Float64Array[];
  /** Of each row: its cluster, and the distance to that one's centre. */
  readonly #clusterOf: Int32Array;
  readonly #toCentre: Float64Array;
  /** By cluster: images that are farther from its centre are outliers. */
  readonly #limits = new Map<number, number>();

  /** @param clusters rows of each cluster's images */
  constructor(coordinates: Coordinates, clusters: readonly (readonly number[])[]) {
    const { dimensions, values } = coordinates;
    const count = values.length / dimensions;
    const medoids = new Set<number>();
    this.#coordinates = coordinates;
    this.#clusters = clusters;
    this.#centres = clusters.map((rows) => centreOf(values, dimensions, rows));
    this.#clusterOf = new Int32Array(count).fill(-1);
    this.#toCentre = new Float64Array(count);
    this.toMedoid = new Float64Array(count).fill(NaN);
    this.medoids = medoids;
    for (const [cluster, rows] of clusters.entries()) {
      // The image nearest to the centre stands for the exact medoid, whose search is quadratic.
      let nearest = -1;
      for (const row of rows) {
        const distance = between(values, row, this.#centres[cluster]!);
        this.#clusterOf[row] = cluster;
        this.#toCentre[row] = distance;
        if (nearest < 0 || distance < this.#toCentre[nearest]!) nearest = row;
      }
      if (nearest < 0) continue;
      if (rows.length > 1) medoids.add(nearest);
      const medoid = pointOf(values, dimensions, nearest);
      for (const row of rows) this.toMedoid[row] = between(values, row, medoid);
    }
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
        for (let i = 0; i < rows.length; i++) least[i] = squaredDistance(values, rows[i]!, point, least[i]);
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
      this.#limits.get(cluster) ??
      (rows.length < fewestForOutliers ? Infinity : outlierLimit(rows.map((row) => this.#toCentre[row]!)));
    this.#limits.set(cluster, limit);
    return limit;
  }

  #toOtherCentre(row: number, own: number): number {
    const { values } = this.#coordinates;
    let least = Infinity;
    for (const [cluster, centre] of this.#centres.entries()) {
      if (cluster === own || this.#clusters[cluster]!.length === 0) continue;
      // The first principal coordinates vary most: a few of them show that a centre is farther.
      least = Math.min(least, squaredDistance(values, row, centre, least));
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
export function simplifiedSilhouette({ dimensions, values }: Coordinates, assignment: Int32Array): number {
  const members = new Map<number, number[]>();
  for (const [row, label] of assignment.entries()) {
    const list = members.get(label) ?? [];
    list.push(row);
    members.set(label, list);
  }
  if (members.size < 2) return 0;
  const centres = [...members].map(([label, rows]) => ({ label, centre: centreOf(values, dimensions, rows) }));
  let sum = 0;
  for (const [row, label] of assignment.entries()) {
    let [own, other] = [0, Infinity];
    for (const { label: each, centre } of centres) {
      const distance = between(values, row, centre);
      if (each === label) own = distance;
      else other = Math.min(other, distance);
    }
    if (members.get(label)!.length > 1 && Math.max(own, other) > 0) sum += (other - own) / Math.max(own, other);
  }
  return sum / assignment.length;
}

function centreOf(values: Float32Array, dimensions: number, rows: readonly number[]): Float64Array {
  const centre = new Float64Array(dimensions);
  for (const row of rows) for (let d = 0; d < dimensions; d++) centre[d]! += values[row * dimensions + d]!;
  return centre.map((sum) => sum / rows.length);
}

/** A row by itself. */
function pointOf(values: Float32Array, dimensions: number, row: number): Float64Array {
  return Float64Array.from(values.subarray(row * dimensions, (row + 1) * dimensions));
}

function between(values: Float32Array, row: number, to: Float64Array): number {
  return Math.sqrt(squaredDistance(values, row, to));
}

function outlierLimit(distances: readonly number[]): number {
  const middle = median(distances);
  const deviation = 1.4826 * median(distances.map((value) => Math.abs(value - middle)));
  return deviation === 0 ? Infinity : middle + outlierDeviations * deviation;
}

function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[sorted.length >> 1] ?? 0;
}
