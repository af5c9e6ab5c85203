// Aggregated distances of patches to other images: the inner part of Eq. 5, 6 and 7, run by the pool's workers.
import { throwIfCancelled, type CancelFlag } from '../cancel';
import { blockImages, distanceOfProduct, type NearestPatchKernel } from './kernel';

/** Bags of several images in memory that all threads share: (count, M, D). */
export interface SharedBags {
  buffer: SharedArrayBuffer;
  count: number;
  patches: number;
  dimensions: number;
}

/** How distances to several images become one: the mean of Eq. 5 and 7, the smallest of Eq. 6. */
export type Aggregate = 'mean' | 'min';

export function allocateBags(count: number, patches: number, dimensions: number): SharedBags {
  const buffer = new SharedArrayBuffer(count * patches * dimensions * Float32Array.BYTES_PER_ELEMENT);
  return { buffer, count, patches, dimensions };
}

/** (count·M, D) of some neighbouring images, without a copy. */
export function bagsView(bags: SharedBags, first: number, count = 1): Float32Array {
  const size = bags.patches * bags.dimensions;
  return new Float32Array(bags.buffer, first * size * Float32Array.BYTES_PER_ELEMENT, count * size);
}

/** A copy in memory of this thread only: Node 20's ONNX Runtime takes no tensors over shared memory. */
function ownBags(bags: SharedBags, first: number, count = 1): Float32Array {
  return Float32Array.from(bagsView(bags, first, count));
}

/**
 * Aggregates min_n ‖z_m − z_n^j‖ over the images j of `references`, except `own`.
 * @param bag (M, D)
 * @param own index of the image itself among the references (Eq. 7 leaves it out), or -1
 * @returns (M); zeros when there is no other image
 */
export async function distancesToReferences(
  kernel: NearestPatchKernel,
  bag: Float32Array,
  references: SharedBags,
  own: number,
  aggregate: Aggregate,
  flag: CancelFlag,
): Promise<Float32Array> {
  const total = new Float64Array(references.patches).fill(aggregate === 'mean' ? 0 : Infinity);
  let others = 0;
  for (let first = 0; first < references.count; first += blockImages) {
    throwIfCancelled(flag);
    const count = Math.min(blockImages, references.count - first);
    const block = ownBags(references, first, count);
    const { forward } = await kernel.run(bag, block, count, references.dimensions);
    for (let j = 0; j < count; j++) {
      if (first + j === own) continue;
      others++;
      for (let m = 0; m < total.length; m++) {
        const distance = distanceOfProduct(forward[m * count + j]!);
        total[m] = aggregate === 'mean' ? total[m]! + distance : Math.min(total[m]!, distance);
      }
    }
  }
  if (others === 0) return new Float32Array(total.length);
  return Float32Array.from(total, (sum) => (aggregate === 'mean' ? sum / others : sum));
}

/** Part of the pairs of Eq. 5: image indices [first, end) against [first, end). */
export interface Tile {
  rows: [first: number, end: number];
  columns: [first: number, end: number];
}

/** Images on a tile's side: small enough to share out evenly, large enough that few results are sent. */
const tileSide = 8;

/** All pairs i < j of `count` images, in tiles, in a fixed order. */
export function tilesOf(count: number): Tile[] {
  const tiles: Tile[] = [];
  const range = (first: number): [number, number] => [first, Math.min(first + tileSide, count)];
  for (let row = 0; row < count; row += tileSide) {
    for (let column = row; column < count; column += tileSide) tiles.push({ rows: range(row), columns: range(column) });
  }
  return tiles;
}

/**
 * Sums of nearest-patch distances over the pairs i < j of a tile; one product serves both directions of a pair.
 * @returns (rows + columns, M): for each row image the sum over the column images, then for each column image over the rows
 */
export async function tileSums(
  kernel: NearestPatchKernel,
  bags: SharedBags,
  { rows, columns }: Tile,
  flag: CancelFlag,
): Promise<Float32Array> {
  const { patches, dimensions } = bags;
  const rowCount = rows[1] - rows[0];
  const sums = new Float64Array((rowCount + columns[1] - columns[0]) * patches);
  for (let i = rows[0]; i < rows[1]; i++) {
    const image = ownBags(bags, i);
    const rowOffset = (i - rows[0]) * patches;
    for (let first = Math.max(columns[0], i + 1); first < columns[1]; first += blockImages) {
      throwIfCancelled(flag);
      const count = Math.min(blockImages, columns[1] - first);
      const { forward, backward } = await kernel.run(image, ownBags(bags, first, count), count, dimensions);
      const columnOffset = (rowCount + first - columns[0]) * patches;
      for (let m = 0; m < patches; m++) {
        let sum = 0;
        for (let j = 0; j < count; j++) sum += distanceOfProduct(forward[m * count + j]!);
        sums[rowOffset + m]! += sum;
      }
      for (let n = 0; n < count * patches; n++) sums[columnOffset + n]! += distanceOfProduct(backward[n]!);
    }
  }
  return Float32Array.from(sums);
}

/** Adds a tile's sums to the totals (count, M) of all images. */
export function addTile(totals: Float64Array, sums: Float32Array, { rows, columns }: Tile, patches: number): void {
  let offset = 0;
  for (const [first, end] of [rows, columns]) {
    for (let i = first * patches; i < end * patches; i++) totals[i]! += sums[offset++]!;
  }
}
