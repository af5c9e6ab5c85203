// Whether the parts of a folder are turned before they are compared, and which way they then all point. Pure.
import { Matrix, solve } from 'ml-matrix';
import type { FoundPart } from './find-part';
import { leastElongation, type PartsWay } from './turn';

/** With fewer photos nothing can be said of a folder. */
const leastPhotos = 8;
/** Share of the photos in which a part must stand apart, and have a direction. */
const leastShare = 0.9;
/** Of the folder's parts, in the median. */
const leastMedianElongation = 1.25;
/** Areas of the tenth and the ninetieth of a hundred parts: others are not the same part. */
const mostUnalike = 1.6;
/** Of the nearest half of the parts to one axis, the largest angle to it, in radians: parts that lie more alike gain nothing, and where only a few lie otherwise that is what is wrong with them. */
const leastMedianTurn = (3 * Math.PI) / 180;
/** Digits that the label file keeps. */
const precision = 1000;
/** Of finding groups and the direction between them in turns. */
const rounds = 10;
/** Of each difference between ends: what is nearly the same in all photos of a sample must not count without end. */
const leastVariance = 0.001;

/**
 * @param parts of some photos of a folder, undefined where no part was found
 * @returns undefined where the photos are to be compared as they are
 */
export function wayOf(parts: readonly (FoundPart | undefined)[]): PartsWay | undefined {
  const found = parts.filter((part) => part !== undefined);
  const long = found.filter(({ elongation }) => elongation >= leastElongation);
  if (parts.length < leastPhotos || long.length < leastShare * parts.length) return undefined;
  if (quantile(long, 0.5, ({ elongation }) => elongation) < leastMedianElongation) return undefined;
  const areaAt = (share: number) => quantile(long, share, (part) => part.share);
  if (areaAt(0.9) > mostUnalike * areaAt(0.1)) return undefined;
  // The axis that half of the parts lie nearest to, whatever the others do.
  const spread = Math.min(...long.map((axis) => quantile(long, 0.5, ({ angle }) => turnBetween(angle, axis.angle))));
  if (spread < leastMedianTurn) return undefined;
  return mainWay(long);
}

/**
 * The direction along which the differences between ends fall into two groups, which mirror each other, best: that of Fisher's linear discriminant
 * ("The use of multiple measurements in taxonomic problems", 1936), found in turns with the groups. Where nothing tells ends apart it is any one.
 */
function mainWay(parts: readonly FoundPart[]): PartsWay {
  const all = parts.map(({ ends }) => ends);
  const size = all[0]!.length;
  const entries = [...Array(size).keys()];
  const mean = (of: (ends: readonly number[]) => number) => all.reduce((sum, ends) => sum + of(ends), 0) / all.length;
  // 1 where all are as far from zero, .64 for a normal distribution around it.
  const apartness = entries.map((i) => mean((ends) => Math.abs(ends[i]!)) ** 2 / (mean((ends) => ends[i]! ** 2) || 1));
  const first = apartness.indexOf(Math.max(...apartness));
  let way = entries.map((i): number => (i === first ? 1 : 0));
  for (let round = 0; round < rounds; round++) {
    const signOf = (ends: readonly number[]) => (dot(ends, way) < 0 ? -1 : 1);
    const middle = entries.map((i) => mean((ends) => signOf(ends) * ends[i]!));
    const within = entries.map((i) =>
      entries.map((j) => {
        const product = mean((ends) => (signOf(ends) * ends[i]! - middle[i]!) * (signOf(ends) * ends[j]! - middle[j]!));
        return product + (i === j ? leastVariance : 0);
      }),
    );
    const next = solve(new Matrix(within), Matrix.columnVector(middle)).to1DArray();
    const length = Math.hypot(...next);
    if (length === 0) break;
    way = next.map((value) => value / length);
  }
  // Of the two the one by which most turn less.
  const rightwards = parts.reduce((sum, { ends, angle }) => sum + Math.sign(dot(ends, way)) * Math.cos(angle), 0);
  return way.map((value) => Math.round((rightwards < 0 ? -value : value) * precision) / precision);
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}

/** Of two axes: 0 to π/2. */
function turnBetween(one: number, other: number): number {
  const turn = Math.abs(one - other) % Math.PI;
  return Math.min(turn, Math.PI - turn);
}

function quantile<T>(all: readonly T[], share: number, of: (each: T) => number): number {
  const sorted = all.map(of).sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
}
