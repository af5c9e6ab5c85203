// Changed views of an image, as deep clustering trains on them: flipped, turned, cropped, brighter or darker, noisy. Pure; seeded by the caller.
import type { Random } from '../base/random';

/** How far views go. `weak`: flip and crop, as for SCAN's neighbours. `strong`: all of it. */
export type ViewStrength = 'weak' | 'strong';

/** Share of a side that a crop keeps, at least. */
const leastCrop = { weak: 0.85, strong: 0.75 };
/** Largest angle, in radians: parts lie much the same way in all photos of a line. */
const largestTurn = (15 * Math.PI) / 180;
const largestBrightness = 0.25;
const largestContrast = 0.25;
/** Standard deviation of the noise, at most, in steps of 255. */
const largestNoise = 6;

/**
 * @param rgb (height, width, 3)
 * @returns as large; what lies beyond the edge mirrors what is inside
 */
export function changeView(
  rgb: Uint8Array,
  width: number,
  height: number,
  strength: ViewStrength,
  random: Random,
): Uint8Array {
  const isStrong = strength === 'strong';
  const flip = random.between(0, 1) < 0.5 ? -1 : 1;
  const scale = random.between(leastCrop[strength], 1);
  const [freeX, freeY] = [(1 - scale) * width, (1 - scale) * height];
  const middle = {
    x: width / 2 + random.between(-freeX, freeX) / 2,
    y: height / 2 + random.between(-freeY, freeY) / 2,
  };
  const angle = isStrong ? random.between(-largestTurn, largestTurn) : 0;
  const [cosine, sine] = [Math.cos(angle) * scale, Math.sin(angle) * scale];
  const contrast = isStrong ? 1 + random.between(-largestContrast, largestContrast) : 1;
  const brightness = isStrong ? 255 * random.between(-largestBrightness, largestBrightness) : 0;
  const noise = isStrong ? random.between(0, largestNoise) : 0;
  const view = new Uint8Array(rgb.length);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const [x, y] = [(column + 0.5 - width / 2) * flip, row + 0.5 - height / 2];
      const fromX = mirrored(middle.x + cosine * x - sine * y - 0.5, width);
      const fromY = mirrored(middle.y + sine * x + cosine * y - 0.5, height);
      const [x0, y0] = [Math.floor(fromX), Math.floor(fromY)];
      const [x1, y1] = [Math.min(x0 + 1, width - 1), Math.min(y0 + 1, height - 1)];
      const [right, down] = [fromX - x0, fromY - y0];
      for (let channel = 0; channel < 3; channel++) {
        const at = (xx: number, yy: number) => rgb[(yy * width + xx) * 3 + channel]!;
        const above = at(x0, y0) * (1 - right) + at(x1, y0) * right;
        const below = at(x0, y1) * (1 - right) + at(x1, y1) * right;
        const value = above * (1 - down) + below * down;
        const lit = (value - 127.5) * contrast + 127.5 + brightness + (noise > 0 ? noise * random.normal() : 0);
        view[(row * width + column) * 3 + channel] = Math.round(Math.min(255, Math.max(0, lit)));
      }
    }
  }
  return view;
}

/** A place inside 0 … size − 1: a line of pixels goes back at its ends, as often as it has to. */
export function mirrored(at: number, size: number): number {
  const last = size - 1;
  const once = at < 0 ? -at : at > last ? 2 * last - at : at;
  if (once >= 0 && once <= last) return once;
  if (last === 0) return 0;
  const within = ((at % (2 * last)) + 2 * last) % (2 * last);
  return Math.min(within, 2 * last - within);
}
