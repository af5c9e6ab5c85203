// Which of a great many images stand in the label file: those that people look at. Pure.
import { squaredDistance } from '../../algebra/vectors';
import { centresOf } from '../../clustering/many/silhouette';

/** All images, as they were grouped. */
export interface GroupedSet {
  /** (N, dimensions) */
  vectors: Float32Array;
  dimensions: number;
  /** (N), cluster of each: 0..k−1. */
  assignment: Int32Array;
  /** (N), the lower branch of the tree that each is in; a branch lies in one cluster. */
  branchOf: Int32Array;
  /** (N), see `simplifiedSilhouette`. */
  silhouette: Float32Array;
}

/**
 * Of each cluster the most typical image of its largest branches, so that all that is in it is seen and not one kind only, and those nearest to
 * another cluster: half of the lines each, shared out evenly among the clusters.
 * @param lines about how many
 * @returns indices, rising
 */
export function chooseImages(set: GroupedSet, lines: number): number[] {
  const { assignment, silhouette } = set;
  const k = assignment.reduce((most, label) => Math.max(most, label + 1), 0);
  const ofEach = Math.max(1, Math.floor(lines / 2 / k));
  const typical = typicalOfBranches(set);
  const chosen = new Set<number>();
  const members = Array.from({ length: k }, (): number[] => []);
  for (const [i, label] of assignment.entries()) members[label]!.push(i);
  for (const own of members) {
    const branches = own.flatMap((i) => (typical.has(i) ? [{ i, size: typical.get(i)! }] : []));
    branches.sort((p, q) => q.size - p.size || p.i - q.i);
    for (const { i } of branches.slice(0, ofEach)) chosen.add(i);
    const border = own.sort((p, q) => silhouette[p]! - silhouette[q]! || p - q);
    for (const i of border.slice(0, ofEach)) chosen.add(i);
  }
  return [...chosen].sort((a, b) => a - b);
}

/** The image nearest to the centre of each branch, and how many images that has. */
function typicalOfBranches({ vectors, dimensions, branchOf }: GroupedSet): Map<number, number> {
  const branches = branchOf.reduce((most, branch) => Math.max(most, branch + 1), 0);
  const { centres, sizes } = centresOf(vectors, dimensions, branchOf, branches);
  const nearest = new Int32Array(branches).fill(-1);
  const least = new Float64Array(branches).fill(Infinity);
  for (const [i, branch] of branchOf.entries()) {
    const square = squaredDistance(vectors, i * dimensions, centres, branch * dimensions, dimensions);
    if (square < least[branch]!) [nearest[branch], least[branch]] = [i, square];
  }
  return new Map([...nearest].map((i, branch) => [i, sizes[branch]!]));
}
