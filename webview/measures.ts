// What the page measures itself among the images' coordinates: how typical an image is of its cluster, and how sure its place is.
import type { Analysis } from '../worker/api';
import type { LabelDocument } from '../worker/labels/view';

export interface Measured {
  /** Distance to the most typical image of its cluster. */
  toMedoid: number | undefined;
  /** (b − a) / b of the distances a to the centre of its own cluster and b to the nearest other one; small or negative when in doubt. */
  margin: number | undefined;
  isMedoid: boolean;
  /** Much further from its cluster's centre than the others of it. */
  isOutlier: boolean;
}

/** How many times the usual deviation (median absolute deviation, scaled to a normal curve's) makes an outlier. */
const outlierDeviations = 3.5;

/** By path, of those images that were analysed. */
export function measureImages(labels: LabelDocument, analysis: Analysis | null): Map<string, Measured> {
  const measured = new Map<string, Measured>();
  if (!analysis?.coordinates) return measured;
  const { dimensions, values } = analysis.coordinates;
  const rows = new Map(analysis.images.map(({ path }, i) => [path, i]));
  const members = new Map<number, { path: string; row: number }[]>();
  for (const { path, cluster } of labels.images) {
    const row = rows.get(path);
    if (row === undefined) continue;
    const list = members.get(cluster) ?? [];
    list.push({ path, row });
    members.set(cluster, list);
  }
  const centres = [...members].map(([id, list]) => ({
    id,
    centre: centreOf(
      values,
      dimensions,
      list.map(({ row }) => row),
    ),
  }));
  for (const { id, centre } of centres) {
    const list = members.get(id)!;
    const others = centres.filter((other) => other.id !== id);
    const toCentre = list.map(({ row }) => between(values, dimensions, row, centre));
    // The image nearest to the centre stands for the exact medoid, whose search is quadratic.
    const nearest = toCentre.indexOf(toCentre.reduce((least, value) => Math.min(least, value), Infinity));
    const medoidRow = list[nearest]!.row;
    const medoid = values.subarray(medoidRow * dimensions, (medoidRow + 1) * dimensions);
    const limit = outlierLimit(toCentre);
    for (const [i, { path, row }] of list.entries()) {
      const own = toCentre[i]!;
      const other = others.reduce(
        (least, { centre: each }) => Math.min(least, between(values, dimensions, row, each)),
        Infinity,
      );
      measured.set(path, {
        toMedoid: between(values, dimensions, row, medoid),
        margin: Number.isFinite(other) && other > 0 ? (other - own) / other : undefined,
        isMedoid: i === nearest && list.length > 1,
        isOutlier: list.length > 4 && own > limit,
      });
    }
  }
  return measured;
}

/** Rows by rising distance to one of them, which comes first. */
export function nearestRows({ dimensions, values }: NonNullable<Analysis['coordinates']>, row: number): number[] {
  const vector = values.subarray(row * dimensions, (row + 1) * dimensions);
  const distances = Float64Array.from({ length: values.length / dimensions }, (_, i) =>
    i === row ? -1 : between(values, dimensions, i, vector),
  );
  return [...distances.keys()].sort((a, b) => distances[a]! - distances[b]!);
}

/** Mean silhouette (Rousseeuw, 1987) with distances to centres in the place of means of distances: fast for many images. */
export function simplifiedSilhouette(
  { dimensions, values }: NonNullable<Analysis['coordinates']>,
  assignment: Int32Array,
): number {
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

function between(values: Float32Array, dimensions: number, row: number, to: Float32Array | Float64Array): number {
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
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
}
