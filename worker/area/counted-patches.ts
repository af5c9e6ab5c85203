// Which patches of an image count, and how what is found of them finds its places in the whole grid again. Pure.
import type { PatchGrid } from '../api/analysis';
import { maskShares } from '../bags/mask-weights';
import type { Mask } from '../images/masks';

/** Of an image: indices of the grid's patches that count, rising. */
export type CountedPatches = Uint16Array;

/** A patch with less of it in the area counts nowhere. */
const leastShare = 0.5;

/**
 * @param mask over the whole image; 1 where it counts
 * @param grid as the image's own shape has it
 */
export function countedPatches(mask: Mask, grid: PatchGrid): CountedPatches {
  const shares = maskShares(mask, grid);
  return Uint16Array.from(shares.keys()).filter((patch) => shares[patch]! >= leastShare);
}

/**
 * What belongs to the patches that count, in their order.
 * @param values (M), or (M, width)
 * @param counted absent: all of them
 */
export function pickPatches<Numbers extends Float32Array | Float64Array>(
  values: Numbers,
  counted: CountedPatches | undefined,
  width = 1,
): Numbers {
  if (!counted) return values;
  const picked = values.slice(0, counted.length * width) as Numbers;
  for (const [i, patch] of counted.entries())
    picked.set(values.subarray(patch * width, (patch + 1) * width), i * width);
  return picked;
}

/**
 * The other way: numbers of the patches that count over the whole grid.
 * @param values of the patches that count, in their order
 * @param elsewhere for all other patches
 * @returns (M)
 */
export function spreadOut(
  values: Float32Array,
  counted: CountedPatches | undefined,
  { rows, columns }: Pick<PatchGrid, 'rows' | 'columns'>,
  elsewhere: number,
): Float32Array {
  if (!counted) return values;
  const all = new Float32Array(rows * columns).fill(elsewhere);
  for (const [i, patch] of counted.entries()) all[patch] = values[i]!;
  return all;
}

/**
 * A bag that is to be compared together with larger ones, filled up with its own first patch: as a neighbour that is nothing new, and what is found
 * for it is left out.
 * @param bag (any, D)
 * @param size numbers of the larger ones
 */
export function filledUp(bag: Float32Array, size: number, dimensions: number): Float32Array {
  if (bag.length === size) return bag;
  const filled = new Float32Array(size);
  filled.set(bag);
  for (let at = bag.length; at < size; at += dimensions) filled.set(bag.subarray(0, dimensions), at);
  return filled;
}
