// From patches to pixels: bilinear upsampling with every patch centre at its place. Pure; the gallery page uses it, too.
import type { PatchGrid } from '../api/analysis';
import type { Region } from '../api/requests';

/**
 * The map over the whole image: the value at each pixel's centre, bilinear between the centres of the four patches around it, and that
 * of the nearest patches beyond the outermost centres.
 * @param distances (rows, columns) of the grid
 * @param part of the image that the pixels are of; all of it unless told
 * @returns (height, width)
 */
export function upsample(
  distances: ArrayLike<number>,
  grid: PatchGrid,
  width: number,
  height: number,
  part: Region = wholeImage,
): Float32Array {
  const { rows, columns, stride, origin, inputWidth, inputHeight } = grid;
  const across = interpolation(width, [part.left * inputWidth, part.width * inputWidth], columns, stride, origin);
  const down = interpolation(height, [part.top * inputHeight, part.height * inputHeight], rows, stride, origin);
  const values = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    const top = down.lower[y]! * columns;
    const bottom = Math.min(down.lower[y]! + 1, rows - 1) * columns;
    const dy = down.fraction[y]!;
    for (let x = 0; x < width; x++) {
      const left = across.lower[x]!;
      const right = Math.min(left + 1, columns - 1);
      const dx = across.fraction[x]!;
      const above = distances[top + left]! * (1 - dx) + distances[top + right]! * dx;
      const below = distances[bottom + left]! * (1 - dx) + distances[bottom + right]! * dx;
      values[y * width + x] = above * (1 - dy) + below * dy;
    }
  }
  return values;
}

const wholeImage: Region = { left: 0, top: 0, width: 1, height: 1 };

/**
 * For each of `pixels` along one axis: the patch before its centre, and how far it is on the way to the next one.
 * @param span of all pixels, in those of the network's input
 */
function interpolation(
  pixels: number,
  [start, length]: readonly [start: number, length: number],
  patches: number,
  stride: number,
  origin: number,
) {
  const lower = new Int32Array(pixels);
  const fraction = new Float64Array(pixels);
  for (let i = 0; i < pixels; i++) {
    const position = (start + ((i + 0.5) / pixels) * length - origin) / stride;
    const clamped = Math.min(Math.max(position, 0), patches - 1);
    lower[i] = Math.floor(clamped);
    fraction[i] = clamped - lower[i]!;
  }
  return { lower, fraction };
}
