// Rectangles of whole patches: from a region of an image to the patches in it, and back.
import type { Region } from '../api/requests';
import type { PatchGrid } from '../api/analysis';

/** Neighbouring patches of a grid: the first row and column, and how many of each. */
export interface PatchBox {
  row: number;
  column: number;
  rows: number;
  columns: number;
}

/** The patches whose centres lie in a region. Where no row's (or column's) centre does, the one that is nearest to its middle. */
export function boxOf({ left, top, width, height }: Region, grid: PatchGrid): PatchBox {
  const across = centresIn(left * grid.inputWidth, width * grid.inputWidth, grid.columns, grid);
  const down = centresIn(top * grid.inputHeight, height * grid.inputHeight, grid.rows, grid);
  return { row: down.first, rows: down.count, column: across.first, columns: across.count };
}

/** The cells of stride × stride pixels around the centres of a box's patches, as far as they lie in the image. */
export function placeOf({ row, column, rows, columns }: PatchBox, { stride, origin, ...grid }: PatchGrid): Region {
  const edge = (patch: number, size: number) => Math.min(Math.max(origin + (patch - 0.5) * stride, 0), size) / size;
  const [left, right] = [edge(column, grid.inputWidth), edge(column + columns, grid.inputWidth)];
  const [top, bottom] = [edge(row, grid.inputHeight), edge(row + rows, grid.inputHeight)];
  return { left, top, width: right - left, height: bottom - top };
}

/**
 * The patches of a box, cut out of a bag.
 * @param bag (M, D) over the grid
 * @returns (R, D), row-major over the box
 */
export function cutBox(bag: Float32Array, box: PatchBox, grid: PatchGrid): Float32Array {
  const dimensions = bag.length / (grid.rows * grid.columns);
  const width = box.columns * dimensions;
  const patches = new Float32Array(box.rows * width);
  for (let row = 0; row < box.rows; row++) {
    const from = ((box.row + row) * grid.columns + box.column) * dimensions;
    patches.set(bag.subarray(from, from + width), row * width);
  }
  return patches;
}

/** @param from where the region starts along one axis, in pixels of the network's input @param length of the region, likewise */
function centresIn(
  from: number,
  length: number,
  patches: number,
  { origin, stride }: PatchGrid,
): { first: number; count: number } {
  const first = Math.max(0, Math.ceil((from - origin) / stride));
  const last = Math.min(patches - 1, Math.floor((from + length - origin) / stride));
  if (first <= last) return { first, count: last - first + 1 };
  const nearest = Math.round((from + length / 2 - origin) / stride);
  return { first: Math.min(Math.max(nearest, 0), patches - 1), count: 1 };
}
