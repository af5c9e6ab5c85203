// The photo of a part: uneven light, exposure, a little tint, and the sensor's noise.
import type { Picture } from './picture';
import type { Random } from './random';

/** Turns a surface into RGB bytes, (side, side, 3). */
export function photograph({ side, values }: Picture, random: Random): Uint8Array {
  const exposure = random.between(0.86, 1.14);
  const light = random.between(0, 2 * Math.PI);
  const slope = random.between(0, 0.22);
  const vignette = random.between(0.02, 0.16);
  const noise = random.between(0.006, 0.014);
  const warmth = random.between(-0.025, 0.025);
  const [lightX, lightY] = [Math.cos(light) * slope, Math.sin(light) * slope];
  const rgb = new Uint8Array(side * side * 3);
  for (let y = 0, offset = 0; y < side; y++) {
    for (let x = 0; x < side; x++, offset++) {
      const [u, v] = [x / side - 0.5, y / side - 0.5];
      const lit = exposure * (1 + lightX * u + lightY * v) * (1 - vignette * 2 * (u * u + v * v));
      const grey = values[offset]! * lit + noise * random.normal();
      rgb[offset * 3] = toByte(grey * (1 + warmth));
      rgb[offset * 3 + 1] = toByte(grey);
      rgb[offset * 3 + 2] = toByte(grey * (1 - warmth));
    }
  }
  return rgb;
}

function toByte(value: number): number {
  return Math.round(255 * Math.min(1, Math.max(0, value)));
}
