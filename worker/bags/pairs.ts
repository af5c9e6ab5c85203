// All pairs of images: one product a pair gives the distances of Eq. 5 in both directions and the whole Hausdorff family.
import type { AggregateName } from '../api/settings';
import { condensedIndex } from '../algebra/condensed';
import { throwIfCancelled, type CancelFlag } from '../base/cancel';
import { blockImages, distance, type NearestPatches, type PatchKernel } from './kernel';
import { Aggregated, type AggregatedArrays } from './search';

/** Part of the pairs: image indices [first, end) against [first, end). */
export interface Tile {
  rows: [first: number, end: number];
  columns: [first: number, end: number];
}

/** All pairs i < j of `count` images, in tiles, in an order that depends on nothing else. */
export function tilesOf(count: number): Tile[] {
  // Small enough to share out evenly, large enough that reading the bags costs little.
  const side = count <= 256 ? 8 : 16;
  const tiles: Tile[] = [];
  const range = (first: number): [number, number] => [first, Math.min(first + side, count)];
  for (let row = 0; row < count; row += side) {
    for (let column = row; column < count; column += side) tiles.push({ rows: range(row), columns: range(column) });
  }
  return tiles;
}

/**
 * What is kept of a pair (i, j), i < j. With d_m = min_n ‖z_m^i − z_n^j‖, forward is over the patches m of i and backward over those
 * of j: the largest d (Eq. 3) and the patch that has it, the mean d; the smallest of all; and the mean over all pairs of patches.
 */
export const pairFields = [
  'largestForward',
  'largestBackward',
  'patchForward',
  'patchBackward',
  'meanForward',
  'meanBackward',
  'smallest',
  'meanOfAll',
] as const;
export type PairField = (typeof pairFields)[number];

/** What a tile adds to the {@link PairTable}. */
export interface TileResult {
  /** For each row image over the column images, then for each column image over the row images: (rows + columns, M). */
  aggregated: AggregatedArrays;
  /** (pairs of the tile, fields) */
  pairs: Float32Array;
}

/** The bags of one tile, ready to be compared. */
export interface TileSearch {
  /** The row image `row` of the tile against `count` column images from `column` on. */
  nearest(row: number, column: number, count: number): Promise<NearestPatches>;
}

/**
 * Compares all patches with all.
 * @param rowBags (rows, M, D)
 * @param columnBags (columns, M, D)
 * @param size numbers of one bag: M · D
 */
export function exactSearch(
  kernel: PatchKernel,
  rowBags: Float32Array,
  columnBags: Float32Array,
  size: number,
  dimensions: number,
): TileSearch {
  return {
    nearest: (row, column, count) =>
      kernel.run(
        rowBags.subarray(row * size, (row + 1) * size),
        columnBags.subarray(column * size, (column + count) * size),
        count,
        dimensions,
      ),
  };
}

/** Of each image of a tile, how many patches are its own: the others only fill its bag up, and as neighbours are nothing new. */
export interface OwnPatches {
  rows: readonly number[];
  columns: readonly number[];
}

/**
 * Compares the pairs i < j of a tile.
 * @param patches M of a bag
 * @param own all of them, unless told
 */
export async function compareTile(
  search: TileSearch,
  { rows, columns }: Tile,
  patches: number,
  flag: CancelFlag,
  own?: OwnPatches,
): Promise<TileResult> {
  const rowCount = rows[1] - rows[0];
  const aggregated = new Aggregated((rowCount + columns[1] - columns[0]) * patches);
  const pairs: number[] = [];
  for (let i = rows[0]; i < rows[1]; i++) {
    const row = i - rows[0];
    for (let first = Math.max(columns[0], i + 1); first < columns[1]; first += blockImages) {
      throwIfCancelled(flag);
      const count = Math.min(blockImages, columns[1] - first);
      const column = first - columns[0];
      const { forward, backward, means } = await search.nearest(row, column, count);
      for (let j = 0; j < count; j++) {
        const [ownRow, ownColumn] = [own?.rows[row] ?? patches, own?.columns[column + j] ?? patches];
        const there = direction(forward, j, count, aggregated, row * patches, ownRow);
        const back = direction(backward, j * patches, 1, aggregated, (rowCount + column + j) * patches, ownColumn);
        pairs.push(there.largest, back.largest, there.patch, back.patch, there.mean, back.mean, there.smallest);
        pairs.push(meanOf(means, j, count, ownRow));
      }
    }
  }
  return { aggregated, pairs: Float32Array.from(pairs) };
}

/** Mean over the patches m of (M, J) means, in double precision; NaN when there are none. */
function meanOf(means: Float32Array, j: number, count: number, patches: number): number {
  let sum = 0;
  for (let m = 0; m < patches; m++) sum += means[m * count + j] ?? NaN;
  return sum / patches;
}

/** One direction of one pair: M squared distances at `from`, `from` + `step`, … */
function direction(
  squares: Float32Array,
  from: number,
  step: number,
  aggregated: Aggregated,
  target: number,
  patches: number,
): { largest: number; patch: number; mean: number; smallest: number } {
  let largest = -1;
  let patch = 0;
  let sum = 0;
  let smallest = Infinity;
  for (let m = 0, at = from; m < patches; m++, at += step) {
    const value = distance(squares[at]!);
    aggregated.add(target + m, value);
    sum += value;
    if (value < smallest) smallest = value;
    if (value > largest) {
      largest = value;
      patch = m;
    }
  }
  return { largest, patch, mean: sum / patches, smallest };
}

/** Everything that is known of all pairs of `count` images, filled tile by tile. */
export class PairTable {
  private readonly aggregated: Aggregated;
  /** (pairs, fields), pairs i < j row after row */
  private readonly pairs: Float32Array;

  constructor(
    readonly count: number,
    readonly patches: number,
  ) {
    this.aggregated = new Aggregated(count * patches);
    this.pairs = new Float32Array(((count * (count - 1)) / 2) * pairFields.length);
  }

  /** Arrays behind it, so that it can be kept and filled again. */
  get arrays(): [Float64Array, Float32Array, Float32Array, Float32Array] {
    return [this.aggregated.sums, this.aggregated.largest, this.aggregated.smallest, this.pairs];
  }

  /**
   * Takes in what was found of a tile. Each tile is added once.
   * @param tile which images were compared: rows from..to with columns from..to
   * @param result aggregated distances of the rows' patches and then of the columns', and the fields of the pairs i < j, row after row
   */
  add({ rows, columns }: Tile, { aggregated, pairs }: TileResult): void {
    const { patches } = this;
    const rowSize = (rows[1] - rows[0]) * patches;
    this.aggregated.merge(aggregated, 0, rows[0] * patches, rowSize);
    this.aggregated.merge(aggregated, rowSize, columns[0] * patches, (columns[1] - columns[0]) * patches);
    let from = 0;
    for (let i = rows[0]; i < rows[1]; i++) {
      const first = Math.max(columns[0], i + 1);
      if (first >= columns[1]) continue;
      const size = (columns[1] - first) * pairFields.length;
      this.pairs.set(pairs.subarray(from, from + size), condensedIndex(this.count, i, first) * pairFields.length);
      from += size;
    }
  }

  /** Eq. 5: distances (M) of image i's patches to all other images. */
  distances(i: number, aggregate: AggregateName): Float32Array {
    return this.aggregated.result(aggregate, this.count - 1, i * this.patches, this.patches);
  }

  /** A field of all pairs i < j, condensed as scipy's pdist. */
  field(name: PairField): Float32Array {
    const offset = pairFields.indexOf(name);
    return Float32Array.from(
      { length: this.pairs.length / pairFields.length },
      (_, pair) => this.pairs[pair * pairFields.length + offset]!,
    );
  }

  /** How often each patch of image i is the one that decides max-Hausdorff's direction from i to another image: (M), sums to one. */
  choices(i: number): Float32Array {
    const share = new Float32Array(this.patches);
    const [forward, backward] = [pairFields.indexOf('patchForward'), pairFields.indexOf('patchBackward')];
    for (let j = 0; j < this.count; j++) {
      if (j === i) continue;
      const pair = condensedIndex(this.count, i, j);
      const patch = this.pairs[pair * pairFields.length + (i < j ? forward : backward)]!;
      share[patch]! += 1 / (this.count - 1);
    }
    return share;
  }
}
