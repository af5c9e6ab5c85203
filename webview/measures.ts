// What the page measures itself among the images' coordinates: how typical an image is of its cluster, and how sure its place is.
import type { Analysis } from '../worker/api';

type Coordinates = NonNullable<Analysis['coordinates']>;

/** Of each image, by its row among the coordinates. */
export interface Measures {
  /** Distance to the most typical image of its cluster; NaN for an image that no cluster names. */
  toMedoid: Float64Array;
  /** (b − a) / b of the distances a to the centre of its own cluster and b to the nearest other one; small or negative when in doubt. */
  margin: Float64Array;
  /** The most typical images of clusters with more than one. */
  medoids: ReadonlySet<number>;
  /** Images that are much further from their cluster's centre than the others of it. */
  outliers: ReadonlySet<number>;
}

/** How many times the usual deviation (median absolute deviation, scaled to a normal curve's) makes an outlier. */
const outlierDeviations = 3.5;

/** @param clusters rows of each cluster's images */
export function measureImages({ dimensions, values }: Coordinates, clusters: readonly (readonly number[])[]): Measures {
  const count = values.length / dimensions;
  const [toMedoid, margin] = [new Float64Array(count).fill(NaN), new Float64Array(count).fill(NaN)];
  const [medoids, outliers] = [new Set<number>(), new Set<number>()];
  const centres = clusters.map((rows) => centreOf(values, dimensions, rows));
  for (const [cluster, rows] of clusters.entries()) {
    if (rows.length === 0) continue;
    const toCentre = rows.map((row) => between(values, dimensions, row, centres[cluster]!));
    // The image nearest to the centre stands for the exact medoid, whose search is quadratic.
    const nearest = toCentre.indexOf(toCentre.reduce((least, value) => Math.min(least, value), Infinity));
    const medoidRow = rows[nearest]!;
    const medoid = pointOf(values, dimensions, medoidRow);
    if (rows.length > 1) medoids.add(medoidRow);
    const limit = rows.length > 4 ? outlierLimit(toCentre) : Infinity;
    const others = centres.filter((_, other) => other !== cluster && clusters[other]!.length > 0);
    for (const [i, row] of rows.entries()) {
      const own = toCentre[i]!;
      const other = nearestOf(values, dimensions, row, others);
      toMedoid[row] = between(values, dimensions, row, medoid);
      if (Number.isFinite(other) && other > 0) margin[row] = (other - own) / other;
      if (own > limit) outliers.add(row);
    }
  }
  return { toMedoid, margin, medoids, outliers };
}

/** The least distance of a row to several points. */
function nearestOf(values: Float32Array, dimensions: number, row: number, points: readonly Float64Array[]): number {
  let least = Infinity;
  const start = row * dimensions;
  for (const point of points) {
    let sum = 0;
    // The first principal coordinates vary most: a few of them show that a point is farther.
    for (let d = 0; d < dimensions && sum < least; d++) sum += (values[start + d]! - point[d]!) ** 2;
    if (sum < least) least = sum;
  }
  return Math.sqrt(least);
}

/** Rows by rising distance to one of them, which comes first. */
export function nearestRows({ dimensions, values }: Coordinates, row: number): number[] {
  const vector = pointOf(values, dimensions, row);
  const distances = Float64Array.from({ length: values.length / dimensions }, (_, i) =>
    i === row ? -1 : between(values, dimensions, i, vector),
  );
  return [...distances.keys()].sort((a, b) => distances[a]! - distances[b]!);
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
      const distance = between(values, dimensions, row, centre);
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

function between(values: Float32Array, dimensions: number, row: number, to: Float64Array): number {
  let sum = 0;
  for (let d = 0; d < dimensions; d++) sum += (values[row * dimensions + d]! - to[d]!) ** 2;
  return Math.sqrt(sum);
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
