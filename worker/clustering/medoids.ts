// The most typical member of a cluster, and the member that is nearest to an image.
import { condensedIndex } from '../algebra/condensed';
import { squaredDistance } from '../algebra/vectors';

/** Vectors, or distances where images are not compared as vectors. */
export interface ClusteringInput {
  count: number;
  /** (count, dimensions) */
  vectors?: Float32Array | Float64Array;
  dimensions?: number;
  /** Distances of all pairs i < j. */
  condensed?: Float64Array;
}

/** Above this many members the one nearest to the centroid stands in: the exact search is quadratic. */
const exactMembers = 2000;

/**
 * The member with the smallest sum of distances to the others; the first of equals.
 * @param members indices, at least one
 */
export function medoid(compared: ClusteringInput, members: readonly number[]): number {
  const { count, condensed, vectors, dimensions = 0 } = compared;
  if (condensed) return leastSum(members, members, (a, b) => (a === b ? 0 : condensed[condensedIndex(count, a, b)]!));
  if (!vectors) throw new RangeError('Vectors or distances are needed.');
  const row = (member: number) => vectors.subarray(member * dimensions, (member + 1) * dimensions);
  const targets = members.length > exactMembers ? [centroid(members.map(row))] : members.map(row);
  return leastSum(members, targets, (member, target) => distance(row(member), target));
}

/** Place in the list of the member that is nearest to an image; the first of equals. @param members indices, at least one */
export function nearestOf(compared: ClusteringInput, image: number, members: readonly number[]): number {
  const { count, condensed, vectors, dimensions = 0 } = compared;
  const between = (member: number) => {
    if (member === image) return 0;
    if (condensed) return condensed[condensedIndex(count, image, member)]!;
    if (!vectors) throw new RangeError('Vectors or distances are needed.');
    return squaredDistance(vectors, image * dimensions, vectors, member * dimensions, dimensions);
  };
  let [best, least] = [0, Infinity];
  for (const [place, member] of members.entries()) {
    const distance = between(member);
    if (distance < least) [best, least] = [place, distance];
  }
  return best;
}

function leastSum<T>(members: readonly number[], targets: readonly T[], between: (a: number, b: T) => number): number {
  let best = members[0]!;
  let least = Infinity;
  for (const member of members) {
    let sum = 0;
    for (const target of targets) sum += between(member, target);
    if (sum < least) [best, least] = [member, sum];
  }
  return best;
}

type Vector = Float32Array | Float64Array;

function centroid(vectors: Vector[]): Float64Array {
  const sum = new Float64Array(vectors[0]!.length);
  for (const vector of vectors) for (let d = 0; d < sum.length; d++) sum[d]! += vector[d]! / vectors.length;
  return sum;
}

function distance(a: Vector, b: Vector): number {
  return Math.sqrt(squaredDistance(a, 0, b, 0, a.length));
}
