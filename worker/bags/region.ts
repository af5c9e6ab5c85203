// How well a region of one image is found in another: its patches' nearest ones there, and the window of its size that suits it best.
import { squaredDistance } from '../algebra/vectors';
import type { PatchGrid } from '../api/analysis';
import { throwIfCancelled, type CancelFlag } from '../base/cancel';
import { distance } from './kernel';
import type { PatchBox } from './patch-box';
import type { Product } from '../algebra/product';

/** The patches of a region. */
export interface PatchRegion {
  /** (R, D), row-major over the box; may lie in shared memory. */
  patches: Float32Array;
  /** Its size counts; where another image has fewer rows or columns, it is as large as they are. */
  box: PatchBox;
}

/** Where a region was found in an image, and how alike it is there. */
export interface FoundRegion {
  /** 1/R Σ_r min_n ‖z_r − z_n‖ over all patches n of the image: one direction of Eq. 3, with the mean. */
  distance: number;
  /** The window of the region's size whose own patches n give the smallest such mean; of equals the first. */
  box: PatchBox;
}

/** Patches of the region in one product: a few milliseconds between two looks at the cancel flag, and little memory. */
const blockPatches = 64;

/**
 * @param bag (M, D) of the image that is searched
 * @param grid of that image
 * @param counted patches of it that count; absent: all of them
 */
export async function findRegion(
  product: Pick<Product, 'multiply'>,
  { patches, box }: PatchRegion,
  bag: Float32Array,
  grid: PatchGrid,
  flag: CancelFlag,
  counted?: Uint16Array,
): Promise<FoundRegion> {
  const searched = grid.rows * grid.columns;
  const dimensions = bag.length / searched;
  const count = patches.length / dimensions;
  const lengths = squaredLengths(bag, dimensions);
  // What does not count is as far as can be.
  if (counted) {
    const isCounted = new Set(counted);
    for (let n = 0; n < searched; n++) if (!isCounted.has(n)) lengths[n] = Infinity;
  }
  const size = { ...box, rows: Math.min(box.rows, grid.rows), columns: Math.min(box.columns, grid.columns) };
  const windows = new Windows(size, grid);
  let sum = 0;
  for (let first = 0; first < count; first += blockPatches) {
    throwIfCancelled(flag);
    // A copy of its own: ONNX Runtime may take no tensors over shared memory.
    const block = patches.slice(first * dimensions, (first + blockPatches) * dimensions);
    const blockLengths = squaredLengths(block, dimensions);
    const products = new Float32Array(blockLengths.length * searched);
    await product.multiply(block, bag, dimensions, products);
    for (const [r, length] of blockLengths.entries()) {
      const squares = products.subarray(r * searched, (r + 1) * searched);
      for (let n = 0; n < searched; n++) squares[n] = length + lengths[n]! - 2 * squares[n]!;
      // Once more from the numbers themselves, so that a patch that is there again has the distance 0.
      sum += distanceBetween(block, r, bag, indexOfSmallest(squares), dimensions);
      windows.add(squares);
    }
  }
  return { distance: sum / count, box: windows.best() };
}

/** Sums, for every window of a box's size in a grid, of the distances to the window's nearest patch. */
class Windows {
  private readonly down: number;
  private readonly across: number;
  /** (down, across) */
  private readonly sums: Float64Array;

  constructor(
    private readonly box: PatchBox,
    private readonly grid: PatchGrid,
  ) {
    this.down = grid.rows - box.rows + 1;
    this.across = grid.columns - box.columns + 1;
    this.sums = new Float64Array(this.down * this.across);
  }

  /** @param squares (M) squared distances of one patch to those of the grid; changed */
  add(squares: Float32Array): void {
    const { box, grid, down, across, sums } = this;
    slideMinimum(squares, 1, box.columns);
    slideMinimum(squares, grid.columns, box.rows);
    for (let row = 0, window = 0; row < down; row++) {
      for (let column = 0; column < across; column++, window++) {
        sums[window]! += distance(squares[row * grid.columns + column]!);
      }
    }
  }

  best(): PatchBox {
    const window = indexOfSmallest(this.sums);
    return { ...this.box, row: Math.floor(window / this.across), column: window % this.across };
  }
}

/** Puts at i, where the array goes that far, the smallest of the `count` values at i, i + `step`, …; by windows that double in size. */
function slideMinimum(values: Float32Array, step: number, count: number): void {
  for (let size = 1; size < count;) {
    const more = Math.min(size, count - size);
    const [ahead, end] = [more * step, values.length - more * step];
    for (let i = 0; i < end; i++) values[i] = Math.min(values[i]!, values[i + ahead]!);
    size += more;
  }
}

function indexOfSmallest(values: Float32Array | Float64Array): number {
  let index = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! < values[index]!) index = i;
  return index;
}

/** (M) squared lengths of patches (M, D): rounding to half precision leaves them near one. */
function squaredLengths(patches: Float32Array, dimensions: number): Float64Array {
  const lengths = new Float64Array(patches.length / dimensions);
  for (let m = 0, at = 0; m < lengths.length; m++) {
    let square = 0;
    for (let d = 0; d < dimensions; d++, at++) square += patches[at]! * patches[at]!;
    lengths[m] = square;
  }
  return lengths;
}

/** Of patch `m` of one bag and `n` of another. */
function distanceBetween(a: Float32Array, m: number, b: Float32Array, n: number, dimensions: number): number {
  return Math.sqrt(squaredDistance(a, m * dimensions, b, n * dimensions, dimensions));
}
