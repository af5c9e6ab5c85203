// Parts of many vectors that are near each other, none larger than a limit: what is searched for pairs one part at a time.
import { createRandom } from '../../base/random';
import { squaredDistance } from '../../algebra/vectors';
import { kmeans } from '../kmeans';

export interface PartitionOptions {
  /** Vectors of the largest part. */
  largest: number;
  seed: number;
  /** Called every few milliseconds; may throw to stop. */
  onStep?: (() => void) | undefined;
}

/** Vectors that the centres of the parts are found from, for each part. */
const sampleOfPart = 200;
/** Parts of one split: more centres take long to find, and what is still too large is split again. */
const mostParts = 128;
/** Vectors between two steps. */
const stepRows = 5000;

/**
 * k-means of a sample, whose centres all others are given to; parts that are too large are split again.
 * @param vectors (count, dimensions), finite
 * @returns rows of each part, rising
 */
export function partition(
  vectors: Float32Array | Float64Array,
  count: number,
  dimensions: number,
  { largest, seed, onStep }: PartitionOptions,
): Int32Array[] {
  const parts: Int32Array[] = [];
  const pending: Int32Array[] = [Int32Array.from({ length: count }, (_, row) => row)];
  for (let rows = pending.pop(); rows !== undefined; rows = pending.pop()) {
    if (rows.length <= largest) parts.push(rows);
    else pending.push(...split(vectors, dimensions, rows, { largest, seed: seed + parts.length, onStep }));
  }
  return parts.filter(({ length }) => length > 0);
}

function split(
  vectors: Float32Array | Float64Array,
  dimensions: number,
  rows: Int32Array,
  { largest, seed, onStep }: PartitionOptions,
): Int32Array[] {
  // Some become larger than others.
  const k = Math.min(mostParts, Math.ceil((2 * rows.length) / largest));
  const random = createRandom(seed);
  const sampled = Math.min(rows.length, k * sampleOfPart);
  const sample = new Float64Array(sampled * dimensions);
  for (let i = 0; i < sampled; i++) {
    const from = rows[random.integer(0, rows.length - 1)]! * dimensions;
    sample.set(vectors.subarray(from, from + dimensions), i * dimensions);
  }
  const { centres } = kmeans(sample, sampled, dimensions, k, { seed, restarts: 1, onStep });
  const labels = new Int32Array(rows.length);
  const sizes = new Int32Array(k);
  for (const [i, row] of rows.entries()) {
    if (i % stepRows === 0) onStep?.();
    labels[i] = nearestCentre(vectors, row * dimensions, centres, k, dimensions);
    sizes[labels[i]]!++;
  }
  // Copies share a centre: they are parted by their order.
  if (sizes.some((size) => size === rows.length)) return slices(rows, largest);
  const parts = Array.from(sizes, (size) => new Int32Array(size));
  const filled = new Int32Array(k);
  for (const [i, row] of rows.entries()) parts[labels[i]!]![filled[labels[i]!]!++] = row;
  return parts;
}

function nearestCentre(
  vectors: Float32Array | Float64Array,
  from: number,
  centres: Float64Array,
  k: number,
  dimensions: number,
): number {
  let [nearest, least] = [0, Infinity];
  for (let centre = 0; centre < k; centre++) {
    const square = squaredDistance(vectors, from, centres, centre * dimensions, dimensions);
    if (square < least) [nearest, least] = [centre, square];
  }
  return nearest;
}

function slices(rows: Int32Array, largest: number): Int32Array[] {
  return Array.from({ length: Math.ceil(rows.length / largest) }, (_, i) =>
    rows.subarray(i * largest, (i + 1) * largest),
  );
}
