// Ward's dendrogram straight from vectors, without the matrix of all distances: 50,000 images in the memory of their vectors.
// In rounds, every cluster's nearest neighbour is found by matrix products, and all pairs that are nearest to each other merge at once:
// Ward's distance is reducible, so no merge brings a cluster nearer to a third, and the tree is that of the nearest-neighbour chain.
import { Tensor, type InferenceSession } from 'onnxruntime-node';
import { squaredDistance } from '../algebra/vectors';
import { openSession } from '../onnx/inference-session';
import { encodeOnnx } from '../onnx/encode';
import { labelMerges, type Merge, type RawMerge } from './linkage';
import { requireVectors } from './preconditions';

/** Neighbours that the products propose; the nearest of them is found in double precision. */
const proposals = 8;
/** Numbers of one product, of which there are a few at a time: 2 MB each. */
const productSize = 2 ** 19;
/** Of the products' float32 distances, as a share of the largest squared norm; what lies within it may be nearer than it seems. */
const tolerance = 1e-5;

/**
 * @param vectors (count, dimensions)
 * @param threads of the CPU that the products may use
 * @param onStep called after every product; may throw to stop
 * @returns count − 1 merges by rising height, labelled and with heights as `linkage` gives them
 * @throws RangeError when a number is not finite
 */
export async function wardFromVectors(
  vectors: Float32Array | Float64Array,
  count: number,
  dimensions: number,
  threads: number,
  onStep?: () => void,
): Promise<Merge[]> {
  return labelMerges(await wardMerges(vectors, count, dimensions, { threads, onStep }), count);
}

/** Options of {@link wardMerges}. */
export interface WardOptions {
  /** Of the CPU that the products may use. */
  threads: number;
  /** (count): vectors that each row is the mean of; absent: 1. */
  sizes?: Float64Array | undefined;
  /** Called after every product; may throw to stop. */
  onStep?: (() => void) | undefined;
}

/**
 * The merges of Ward's tree in the order in which they are found. Rows that stand for several vectors continue the tree of all vectors, of which
 * their groups are branches: heights grow with sizes as there.
 * @param vectors (count, dimensions)
 * @throws RangeError when a number is not finite
 */
export async function wardMerges(
  vectors: Float32Array | Float64Array,
  count: number,
  dimensions: number,
  { threads, sizes, onStep }: WardOptions,
): Promise<RawMerge[]> {
  requireVectors(vectors, count, dimensions);
  const clusters = new Clusters(vectors, count, dimensions, sizes);
  const products = await openSession(proposalModel(dimensions), 'cpu', threads);
  const merges: RawMerge[] = [];
  const nearest = new Int32Array(count).fill(-1);
  let active = mergeCopies(vectors, clusters, merges);
  let open = active;
  while (merges.length < count - 1) {
    await findNearest(products, clusters, active, open, nearest, onStep);
    const gone = new Set<number>();
    const changed = new Set<number>();
    for (const a of active) {
      const b = nearest[a]!;
      // Each pair once; the one of the larger index lives on, as in the chain.
      if (b < a || nearest[b] !== a) continue;
      merges.push({ a, b, height: Math.sqrt(clusters.distance(a, b)) });
      clusters.merge(a, b);
      gone.add(a);
      changed.add(b);
    }
    active = active.filter((cluster) => !gone.has(cluster));
    open = active.filter(
      (cluster) => changed.has(cluster) || gone.has(nearest[cluster]!) || changed.has(nearest[cluster]!),
    );
  }
  await products.release();
  return merges;
}

/**
 * Copies merge at height zero before anything is compared: they are all equally near, and would merge one a round.
 * @returns the clusters that are left
 */
function mergeCopies(vectors: Float32Array | Float64Array, clusters: Clusters, merges: RawMerge[]): number[] {
  const { count, dimensions } = clusters;
  const rowBytes = dimensions * vectors.BYTES_PER_ELEMENT;
  const bytes = Buffer.from(vectors.buffer, vectors.byteOffset, vectors.byteLength);
  const last = new Map<string, number>();
  for (let i = 0; i < count; i++) {
    const row = bytes.toString('latin1', i * rowBytes, (i + 1) * rowBytes);
    const copy = last.get(row);
    if (copy !== undefined) {
      merges.push({ a: copy, b: i, height: 0 });
      clusters.merge(copy, i);
    }
    last.set(row, i);
  }
  return [...last.values()].sort((a, b) => a - b);
}

/** Sizes and centroids. */
class Clusters {
  readonly sizes: Float64Array;
  /** (count, dimensions), relative to the mean of all: that keeps the products' rounding small. */
  readonly centroids: Float64Array;
  /** Squared norms of the centroids. */
  readonly norms: Float64Array;

  constructor(
    vectors: Float32Array | Float64Array,
    readonly count: number,
    readonly dimensions: number,
    sizes: Float64Array = new Float64Array(count).fill(1),
  ) {
    this.sizes = sizes.slice();
    this.centroids = Float64Array.from(vectors);
    this.norms = new Float64Array(count);
    for (let d = 0; d < dimensions; d++) {
      let mean = 0;
      for (let i = d; i < this.centroids.length; i += dimensions) mean += this.centroids[i]! / count;
      for (let i = d; i < this.centroids.length; i += dimensions) this.centroids[i]! -= mean;
    }
    for (let i = 0; i < count; i++) this.measure(i);
  }

  /** Squared height of the merge of two: 2 |a||b| / (|a|+|b|) ‖c_a − c_b‖². The same for (a, b) and (b, a), to the last bit. */
  distance(a: number, b: number): number {
    const [first, second] = a < b ? [a, b] : [b, a];
    const from = first * this.dimensions;
    const to = second * this.dimensions;
    const square = squaredDistance(this.centroids, from, this.centroids, to, this.dimensions);
    return (square * 2 * this.sizes[first]! * this.sizes[second]!) / (this.sizes[first]! + this.sizes[second]!);
  }

  merge(gone: number, kept: number): void {
    const size = this.sizes[gone]! + this.sizes[kept]!;
    const share = this.sizes[gone]! / size;
    for (let d = 0; d < this.dimensions; d++) {
      const at = kept * this.dimensions + d;
      this.centroids[at]! += share * (this.centroids[gone * this.dimensions + d]! - this.centroids[at]!);
    }
    this.sizes[kept] = size;
    this.measure(kept);
  }

  private measure(cluster: number): void {
    const row = this.centroids.subarray(cluster * this.dimensions, (cluster + 1) * this.dimensions);
    this.norms[cluster] = row.reduce((sum, value) => sum + value * value, 0);
  }
}

/** Fills in `nearest` for the clusters of `open`, among those of `active`. */
async function findNearest(
  products: InferenceSession,
  clusters: Clusters,
  active: readonly number[],
  open: readonly number[],
  nearest: Int32Array,
  onStep?: () => void,
): Promise<void> {
  const { dimensions, centroids, norms, sizes } = clusters;
  const wide = dimensions + 2;
  // (c, ‖c‖², 1) against (−2c, 1, ‖c‖²): their product is the squared distance.
  const rows = (members: readonly number[], scale: number, normAt: number): Float32Array => {
    const filled = new Float32Array(members.length * wide).fill(1);
    for (const [row, member] of members.entries()) {
      for (let d = 0; d < dimensions; d++) filled[row * wide + d] = scale * centroids[member * dimensions + d]!;
      filled[row * wide + dimensions + normAt] = norms[member]!;
    }
    return filled;
  };
  const weights = (members: readonly number[]) => Float32Array.from(members, (member) => 0.5 / sizes[member]!);
  const k = Math.min(proposals, active.length);
  const all = new Tensor('float32', rows(active, 1, 0), [active.length, wide]);
  const allWeights = new Tensor('float32', weights(active), [1, active.length]);
  const largestNorm = active.reduce((most, member) => Math.max(most, norms[member]!), 0);
  const queriesAtOnce = Math.max(16, Math.floor(productSize / active.length));
  const candidates: number[] = [];
  for (let first = 0; first < open.length; first += queriesAtOnce) {
    const queries = open.slice(first, first + queriesAtOnce);
    const { distances, indices } = await products.run({
      queries: new Tensor('float32', rows(queries, -2, 1), [queries.length, wide]),
      queryWeights: new Tensor('float32', weights(queries), [queries.length, 1]),
      all,
      allWeights,
      k: new Tensor('int64', [BigInt(k)], [1]),
    });
    const proposed = indices!.data as BigInt64Array;
    const values = distances!.data as Float32Array;
    for (const [row, query] of queries.entries()) {
      for (let i = 0; i < k; i++) candidates[i] = active[Number(proposed[row * k + i])]!;
      const found = nearestOf(clusters, query, candidates);
      // What was not proposed is at least as far as the last proposal, but for the products' rounding.
      const bound = values[(row + 1) * k - 1]! - tolerance * 4 * sizes[query]! * largestNorm;
      const isSure = k === active.length || found.distance < bound;
      nearest[query] = isSure ? found.cluster : nearestOf(clusters, query, active).cluster;
    }
    onStep?.();
  }
}

/** Of equally near ones that with the smallest pair of indices: so that somewhere two are always nearest to each other. */
function nearestOf(clusters: Clusters, query: number, candidates: readonly number[]) {
  let cluster = -1;
  let least = Infinity;
  for (const candidate of candidates) {
    if (candidate === query) continue;
    const distance = clusters.distance(query, candidate);
    if (distance < least || (distance === least && isSmallerPair(query, candidate, cluster))) {
      [cluster, least] = [candidate, distance];
    }
  }
  return { cluster, distance: least };
}

function isSmallerPair(query: number, candidate: number, other: number): boolean {
  const [low, otherLow] = [Math.min(query, candidate), Math.min(query, other)];
  return low !== otherLow ? low < otherLow : Math.max(query, candidate) < Math.max(query, other);
}

/** Squared distances over (1/2|a| + 1/2|b|), the smallest k of each query. */
function proposalModel(dimensions: number): Uint8Array {
  const wide = dimensions + 2;
  return encodeOnnx({
    name: 'nearest-clusters',
    inputs: [
      { name: 'queries', type: 'float32', shape: ['Q', wide] },
      { name: 'queryWeights', type: 'float32', shape: ['Q', 1] },
      { name: 'all', type: 'float32', shape: ['A', wide] },
      { name: 'allWeights', type: 'float32', shape: [1, 'A'] },
      { name: 'k', type: 'int64', shape: [1] },
    ],
    outputs: [
      { name: 'distances', type: 'float32', shape: ['Q', 'K'] },
      { name: 'indices', type: 'int64', shape: ['Q', 'K'] },
    ],
    nodes: [
      { operator: 'Gemm', inputs: ['queries', 'all'], outputs: ['squares'], attributes: { transB: 1 } },
      { operator: 'Add', inputs: ['queryWeights', 'allWeights'], outputs: ['weights'] },
      { operator: 'Div', inputs: ['squares', 'weights'], outputs: ['costs'] },
      {
        operator: 'TopK',
        inputs: ['costs', 'k'],
        outputs: ['distances', 'indices'],
        attributes: { axis: 1, largest: 0, sorted: 1 },
      },
    ],
  });
}
