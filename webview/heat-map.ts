// From patch distances to pixels: bilinear upsampling with every patch centre at its place, and the colours.
import type { PatchGrid } from '../worker/api';

export interface Scale {
  min: number;
  max: number;
}

/**
 * Every fifth of the 256 colours of "plasma" by Nathaniel J. Smith and Stéfan van der Walt (CC0, https://bids.github.io/colormap/):
 * perceptually uniform, safe for colour-blind people, and in order when printed in grey. Straight lines between these 52 stay within
 * 1.8 of 255 of the original.
 */
const plasma =
  '0d0887 1b068d 260591 2f0596 38049a 41049d 4903a0 5102a3 5901a5 6100a7 6900a8 7100a8 7801a8 8004a8 8707a6 8e0ca4 ' +
  '9511a1 9c179e a21d9a a82296 ae2892 b42e8d ba3388 bf3984 c43e7f c9447a cd4a76 d24f71 d6556d da5b69 de6164 e26660 ' +
  'e66c5c e97257 ed7953 f07f4f f3854b f58c46 f79342 f99a3e fba139 fca835 fdaf31 feb72d febe2a fdc627 fcce25 fbd724 ' +
  'f8df25 f6e826 f3f027 f0f921';

/** (256, 4) RGBA. What stands out little is transparent, so that the image stays visible there. */
export const heatColors: Uint8ClampedArray = makeColors();

function makeColors(): Uint8ClampedArray {
  const stops = plasma.split(' ').map((hex) => Number.parseInt(hex, 16));
  const colors = new Uint8ClampedArray(256 * 4);
  for (let i = 0; i < 256; i++) {
    const lower = Math.min(Math.floor(i / 5), stops.length - 2);
    const fraction = i / 5 - lower;
    for (let channel = 0; channel < 3; channel++) {
      const shift = 16 - 8 * channel;
      const a = (stops[lower]! >> shift) & 255;
      const b = (stops[lower + 1]! >> shift) & 255;
      colors[i * 4 + channel] = a + (b - a) * fraction;
    }
    // Steeper than the distance, or the unremarkable parts of every image get a veil.
    colors[i * 4 + 3] = 255 * (i / 255) ** 1.5;
  }
  return colors;
}

/**
 * The map over the whole image: the value at each pixel's centre, bilinear between the centres of the four patches around it, and that
 * of the nearest patches beyond the outermost centres.
 * @param distances (rows, columns) of the grid
 * @returns (height, width)
 */
export function upsample(distances: ArrayLike<number>, grid: PatchGrid, width: number, height: number): Float32Array {
  const { rows, columns, stride, origin, inputWidth, inputHeight } = grid;
  const across = interpolation(width, inputWidth, columns, stride, origin);
  const down = interpolation(height, inputHeight, rows, stride, origin);
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

/** For each of `pixels` along one axis: the patch before its centre, and how far it is on the way to the next one. */
function interpolation(pixels: number, inputSize: number, patches: number, stride: number, origin: number) {
  const lower = new Int32Array(pixels);
  const fraction = new Float64Array(pixels);
  for (let i = 0; i < pixels; i++) {
    const position = (((i + 0.5) / pixels) * inputSize - origin) / stride;
    const clamped = Math.min(Math.max(position, 0), patches - 1);
    lower[i] = Math.floor(clamped);
    fraction[i] = clamped - lower[i]!;
  }
  return { lower, fraction };
}

/**
 * @param values any number of distances
 * @returns four bytes RGBA for each; values beyond the scale get its end's colour
 */
export function colorize(values: ArrayLike<number>, { min, max }: Scale): Uint8ClampedArray<ArrayBuffer> {
  const factor = max > min ? 255 / (max - min) : 0;
  const pixels = new Uint8ClampedArray(values.length * 4);
  for (let i = 0; i < values.length; i++) {
    const level = Math.min(Math.max(Math.round((values[i]! - min) * factor), 0), 255) * 4;
    for (let channel = 0; channel < 4; channel++) pixels[i * 4 + channel] = heatColors[level + channel]!;
  }
  return pixels;
}
