// Aggregated distances of one image's patches to reference images: the inner part of Eq. 6 and 7, run by the pool's workers.
import type { AggregateName } from '../api/settings';
import { throwIfCancelled, type CancelFlag } from '../base/cancel';
import { blockImages, distance, type PatchKernel } from './kernel';

/** Bags of several images in memory that all threads share: (count, M, D). */
export interface SharedBags {
  buffer: SharedArrayBuffer;
  count: number;
  patches: number;
  dimensions: number;
}

/** Room for the bags of `count` images, all zeros. @throws RangeError when there is no such block of memory */
export function allocateBags(count: number, patches: number, dimensions: number): SharedBags {
  const buffer = new SharedArrayBuffer(count * patches * dimensions * Float32Array.BYTES_PER_ELEMENT);
  return { buffer, count, patches, dimensions };
}

/** (count·M, D) of some neighbouring images, without a copy. */
export function bagsView(bags: SharedBags, first: number, count = 1): Float32Array {
  const size = bags.patches * bags.dimensions;
  return new Float32Array(bags.buffer, first * size * Float32Array.BYTES_PER_ELEMENT, count * size);
}

/** One image, ready to be compared with references. */
export interface ReferenceBlocks {
  /** Squared distances (M or more, count) of its patches to the nearest ones of `count` references from `first` on. */
  nearest(first: number, count: number): Promise<Float32Array>;
}

/** Compares all patches of an image with all of the references. @param bag (M, D) */
export function exactBlocks(kernel: PatchKernel, bag: Float32Array, references: SharedBags): ReferenceBlocks {
  return {
    nearest: async (first, count) =>
      (await kernel.run(bag, bagsView(references, first, count), count, references.dimensions)).forward,
  };
}

/**
 * Aggregates min_n ‖z_m − z_n^j‖ over the references j, except `own`. Eq. 7 takes the mean; the smallest over normal images is Eq. 6.
 * @param own index of the image itself among the references (Eq. 7 leaves it out), or -1
 * @returns (M); zeros when there is no other image
 */
export async function distancesToReferences(
  blocks: ReferenceBlocks,
  { count: all, patches }: Pick<SharedBags, 'count' | 'patches'>,
  own: number,
  aggregate: AggregateName,
  flag: CancelFlag,
): Promise<Float32Array> {
  const aggregated = new Aggregated(patches);
  const others = Array.from({ length: all }, (_, slot) => slot).filter((slot) => slot !== own);
  await addReferences(aggregated, blocks, others, flag);
  return aggregated.result(aggregate, others.length);
}

/** Σ_j min_n ‖z_m − z_n^j‖ over the references in some slots. @returns (M) */
export async function sumToReferences(
  blocks: ReferenceBlocks,
  slots: readonly number[],
  patches: number,
  flag: CancelFlag,
): Promise<Float64Array> {
  const aggregated = new Aggregated(patches);
  await addReferences(aggregated, blocks, slots, flag);
  return aggregated.sums;
}

/** @param slots rising; neighbours are compared at once */
async function addReferences(
  aggregated: Aggregated,
  blocks: ReferenceBlocks,
  slots: readonly number[],
  flag: CancelFlag,
): Promise<void> {
  for (let at = 0; at < slots.length;) {
    throwIfCancelled(flag);
    const first = slots[at]!;
    let count = 1;
    while (count < blockImages && slots[at + count] === first + count) count++;
    const squares = await blocks.nearest(first, count);
    for (let m = 0; m < aggregated.sums.length; m++) {
      for (let j = 0; j < count; j++) aggregated.add(m, distance(squares[m * count + j]!));
    }
    at += count;
  }
}

/** What crosses from thread to thread. */
export type AggregatedArrays = Pick<Aggregated, 'sums' | 'largest' | 'smallest'>;

/**
 * Distances are summed in steps of 2^-30, a thousandth of their own rounding: such sums are exact in double precision, so they are the
 * same in any order, and what was added can be taken away again.
 */
const grains = 2 ** 30;

/** Sum, largest and smallest of what was added for each patch of one image or of several. */
export class Aggregated {
  readonly sums: Float64Array;
  readonly largest: Float32Array;
  readonly smallest: Float32Array;

  /** @param size patches of all images */
  constructor(size: number) {
    this.sums = new Float64Array(size);
    this.largest = new Float32Array(size);
    this.smallest = new Float32Array(size).fill(Infinity);
  }

  /** One more distance of the patch at `at`. @param value at least 0 */
  add(at: number, value: number): void {
    this.sums[at]! += Math.round(value * grains) / grains;
    if (value > this.largest[at]!) this.largest[at] = value;
    if (value < this.smallest[at]!) this.smallest[at] = value;
  }

  /** Adds what was aggregated elsewhere for the patches from `from` on. */
  merge(other: AggregatedArrays, from: number, at: number, size: number): void {
    for (let m = 0; m < size; m++) {
      this.sums[at + m]! += other.sums[from + m]!;
      if (other.largest[from + m]! > this.largest[at + m]!) this.largest[at + m] = other.largest[from + m]!;
      if (other.smallest[from + m]! < this.smallest[at + m]!) this.smallest[at + m] = other.smallest[from + m]!;
    }
  }

  /**
   * @param others images that were added for each patch; zeros come back when there were none
   * @returns (size)
   */
  result(aggregate: AggregateName, others: number, first = 0, size = this.sums.length): Float32Array {
    if (others === 0) return new Float32Array(size);
    switch (aggregate) {
      case 'mean':
        return Float32Array.from(this.sums.subarray(first, first + size), (sum) => sum / others);
      case 'max':
        return this.largest.slice(first, first + size);
      case 'min':
        return this.smallest.slice(first, first + size);
    }
  }
}
