// Ward's tree of more vectors than can all be compared: its lower branches are grown in parts of near vectors, the rest from the branches' centres.
// Inside a part every merge is the one that Ward makes; only what lies at the borders of parts meets its neighbours later, in other parts.
// The idea is that of micro-clusters: Zhang, Ramakrishnan & Livny, "BIRCH", 1996.
import { labelMerges, type Merge } from '../linkage';
import { partition } from './partition';
import { requireVectors } from '../preconditions';
import { wardMerges } from '../ward';

/** Options of {@link twoLevelWard}. */
export interface TwoLevelOptions {
  /** Starts the search for parts. */
  seed: number;
  /** Of the CPU that products may use. */
  threads: number;
  /** Vectors of the largest part: time grows with its square, and with the number of parts. */
  largestPart?: number;
  /** Branches whose centres are compared all with all. */
  branches?: number;
  /** Called every few milliseconds; may throw to stop. */
  onStep?: (() => void) | undefined;
}

/** A tree over vectors, and the branches that its upper part joins. */
export interface TwoLevelTree {
  /** count − 1 merges, children before their parents, no lower than those. */
  tree: RawTree;
  /** (count), branch of each vector, numbered from 0 by the first vector of each. */
  branchOf: Int32Array;
  /** Branches − 1 merges of the branches, labelled as `linkage` labels them; sizes are numbers of vectors. */
  merges: Merge[];
}

/** Merges, each named by one vector of either side. */
export interface RawTree {
  a: Int32Array;
  b: Int32Array;
  height: Float64Array;
}

/** What two cores group in ten minutes or so where there are a million vectors: docs/scale.md has the figures. */
const [usualPart, usualBranches] = [10_000, 20_000];
/** Share of the branches that a pass leaves: the more passes, the more meets its neighbours in time. docs/scale.md has what the share is worth. */
const step = 0.85;

/**
 * @param vectors (count, dimensions)
 * @throws RangeError when a number is not finite
 */
export async function twoLevelWard(
  vectors: Float32Array | Float64Array,
  count: number,
  dimensions: number,
  { seed, threads, largestPart = usualPart, branches = usualBranches, onStep }: TwoLevelOptions,
): Promise<TwoLevelTree> {
  requireVectors(vectors, count, dimensions);
  const tree = new GrowingTree(count);
  let level = levelOf(vectors, count, dimensions);
  for (let pass = 0; level.count > branches; pass++) {
    const found = await mergesInParts(level, { largest: largestPart, seed: seed + pass, threads, onStep });
    level = merged(level, lowest(found, level.count - Math.max(branches, Math.ceil(level.count * step))), tree);
  }
  const { sizes, leaves } = level;
  const upper = await wardMerges(level.vectors, level.count, dimensions, { threads, sizes, onStep });
  for (const merge of upper) tree.add(leaves[merge.a]!, leaves[merge.b]!, merge.height);
  return { tree: tree.finished, branchOf: level.rowOf, merges: labelMerges(upper, level.count, sizes) };
}

/** Branches at one time: the vectors themselves at first. */
interface Level {
  count: number;
  dimensions: number;
  /** (count, dimensions): their centres. */
  vectors: Float32Array | Float64Array;
  /** (count): vectors of each. */
  sizes: Float64Array;
  /** (count): one vector of each. */
  leaves: Int32Array;
  /** Of each vector, the branch that it is in. */
  rowOf: Int32Array;
}

function levelOf(vectors: Float32Array | Float64Array, count: number, dimensions: number): Level {
  const rows = Int32Array.from({ length: count }, (_, row) => row);
  return { count, dimensions, vectors, sizes: new Float64Array(count).fill(1), leaves: rows, rowOf: rows };
}

/** Ward's merges inside each part of a level, named by its rows. */
async function mergesInParts(
  { vectors, count, dimensions, sizes }: Level,
  {
    largest,
    seed,
    threads,
    onStep,
  }: { largest: number; seed: number; threads: number; onStep?: (() => void) | undefined },
): Promise<RawTree> {
  const parts = partition(vectors, count, dimensions, { largest, seed, onStep });
  const found = emptyTree(count - parts.length);
  let at = 0;
  for (const rows of parts) {
    const own = new Float64Array(rows.length * dimensions);
    for (const [i, row] of rows.entries())
      own.set(vectors.subarray(row * dimensions, (row + 1) * dimensions), i * dimensions);
    const options = { threads, sizes: Float64Array.from(rows, (row) => sizes[row]!), onStep };
    for (const { a, b, height } of await wardMerges(own, rows.length, dimensions, options)) {
      [found.a[at], found.b[at], found.height[at]] = [rows[a]!, rows[b]!, height];
      at++;
    }
  }
  return found;
}

/** The lowest merges of all parts, children first. */
function lowest({ a, b, height }: RawTree, wanted: number): RawTree {
  const order = Int32Array.from({ length: height.length }, (_, i) => i).sort(
    (p, q) => height[p]! - height[q]! || p - q,
  );
  const kept = order.subarray(0, wanted);
  const pick = (from: Int32Array) => Int32Array.from(kept, (i) => from[i]!);
  return { a: pick(a), b: pick(b), height: Float64Array.from(kept, (i) => height[i]!) };
}

/** The branches that are left after some merges, which go into the tree. */
function merged(level: Level, { a, b, height }: RawTree, tree: GrowingTree): Level {
  const { count, dimensions, vectors, sizes, leaves, rowOf } = level;
  const parent = Int32Array.from({ length: count }, (_, row) => row);
  for (let i = 0; i < height.length; i++) {
    tree.add(leaves[a[i]!]!, leaves[b[i]!]!, height[i]!);
    parent[rootOf(parent, a[i]!)] = rootOf(parent, b[i]!);
  }
  const branchOf = new Int32Array(count).fill(-1);
  let left = 0;
  for (let row = 0; row < count; row++) {
    const root = rootOf(parent, row);
    if (branchOf[root]! < 0) branchOf[root] = left++;
  }
  const next: Level = {
    ...{ count: left, dimensions, vectors: new Float64Array(left * dimensions) },
    ...{ sizes: new Float64Array(left), leaves: new Int32Array(left), rowOf: new Int32Array(rowOf.length) },
  };
  for (let row = count - 1; row >= 0; row--) {
    const branch = branchOf[rootOf(parent, row)]!;
    next.sizes[branch]! += sizes[row]!;
    next.leaves[branch] = leaves[row]!;
    for (let d = 0; d < dimensions; d++)
      next.vectors[branch * dimensions + d]! += sizes[row]! * vectors[row * dimensions + d]!;
  }
  for (let i = 0; i < next.vectors.length; i++) next.vectors[i]! /= next.sizes[Math.floor(i / dimensions)]!;
  for (const [leaf, row] of rowOf.entries()) next.rowOf[leaf] = branchOf[rootOf(parent, row)]!;
  return next;
}

/** Labelled as `linkage` labels them. */
export function mergesOf({ a, b, height }: RawTree): Merge[] {
  const raw = Array.from(height, (value, i) => ({ a: a[i]!, b: b[i]!, height: value }));
  return labelMerges(raw, height.length + 1);
}

function emptyTree(merges: number): RawTree {
  return { a: new Int32Array(merges), b: new Int32Array(merges), height: new Float64Array(merges) };
}

/** Merges of all passes. None is lower than those below it, though a pair at a border may have been found late. */
class GrowingTree {
  readonly finished: RawTree;
  private merges = 0;
  private readonly parent: Int32Array;
  private readonly top: Float64Array;

  constructor(count: number) {
    this.finished = emptyTree(Math.max(0, count - 1));
    this.parent = Int32Array.from({ length: count }, (_, leaf) => leaf);
    this.top = new Float64Array(count);
  }

  add(a: number, b: number, height: number): void {
    const [gone, kept] = [rootOf(this.parent, a), rootOf(this.parent, b)];
    const top = Math.max(height, this.top[gone]!, this.top[kept]!);
    this.parent[gone] = kept;
    this.top[kept] = top;
    const { finished, merges } = this;
    [finished.a[merges], finished.b[merges], finished.height[merges]] = [a, b, top];
    this.merges++;
  }
}

function rootOf(parent: Int32Array, node: number): number {
  let top = node;
  while (parent[top] !== top) top = parent[top]!;
  // Path compression keeps later walks short.
  for (let at = node; at !== top;) [at, parent[at]] = [parent[at]!, top];
  return top;
}
