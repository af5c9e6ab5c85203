// The good part: a ground metal surface with cloudy tone, grinding marks and grain. No two are alike.
import { createField, createPicture, type Picture } from './picture';
import type { Random } from './random';

export function renderSurface(random: Random, side: number): Picture {
  const picture = createPicture(side);
  const tone = random.between(0.46, 0.62);
  const clouds = [createField(random, side / 3), createField(random, side / 7)] as const;
  const cloudiness = random.between(0.015, 0.045);
  // Grinding marks: noise that is stretched along one direction. No part lies exactly as the one before.
  const angle = random.between(-0.2, 0.2);
  const [along, across] = [Math.cos(angle), Math.sin(angle)];
  const coarseMarks = createField(random, 5);
  const fineMarks = createField(random, 2);
  const markStrength = random.between(0.02, 0.04);
  const stretch = random.between(14, 30);
  for (let y = 0, offset = 0; y < side; y++) {
    for (let x = 0; x < side; x++, offset++) {
      const u = (x * along + y * across) / stretch;
      const v = y * along - x * across;
      const cloud = clouds[0](x, y) + 0.5 * clouds[1](x, y);
      const marks = 0.6 * coarseMarks(u + 900, v + 900) + 0.7 * fineMarks(u + 900, v + 900);
      picture.values[offset] = tone + cloudiness * cloud + markStrength * marks;
    }
  }
  return picture;
}
