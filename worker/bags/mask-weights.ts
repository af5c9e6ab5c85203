// How much of each patch a ground-truth mask covers, and the weights alpha that follow from it.
import type { PatchGrid } from '../api/analysis';
import type { Mask } from '../images/masks';
import { uniformWeights } from './weights';

/**
 * Share of the mask in each patch's cell of stride × stride pixels around its centre, as an average over the cell's area in the resized
 * image. Cells beyond the border count what lies inside.
 * @returns (M), 0..1
 */
export function maskShares({ width, height, values }: Mask, grid: PatchGrid): Float64Array {
  const across = cells(grid.columns, grid.stride, grid.origin, width / grid.inputWidth, width);
  const down = cells(grid.rows, grid.stride, grid.origin, height / grid.inputHeight, height);
  const shares = new Float64Array(grid.rows * grid.columns);
  for (const [row, vertical] of down.entries()) {
    for (const [column, horizontal] of across.entries()) {
      let sum = 0;
      let area = 0;
      for (const { pixel: y, part: high } of vertical) {
        for (const { pixel: x, part: wide } of horizontal) {
          sum += values[y * width + x]! * high * wide;
          area += high * wide;
        }
      }
      shares[row * grid.columns + column] = area > 0 ? sum / area : 0;
    }
  }
  return shares;
}

/**
 * Weights from a mask: its share of each patch, normalised. Without a mask, or with an empty one, all patches weigh the same.
 * @param places of the patches in the grid, where not all of them count
 * @returns (M), sums to one
 */
export function maskWeights(mask: Mask | undefined, grid: PatchGrid, places?: ArrayLike<number>): Float64Array {
  const all = mask ? maskShares(mask, grid) : new Float64Array(grid.rows * grid.columns);
  const shares = places ? Float64Array.from(places, (place) => all[place]!) : all;
  const sum = shares.reduce((a, b) => a + b, 0);
  return sum === 0 ? uniformWeights(shares.length) : shares.map((share) => share / sum);
}

/** For each patch along one axis the pixels of its cell, and how much of each lies inside. */
function cells(patches: number, stride: number, origin: number, scale: number, pixels: number) {
  return Array.from({ length: patches }, (_, patch) => {
    const from = Math.max(0, (origin + (patch - 0.5) * stride) * scale);
    const to = Math.min(pixels, (origin + (patch + 0.5) * stride) * scale);
    const parts: { pixel: number; part: number }[] = [];
    for (let pixel = Math.floor(from); pixel < to; pixel++) {
      const part = Math.min(to, pixel + 1) - Math.max(from, pixel);
      if (part > 1e-9) parts.push({ pixel, part });
    }
    return parts;
  });
}
