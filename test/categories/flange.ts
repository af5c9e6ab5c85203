// A turned steel flange with a raised hub and bolt holes on a rubber mat: a peened serial number, and an inspector's paint mark.
import { letter } from './lettering';
import { bentLine, pixelsNear, type Point } from '../../worker/sample/lines';
import { loosened, toPart, toPicture, type Part, type Pose } from './part';
import { bell, createField, forRegion, smooth } from '../../worker/sample/picture';
import { cover, createRelief, type Colour, type Relief } from './relief';
import type { Random } from '../../worker/base/random';

/** Radii and heights in pixels of a 320-pixel picture. */
const rim = 126;
const hub = 62;
const bore = 36;
const boltCircle = 95;
const boltHoles = 6;
const hole = 9;
const countersink = 14.5;
const thickness = 13;

const steel: Colour = [0.44, 0.45, 0.465];
const rubber: Colour = [0.13, 0.135, 0.14];
const paints: readonly Colour[] = [
  [0.62, 0.5, 0.1],
  [0.1, 0.34, 0.19],
  [0.12, 0.2, 0.42],
  [0.5, 0.12, 0.1],
];

export function renderFlange(random: Random, side: number, looseness = 1): Part {
  const fallen: Pose = {
    centre: { x: side / 2 + random.between(-9, 9), y: side / 2 + random.between(-9, 9) },
    turn: random.between(0, 2 * Math.PI),
    scale: random.between(0.97, 1.03),
  };
  const pose = loosened(fallen, looseness, side);
  const light = {
    azimuth: random.between(-2.7, -1.9),
    elevation: random.between(0.8, 1.05),
    ambient: random.between(0.55, 0.75),
  };
  const relief = createRelief(side);
  drawMat(relief, random);
  drawBody(relief, pose, random);
  drawSerialNumber(relief, pose, random);
  if (random.between(0, 1) < 0.6) drawPaintMark(relief, pose, random);
  return {
    relief,
    light,
    place: (source) => {
      for (;;) {
        const [away, angle] = [source.between(hub + 9, rim - 11), source.between(0, 2 * Math.PI)];
        const { u, v } = { u: away * Math.cos(angle), v: away * Math.sin(angle) };
        if (toBoltHole(u, v) > countersink + 5) return toPicture(pose, u, v);
      }
    },
    inside: (x, y) => {
      const { u, v } = toPart(pose, x, y);
      return smooth((rim - 3 - Math.hypot(u, v)) / 2) * smooth((toBoltHole(u, v) - countersink) / 2);
    },
    edge: (source) => {
      const angle = source.between(0, 2 * Math.PI);
      return { ...toPicture(pose, rim * Math.cos(angle), rim * Math.sin(angle)), outwards: angle + pose.turn };
    },
  };
}

/** Distance to the middle of the nearest bolt hole. */
function toBoltHole(u: number, v: number): number {
  const step = (2 * Math.PI) / boltHoles;
  const angle = Math.round(Math.atan2(v, u) / step) * step;
  return Math.hypot(u - boltCircle * Math.cos(angle), v - boltCircle * Math.sin(angle));
}

/** Fine ribs with wear and dust. */
function drawMat(relief: Relief, random: Random): void {
  const { side } = relief.height;
  const direction = random.between(-0.06, 0.06);
  const wear = [createField(random, 70), createField(random, 9), createField(random, 1.6)] as const;
  const tone = random.between(0.85, 1.25);
  forRegion(side, { x: side / 2, y: side / 2 }, side, (x, y, offset) => {
    const across = y * Math.cos(direction) - x * Math.sin(direction);
    relief.height.values[offset] = 0.35 * Math.sin((across * 2 * Math.PI) / 7) + 0.2 * wear[2](x, y);
    const worn = 1 + 0.16 * wear[0](x, y) + 0.1 * wear[1](x, y) + 0.12 * wear[2](x, y);
    cover(relief, offset, [rubber[0] * tone * worn, rubber[1] * tone * worn, rubber[2] * tone * worn], 1);
  });
}

function drawBody(relief: Relief, pose: Pose, random: Random): void {
  const { side } = relief.height;
  const [coarse, fine] = [createField(random, 5), createField(random, 1.3)];
  const clouds = createField(random, 60);
  const cut = random.between(0.03, 0.055);
  const glint = random.between(0.75, 1);
  forRegion(side, pose.centre, (rim + 4) * pose.scale, (x, y, offset) => {
    const { u, v } = toPart(pose, x, y);
    const [radius, angle] = [Math.hypot(u, v), Math.atan2(v, u)];
    const toHole = toBoltHole(u, v);
    const bored = smooth((radius - bore) / 2) * smooth((toHole - hole) / 2);
    const solid = smooth((rim - radius) / 2) * bored;
    if (solid === 0) return;
    const chamfer = 0.65 + 0.35 * smooth((rim - radius) / 6);
    const raised = 7 * smooth((hub - radius) / 5) * smooth((radius - bore + 1) / 4);
    const sunk = 5 * smooth((countersink - toHole) / (countersink - hole));
    const under = relief.height.values[offset]!;
    relief.height.values[offset] = under * (1 - solid) + (thickness * chamfer + raised - sunk) * solid;
    // The cutting tool leaves rings that are even all the way round.
    const rings = 0.6 * coarse(radius, 3 + 0.3 * angle) + fine(radius, 7 + 0.2 * angle);
    const tone = 1 + cut * rings + 0.04 * clouds(x, y);
    cover(relief, offset, [steel[0] * tone, steel[1] * tone, steel[2] * tone], solid);
    const turned = (glint * solid) / Math.max(1, radius);
    const [grooveX, grooveY] = [-(y - pose.centre.y) / pose.scale, (x - pose.centre.x) / pose.scale];
    relief.grooves[0].values[offset] = grooveX * turned;
    relief.grooves[1].values[offset] = grooveY * turned;
  });
}

/** Dots hammered along an arc between two bolt holes. */
function drawSerialNumber(relief: Relief, pose: Pose, random: Random): void {
  const digits = Array.from({ length: 4 }, () => random.integer(0, 9)).join('');
  const text = `${'ABCEFH'[random.integer(0, 5)]}${random.integer(1, 9)}-${digits}`;
  const between = ((2 * random.integer(0, boltHoles - 1) + 1) * Math.PI) / boltHoles;
  const middle = random.between(82, 108);
  for (const dot of letter(text)) {
    const radius = middle - 1.75 * dot.y;
    const angle = between + (1.75 * dot.x) / middle;
    dent(relief, toPicture(pose, radius * Math.cos(angle), radius * Math.sin(angle)));
  }
}

function dent(relief: Relief, at: Point): void {
  forRegion(relief.height.side, at, 3, (x, y, offset) => {
    const depth = bell(Math.hypot(x - at.x, y - at.y) / 0.95);
    relief.height.values[offset]! -= 1.3 * depth;
    cover(relief, offset, [0.16, 0.16, 0.17], 0.75 * depth);
  });
}

/** One stroke of a paint pen across the face. */
function drawPaintMark(relief: Relief, pose: Pose, random: Random): void {
  const paint = paints[random.integer(0, paints.length - 1)]!;
  const angle = ((2 * random.integer(0, boltHoles - 1) + 1 + random.between(-0.25, 0.25)) * Math.PI) / boltHoles;
  const [away, length] = [random.between(hub + 6, rim - 14), random.between(18, 34)];
  const middle = toPicture(pose, away * Math.cos(angle), away * Math.sin(angle));
  const stroke = bentLine(middle, angle + pose.turn + random.between(-0.7, 0.7), length, random.between(-0.5, 0.5));
  const [edge, body] = [createField(random, 4), createField(random, 6)];
  const width = random.between(4.2, 5.6);
  for (const { offset, distance, along } of pixelsNear(stroke, width * 1.5, relief.height.side)) {
    const [x, y] = [offset % relief.height.side, Math.floor(offset / relief.height.side)];
    const ends = smooth((0.5 - Math.abs(along - 0.5)) * length * 0.4 + 0.55);
    const wet = smooth((width * (1 + 0.22 * edge(x, y)) - Math.abs(distance)) / 1.8) * ends;
    cover(relief, offset, paint, wet * (0.92 + 0.08 * body(x, y)));
    relief.height.values[offset]! += 0.5 * wet;
    relief.gloss.values[offset] = 0.35 * wet;
    relief.grooves[0].values[offset]! *= 1 - wet;
    relief.grooves[1].values[offset]! *= 1 - wet;
  }
}
