// The colours of heat maps. Pure; the gallery page uses them, too.
import type { PatchScale } from '../api/analysis';

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

/** (256, 4) RGBA, opaque: "plasma". */
export const scaleColors: Uint8ClampedArray = makeScaleColors();

/** Where heat maps begin in "plasma": its dark blues cannot be told from shadows. */
const firstColor = 0.35;
/** From nothing to opaque in the first part of the scale: what stands out a little is seen, too. */
const fadingPart = 2 / 3;

/** (256, 4) RGBA: clear, then the upper part of "plasma". */
export const heatColors: Uint8ClampedArray = makeHeatColors();

function makeScaleColors(): Uint8ClampedArray {
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
    colors[i * 4 + 3] = 255;
  }
  return colors;
}

function makeHeatColors(): Uint8ClampedArray {
  const colors = new Uint8ClampedArray(256 * 4);
  for (let i = 0; i < 256; i++) {
    const part = i / 255;
    const from = Math.round(255 * (firstColor + (1 - firstColor) * part)) * 4;
    for (let channel = 0; channel < 3; channel++) colors[i * 4 + channel] = scaleColors[from + channel]!;
    colors[i * 4 + 3] = 255 * Math.min(part / fadingPart, 1);
  }
  return colors;
}

/**
 * @param values any number of distances
 * @returns four bytes RGBA for each; values beyond the scale get its end's colour
 */
export function colorize(
  values: ArrayLike<number>,
  { min, max }: Pick<PatchScale, 'min' | 'max'>,
): Uint8ClampedArray<ArrayBuffer> {
  const factor = max > min ? 255 / (max - min) : 0;
  const pixels = new Uint8ClampedArray(values.length * 4);
  for (let i = 0; i < values.length; i++) {
    const level = Math.min(Math.max(Math.round((values[i]! - min) * factor), 0), 255) * 4;
    for (let channel = 0; channel < 4; channel++) pixels[i * 4 + channel] = heatColors[level + channel]!;
  }
  return pixels;
}
