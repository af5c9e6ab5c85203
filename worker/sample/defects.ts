// Four kinds of defects, drawn into a surface together with their masks. Place, size, direction and contrast vary.
import { createField, forRegion, smooth, type Picture } from './picture';
import type { Random } from './random';

/** Draws one defect; sets the mask to 1 where it is. */
export type DrawDefect = (picture: Picture, mask: Picture, random: Random) => void;

interface Point {
  x: number;
  y: number;
}

/** A place with some distance to the border. */
function place(random: Random, side: number, margin: number): Point {
  return { x: random.between(margin, side - margin), y: random.between(margin, side - margin) };
}

/** Thin, nearly straight lines: a bright groove with a dark edge. */
const drawScratch: DrawDefect = (picture, mask, random) => {
  const start = place(random, picture.side, picture.side * 0.25);
  const direction = random.between(0, 2 * Math.PI);
  const lines = random.integer(1, 3);
  for (let i = 0; i < lines; i++) {
    const from = { x: start.x + random.between(-12, 12), y: start.y + random.between(-12, 12) };
    const path = bentLine(
      from,
      direction + random.between(-0.12, 0.12),
      random.between(70, 130),
      random.between(-0.25, 0.25),
    );
    const width = random.between(1.1, 1.8);
    const contrast = random.between(0.28, 0.42);
    stroke(picture, mask, path, width, (distance) => {
      const groove = smooth(1 - distance / width);
      const edge = smooth(1 - Math.abs(distance - 1.6 * width) / width);
      return contrast * groove - 0.45 * contrast * edge;
    });
  }
};

/** One to five round pits close together: dark, with a bright rim on the side of the light. */
const drawPores: DrawDefect = (picture, mask, random) => {
  const centre = place(random, picture.side, 60);
  const pits = random.integer(2, 5);
  const light = random.between(0, 2 * Math.PI);
  for (let i = 0; i < pits; i++) {
    const pit = { x: centre.x + random.normal() * 14, y: centre.y + random.normal() * 14 };
    const radius = random.between(4, 8.5);
    const depth = random.between(0.28, 0.42);
    forRegion(picture, pit, radius * 2, (x, y, offset) => {
      const distance = Math.hypot(x - pit.x, y - pit.y);
      const facing = 0.5 + 0.5 * Math.cos(Math.atan2(y - pit.y, x - pit.x) - light);
      const hole = smooth((radius - distance) / (radius * 0.45));
      const rim = smooth(1 - Math.abs(distance - radius * 1.15) / (radius * 0.4)) * facing;
      picture.values[offset]! += -depth * hole + 0.16 * rim;
      if (distance < radius * 1.3) mask.values[offset] = 1;
    });
  }
};

/** A dark, jagged path of varying width with a few branches. */
const drawCrack: DrawDefect = (picture, mask, random) => {
  const start = place(random, picture.side, picture.side * 0.28);
  const direction = random.between(0, 2 * Math.PI);
  const depth = random.between(0.3, 0.42);
  const draw = (from: Point, angle: number, length: number, width: number) => {
    const path = jaggedLine(from, angle, length, random);
    stroke(picture, mask, path, width * 1.6, (distance) => -depth * smooth((width * 1.3 - distance) / width));
    return path;
  };
  const main = draw(start, direction, random.between(80, 130), random.between(1.6, 2.6));
  for (let i = random.integer(1, 3); i > 0; i--) {
    const from = main[random.integer(2, main.length - 2)]!;
    draw(
      from,
      direction + random.between(0.5, 1.1) * (i % 2 ? 1 : -1),
      random.between(22, 45),
      random.between(1.1, 1.6),
    );
  }
};

/** A larger discoloured blotch with an uneven, soft edge that is darkest at its border, as dried liquid leaves it. */
const drawStain: DrawDefect = (picture, mask, random) => {
  const centre = place(random, picture.side, 80);
  const radius = random.between(26, 40);
  const flatten = random.between(0.65, 1);
  const angle = random.between(0, Math.PI);
  const outline = createField(random, radius / 1.6);
  const density = createField(random, radius / 3);
  const contrast = random.between(0.15, 0.24);
  forRegion(picture, centre, radius * 1.9, (x, y, offset) => {
    const [dx, dy] = [x - centre.x, y - centre.y];
    const u = dx * Math.cos(angle) + dy * Math.sin(angle);
    const v = (dy * Math.cos(angle) - dx * Math.sin(angle)) / flatten;
    const distance = Math.hypot(u, v) / radius + 0.32 * outline(x + 300, y + 300);
    const inside = smooth((1.05 - distance) / 0.22);
    const border = smooth(1 - Math.abs(distance - 0.9) / 0.16);
    picture.values[offset]! -= contrast * inside * (0.75 + 0.25 * density(x, y)) + 0.5 * contrast * border * inside;
    if (inside > 0.3) mask.values[offset] = 1;
  });
};

export const defects = {
  scratch: drawScratch,
  pore: drawPores,
  crack: drawCrack,
  stain: drawStain,
} satisfies Record<string, DrawDefect>;

export type DefectType = keyof typeof defects;

/** Points along a line of constant small curvature. */
function bentLine(from: Point, direction: number, length: number, bend: number): Point[] {
  const steps = 24;
  const path = [from];
  for (let i = 1; i <= steps; i++) {
    const angle = direction + bend * (i / steps);
    const last = path[i - 1]!;
    path.push({ x: last.x + (Math.cos(angle) * length) / steps, y: last.y + (Math.sin(angle) * length) / steps });
  }
  return path;
}

/** Points along a line that turns left and right in short steps. */
function jaggedLine(from: Point, direction: number, length: number, random: Random): Point[] {
  const step = 7;
  const path = [from];
  for (let walked = 0, wander = 0; walked < length; walked += step) {
    wander = 0.75 * wander + random.normal() * 0.25;
    const angle = direction + wander + random.between(-0.75, 0.75);
    const last = path[path.length - 1]!;
    path.push({ x: last.x + Math.cos(angle) * step, y: last.y + Math.sin(angle) * step });
  }
  return path;
}

/** Adds `profile(distance to the path)` within three widths, and marks two widths in the mask. */
function stroke(
  picture: Picture,
  mask: Picture,
  path: readonly Point[],
  width: number,
  profile: (distance: number) => number,
): void {
  const xs = path.map(({ x }) => x);
  const ys = path.map(({ y }) => y);
  const centre = { x: (Math.min(...xs) + Math.max(...xs)) / 2, y: (Math.min(...ys) + Math.max(...ys)) / 2 };
  const extent = Math.max(Math.max(...xs) - Math.min(...xs), Math.max(...ys) - Math.min(...ys)) / 2;
  const reach = width * 3;
  forRegion(picture, centre, extent + reach, (x, y, offset) => {
    const distance = distanceToPath(x, y, path);
    if (distance > reach) return;
    picture.values[offset]! += profile(distance);
    if (distance < width * 2) mask.values[offset] = 1;
  });
}

function distanceToPath(x: number, y: number, path: readonly Point[]): number {
  let least = Infinity;
  for (let i = 1; i < path.length; i++) {
    const a = path[i - 1]!;
    const [dx, dy] = [path[i]!.x - a.x, path[i]!.y - a.y];
    const along = ((x - a.x) * dx + (y - a.y) * dy) / (dx * dx + dy * dy);
    const t = Math.min(1, Math.max(0, along));
    least = Math.min(least, (x - a.x - t * dx) ** 2 + (y - a.y - t * dy) ** 2);
  }
  return Math.sqrt(least);
}
