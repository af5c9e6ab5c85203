// The good part: a ground metal surface with cloudy tone, grinding marks and grain. No two are alike.
import { createField, createPicture, type Picture } from './picture';
import type { Random } from '../base/random';

/** What the camera looks at. */
export interface Surface {
  /** Reflected light, around 0..1. */
  brightness: Picture;
  /** How much redder (positive) or bluer than grey, as a share of the brightness. */
  warmth: Picture;
}

/** Draws a surface without defects. @param random all that is drawn hangs on it @param side in pixels */
export function renderSurface(random: Random, side: number): Surface {
  const brightness = createPicture(side);
  const tone = random.between(0.5, 0.6);
  const clouds = [createField(random, side / 3), createField(random, side / 7)] as const;
  const cloudiness = random.between(0.015, 0.04);
  // Grinding marks: noise that is stretched along one direction, slightly bent as by a large wheel.
  const angle = random.between(-0.2, 0.2);
  const [along, across] = [Math.cos(angle), Math.sin(angle)];
  const bend = random.between(-0.0003, 0.0003);
  const marks = [createField(random, 6), createField(random, 2.5), createField(random, 1.2)] as const;
  const markStrength = random.between(0.022, 0.036);
  const stretch = random.between(16, 28);
  for (let y = 0, offset = 0; y < side; y++) {
    for (let x = 0; x < side; x++, offset++) {
      const [fromCentreX, fromCentreY] = [x - side / 2, y - side / 2];
      const lengthwise = fromCentreX * along + fromCentreY * across;
      const u = lengthwise / stretch;
      const v = fromCentreY * along - fromCentreX * across + bend * lengthwise * lengthwise;
      const cloud = clouds[0](x, y) + 0.5 * clouds[1](x, y);
      const mark = 0.55 * marks[0](u, v) + 0.6 * marks[1](u, v) + 0.45 * marks[2](u, v);
      brightness.values[offset] = tone + cloudiness * cloud + markStrength * mark;
    }
  }
  return { brightness, warmth: createPicture(side) };
}
