// What the clusterers compare: one vector an image, or the distances of all pairs.
import { condensedIndex } from '../algebra/condensed';
import { hausdorffDistances, type HausdorffName } from '../bags/hausdorff';
import type { PairTable } from '../bags/pairs';

export interface Comparison {
  count: number;
  /** (N, D): compared by their Euclidean distance. */
  vectors?: Float32Array;
  dimensions?: number;
  /** Distances of all pairs i < j, where images are not compared as vectors. */
  condensed?: Float64Array;
}

/** @param vectors (N) of (D) */
export function compareVectors(vectors: readonly Float32Array[]): Comparison {
  const dimensions = vectors[0]?.length ?? 0;
  const all = new Float32Array(vectors.length * dimensions);
  for (const [i, vector] of vectors.entries()) all.set(vector, i * dimensions);
  return { count: vectors.length, vectors: all, dimensions };
}

/**
 * A Hausdorff distance of all pairs (Eq. 2, 3).
 * @param rows (N) row of each image in the table; copies of one image share a row and are at distance zero
 */
export function compareSets(pairs: PairTable, distance: HausdorffName, rows: readonly number[]): Comparison {
  const between = hausdorffDistances(pairs, distance);
  const condensed = new Float64Array((rows.length * (rows.length - 1)) / 2);
  let at = 0;
  for (let i = 0; i < rows.length; i++) {
    for (let j = i + 1; j < rows.length; j++) {
      const [a, b] = [rows[i]!, rows[j]!];
      condensed[at++] = a === b ? 0 : between[condensedIndex(pairs.count, a, b)]!;
    }
  }
  return { count: rows.length, condensed };
}
