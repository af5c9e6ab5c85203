// The photo of a part: slightly out of focus, uneven light, exposure, a little tint, and the sensor's noise.
import { bell, createPicture, type Picture } from './picture';
import type { Random } from '../base/random';
import type { Surface } from './surface';

/**
 * Turns a surface into RGB bytes, (side, side, 3).
 * @param light direction that the light comes from, in radians
 */
export function photograph({ brightness, warmth }: Surface, light: number, random: Random): Uint8Array {
  const { side } = brightness;
  const { exposure, noise, tint, sharpness } = openShutter(side, light, random);
  const seen = blur(brightness, sharpness);
  const rgb = new Uint8Array(side * side * 3);
  for (let y = 0, offset = 0; y < side; y++) {
    for (let x = 0; x < side; x++, offset++) {
      const grey = seen.values[offset]! * exposure(x, y) + noise * random.normal();
      const warm = tint + warmth.values[offset]!;
      rgb[offset * 3] = toByte(grey * (1 + warm));
      rgb[offset * 3 + 1] = toByte(grey);
      rgb[offset * 3 + 2] = toByte(grey * (1 - warm));
    }
  }
  return rgb;
}

/** How one photo is taken. */
export interface Shutter {
  /** Share of the light that reaches the sensor at a pixel: less in the corners and away from the lamp. */
  exposure: (x: number, y: number) => number;
  /** Standard deviation of the sensor's noise. */
  noise: number;
  /** How much redder (positive) or bluer the photo is. */
  tint: number;
  /** Standard deviation of the blur, in pixels. */
  sharpness: number;
}

/**
 * Draws how one photo is taken.
 * @param side pixels on each side of the photo
 * @param light direction that the light comes from, in radians
 */
export function openShutter(side: number, light: number, random: Random): Shutter {
  const exposure = random.between(0.88, 1.12);
  const slope = random.between(0, 0.2);
  const vignette = random.between(0.04, 0.2);
  const noise = random.between(0.007, 0.013);
  const tint = random.between(-0.02, 0.025);
  const [lightX, lightY] = [Math.cos(light) * slope, Math.sin(light) * slope];
  const sharpness = random.between(0.55, 0.8);
  return {
    exposure: (x, y) => {
      const [u, v] = [x / side - 0.5, y / side - 0.5];
      return exposure * (1 + lightX * u + lightY * v) * (1 - vignette * 2 * (u * u + v * v));
    },
    noise,
    tint,
    sharpness,
  };
}

/** Gaussian blur by a standard deviation of at most one pixel; the border pixels are repeated. */
export function blur(picture: Picture, deviation: number): Picture {
  const near = bell(1 / (deviation * Math.SQRT2));
  const far = bell(2 / (deviation * Math.SQRT2));
  return blurRowsAndTurn(blurRowsAndTurn(picture, near, far), near, far);
}

/** Blurs along the rows by the kernel (far, near, 1, near, far) over its sum, and writes the rows as columns. */
function blurRowsAndTurn({ side, values }: Picture, near: number, far: number): Picture {
  const result = createPicture(side);
  const sum = 1 + 2 * near + 2 * far;
  const last = side - 1;
  for (let row = 0; row < side; row++) {
    const start = row * side;
    for (let column = 0; column < side; column++) {
      const inner = values[start + Math.max(0, column - 1)]! + values[start + Math.min(last, column + 1)]!;
      const outer = values[start + Math.max(0, column - 2)]! + values[start + Math.min(last, column + 2)]!;
      result.values[column * side + row] = (values[start + column]! + near * inner + far * outer) / sum;
    }
  }
  return result;
}

/** Brightness 0..1 as 0..255; what lies beyond is cut. */
export function toByte(value: number): number {
  return Math.round(255 * Math.min(1, Math.max(0, value)));
}
