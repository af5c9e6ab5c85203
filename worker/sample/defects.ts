// Four kinds of defects, drawn into a surface together with their masks. Place, size, direction and contrast vary.
import { bentLine, jaggedLine, pixelsNear, type Point } from './lines';
import { bell, createField, createPicture, forRegion, smooth, type Picture } from './picture';
import type { Random } from '../base/random';
import type { Surface } from './surface';

/** Draws one defect; sets the mask to 1 where it is. `light` is the direction that the light comes from, in radians. */
export type DrawDefect = (surface: Surface, mask: Picture, light: number, random: Random) => void;

/** A place with some distance to the border. */
function place(random: Random, side: number, margin: number): Point {
  return { x: random.between(margin, side - margin), y: random.between(margin, side - margin) };
}

/** Thin, nearly straight grooves that begin and end gently: bright, with a dark flank on the side away from the light. */
const drawScratch: DrawDefect = ({ brightness }, mask, light, random) => {
  const { side } = brightness;
  const middle = place(random, side, side * 0.25);
  const direction = random.between(0, 2 * Math.PI);
  const shadowSide = Math.sin(direction - light) < 0 ? 1 : -1;
  for (let lines = random.integer(3, 4); lines > 0; lines--) {
    const centre = { x: middle.x + random.between(-16, 16), y: middle.y + random.between(-16, 16) };
    const length = random.between(110, 175);
    const path = bentLine(centre, direction + random.between(-0.12, 0.12), length, random.between(-0.35, 0.35));
    const contrast = random.between(0.36, 0.48);
    const thickness = random.between(1.1, 1.5);
    const pressure = createField(random, 14);
    for (const { offset, distance, along } of pixelsNear(path, thickness * 4, side)) {
      const taper = smooth(along / 0.16) * smooth((1 - along) / 0.22);
      const depth = taper * (0.8 + 0.35 * pressure(along * length, 0));
      const width = thickness * (0.65 + 0.35 * depth);
      const groove = depth * bell(distance / width);
      const flank = depth * bell((distance - shadowSide * 1.9 * width) / width);
      brightness.values[offset]! += contrast * (groove - 0.6 * flank);
      if (Math.max(groove, flank) > 0.05) mask.values[offset] = 1;
    }
  }
};

/** Three or four round pits close together: dark, with a lit far wall and a glint on the rim that faces the light. */
const drawPores: DrawDefect = ({ brightness }, mask, light, random) => {
  const { side } = brightness;
  const middle = place(random, side, 60);
  const [lightX, lightY] = [Math.cos(light), Math.sin(light)];
  for (let pits = random.integer(3, 4); pits > 0; pits--) {
    const centre = { x: middle.x + random.normal() * 15, y: middle.y + random.normal() * 15 };
    const radius = random.between(5, 9);
    const depth = random.between(0.62, 0.8);
    const glint = random.between(0.16, 0.26);
    const outline = createField(random, 1);
    forRegion(side, centre, radius * 2, (x, y, offset) => {
      const [dx, dy] = [x - centre.x, y - centre.y];
      const away = Math.hypot(dx, dy) || 1e-6;
      const [towardsX, towardsY] = [dx / away, dy / away];
      const distance = away / (radius * (1 + 0.13 * outline(9 + 1.4 * towardsX, 9 + 1.4 * towardsY)));
      const opposite = Math.max(0, -(towardsX * lightX + towardsY * lightY));
      const hole = smooth((1.05 - distance) / 0.4);
      const wall = 0.35 * opposite * smooth(distance / 0.9);
      const rim = bell((distance - 1.1) / 0.16) * opposite;
      const value = brightness.values[offset]!;
      brightness.values[offset] = value * (1 - depth * hole * (1 - wall)) + glint * rim;
      if (hole > 0.1 || rim > 0.3) mask.values[offset] = 1;
    });
  }
};

/** A dark, jagged path of varying width that runs out into fine tips, with a few branches. */
const drawCrack: DrawDefect = ({ brightness }, mask, _light, random) => {
  const { side } = brightness;
  // The deepest of all strokes counts, so that a branch is not darker where it leaves the main crack.
  const opening = createPicture(side);
  const stroke = (path: Point[], width: number, taperFrom: number) => {
    const unevenness = createField(random, 0.09);
    for (const { offset, distance, along } of pixelsNear(path, width * 2.5, side)) {
      const taper = smooth(along / taperFrom + (taperFrom < 0.05 ? 1 : 0.25)) * smooth((1 - along) / 0.45 + 0.12);
      const local = width * (0.3 + 0.7 * taper) * (1 + 0.35 * unevenness(along, 0));
      const open = (0.55 + 0.45 * taper) * smooth((1.5 * local - Math.abs(distance)) / (1.1 * local));
      opening.values[offset] = Math.max(opening.values[offset]!, open);
    }
  };
  const direction = random.between(0, 2 * Math.PI);
  const length = random.between(85, 130);
  const middle = place(random, side, side * 0.28);
  const start = { x: middle.x - (Math.cos(direction) * length) / 2, y: middle.y - (Math.sin(direction) * length) / 2 };
  const main = jaggedLine(start, direction, length, random);
  stroke(main, random.between(1.6, 2.3), 0.3);
  for (let branches = random.integer(2, 4); branches > 0; branches--) {
    const from = main[random.integer(3, main.length - 4)]!;
    const turn = random.between(0.5, 1.1) * (branches % 2 ? 1 : -1);
    stroke(jaggedLine(from, direction + turn, random.between(25, 55), random), random.between(1, 1.4), 0.01);
  }
  const depth = random.between(0.66, 0.8);
  for (const [offset, open] of opening.values.entries()) {
    if (open === 0) continue;
    brightness.values[offset]! *= 1 - depth * open;
    if (open > 0.15) mask.values[offset] = 1;
  }
};

/** A larger brownish blotch with an uneven, soft edge that is darker in parts of its border, as dried liquid leaves it. */
const drawStain: DrawDefect = ({ brightness, warmth }, mask, _light, random) => {
  const { side } = brightness;
  const centre = place(random, side, 85);
  const radius = random.between(32, 44);
  const flatten = random.between(0.7, 1);
  const angle = random.between(0, Math.PI);
  const [along, across] = [Math.cos(angle), Math.sin(angle)];
  const outline = [createField(random, radius / 1.3), createField(random, radius / 3.2)] as const;
  const density = [createField(random, radius / 2.2), createField(random, radius / 6)] as const;
  const softness = createField(random, radius);
  const darkness = random.between(0.26, 0.38);
  const tint = random.between(0.04, 0.09);
  forRegion(side, centre, radius * 1.8, (x, y, offset) => {
    const [dx, dy] = [x - centre.x, y - centre.y];
    const fromCentre = Math.hypot(dx * along + dy * across, (dy * along - dx * across) / flatten) / radius;
    const distance = fromCentre + 0.3 * outline[0](x, y) + 0.12 * outline[1](x, y);
    // Sharp in some places, fading out in others.
    const edge = 0.3 + 0.18 * softness(x, y);
    const inside = smooth((1.1 - distance) / edge);
    if (inside === 0) return;
    const border = bell((distance - 1.05 + edge / 2) / 0.13) * smooth(0.5 + 0.8 * softness(y, x));
    const thickness = inside * (0.75 + 0.22 * density[0](x, y) + 0.13 * density[1](x, y) + 0.4 * border);
    brightness.values[offset]! *= 1 - darkness * thickness;
    warmth.values[offset]! += tint * thickness;
    if (inside > 0.25) mask.values[offset] = 1;
  });
};

export const defects = {
  scratch: drawScratch,
  pore: drawPores,
  crack: drawCrack,
  stain: drawStain,
} satisfies Record<string, DrawDefect>;

export type DefectType = keyof typeof defects;
