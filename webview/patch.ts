// Patches of an image: which one lies at a place, and what it weighs. Pure.
import type { PatchGrid } from '../worker/api';
import { rangeOf } from './heat-map';

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

/** alpha of one patch (Eq. 5): the softmax of its distance over the temperature. */
export function softmaxAt(distances: Float32Array, temperature: number, index: number): number {
  const { max } = rangeOf(distances);
  let sum = 0;
  for (const value of distances) sum += Math.exp((value - max) / temperature);
  return Math.exp((distances[index]! - max) / temperature) / sum;
}
