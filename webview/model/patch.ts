// Patches of an image: which one lies at a place, and which ones stand out. Pure.
import type { Region } from '../../worker/api/requests';
import type { PatchGrid } from '../../worker/api/analysis';

export interface Scale {
  min: number;
  max: number;
}

/** From the smallest to the largest. */
export function rangeOf(values: ArrayLike<number>): Scale {
  let [min, max] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) [min, max] = [Math.min(min, values[i]!), Math.max(max, values[i]!)];
  return { min, max };
}

/** The patch whose centre is nearest to a place (0..1), and the place and size of its cell as parts of the image. */
export function patchAt({ rows, columns, stride, origin, inputWidth, inputHeight }: PatchGrid, x: number, y: number) {
  if (!(x >= 0 && x < 1 && y >= 0 && y < 1)) return undefined;
  const nearest = (at: number, count: number) => Math.min(Math.max(Math.round((at - origin) / stride), 0), count - 1);
  const [row, column] = [nearest(y * inputHeight, rows), nearest(x * inputWidth, columns)];
  return {
    row,
    column,
    index: row * columns + column,
    left: (origin + stride * (column - 0.5)) / inputWidth,
    top: (origin + stride * (row - 0.5)) / inputHeight,
    width: stride / inputWidth,
    height: stride / inputHeight,
  };
}

/** The patch that stands out most and two around it on each side, within the image. */
export function hottestRegion(grid: PatchGrid, distances: Float32Array): Region {
  const index = distances.indexOf(rangeOf(distances).max);
  const { columns, stride, origin, inputWidth, inputHeight } = grid;
  const center = (at: number, size: number) => (origin + stride * at) / size;
  const [width, height] = [(5 * stride) / inputWidth, (5 * stride) / inputHeight];
  return within({
    left: center(index % columns, inputWidth) - width / 2,
    top: center(Math.floor(index / columns), inputHeight) - height / 2,
    width,
    height,
  });
}

/** A region pushed back into the image. */
export function within({ left, top, width, height }: Region): Region {
  const push = (at: number, size: number) => Math.min(Math.max(at, 0), 1 - size);
  const [w, h] = [Math.min(width, 1), Math.min(height, 1)];
  return { left: push(left, w), top: push(top, h), width: w, height: h };
}
