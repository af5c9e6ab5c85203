// A two-piece capsule of hard gelatine on a conveyor belt, its cap and body printed; it lies and is rolled as it fell.
import { letter } from './lettering';
import { loosened, toPart, toPicture, type Part, type Pose } from './part';
import { bell, createField, forRegion, smooth } from '../../worker/sample/picture';
import { cover, createRelief, type Colour, type Relief } from './relief';
import type { Random } from '../../worker/base/random';

/** Lengths in pixels of a 320-pixel picture. */
const halfLength = 76;
const capRadius = 60;
const bodyRadius = 56.5;
/** Where the cap ends on the body. */
const joint = -12;
/** Length of a printed dot along the capsule and around it. */
const dotPitch = 3;

const belt: Colour = [0.4, 0.44, 0.43];
const capColour: Colour = [0.56, 0.3, 0.13];
const bodyColour: Colour = [0.66, 0.6, 0.47];

export function renderCapsule(random: Random, side: number, looseness = 1): Part {
  const fallen: Pose = {
    centre: { x: side / 2 + random.between(-10, 10), y: side / 2 + random.between(-10, 10) },
    turn: random.between(-0.5, 0.5),
    scale: random.between(0.97, 1.03),
  };
  const pose = loosened(fallen, looseness, side);
  const light = {
    azimuth: random.between(-2.7, -1.9),
    elevation: random.between(0.95, 1.15),
    ambient: random.between(0.55, 0.75),
  };
  const relief = createRelief(side);
  drawBelt(relief, random);
  drawShell(relief, pose, random);
  const roll = random.between(-0.55, 0.55);
  drawPrint(relief, pose, {
    text: ['KX', 'LM', 'TC', 'AH'][random.integer(0, 3)]!,
    at: 58,
    roll,
    ink: [0.14, 0.1, 0.1],
  });
  const number = `${random.integer(1, 9)}${random.integer(0, 9)}${random.integer(0, 9)}`;
  const turnOfBody = roll + random.between(-0.5, 0.5);
  drawPrint(relief, pose, { text: number, at: -72, roll: turnOfBody, ink: [0.12, 0.12, 0.16] });
  return {
    relief,
    light,
    place: (source) =>
      toPicture(pose, source.between(-halfLength - 20, halfLength + 20), source.between(-0.55, 0.55) * bodyRadius),
    inside: (x, y) => {
      const { u, v } = toPart(pose, x, y);
      return smooth((radiusAt(u) - 2 - fromAxis(u, v)) / 3);
    },
    edge: (source) => {
      const [along, across] = [source.between(-halfLength, halfLength), source.integer(0, 1) * 2 - 1];
      const outwards = pose.turn + (across * Math.PI) / 2;
      return { ...toPicture(pose, along, across * radiusAt(along)), outwards };
    },
  };
}

function radiusAt(u: number): number {
  return bodyRadius + (capRadius - bodyRadius) * smooth((u - joint) / 2);
}

function fromAxis(u: number, v: number): number {
  return Math.hypot(Math.max(0, Math.abs(u) - halfLength), v);
}

/** Woven, with dust. */
function drawBelt(relief: Relief, random: Random): void {
  const { side } = relief.height;
  const wear = [createField(random, 80), createField(random, 12), createField(random, 1.5)] as const;
  const tone = random.between(0.9, 1.1);
  forRegion(side, { x: side / 2, y: side / 2 }, side, (x, y, offset) => {
    const weave = Math.sin((x * 2 * Math.PI) / 6) * Math.sin((y * 2 * Math.PI) / 6);
    relief.height.values[offset] = 0.35 * weave + 0.25 * wear[2](x, y);
    const worn = tone * (1 + 0.06 * wear[0](x, y) + 0.05 * wear[1](x, y) + 0.05 * wear[2](x, y));
    cover(relief, offset, [belt[0] * worn, belt[1] * worn, belt[2] * worn], 1);
  });
}

function drawShell(relief: Relief, pose: Pose, random: Random): void {
  const { side } = relief.height;
  const clouds = [createField(random, 40), createField(random, 2)] as const;
  const shades = [random.between(0.9, 1.1), random.between(0.94, 1.06)] as const;
  forRegion(side, pose.centre, (halfLength + capRadius + 4) * pose.scale, (x, y, offset) => {
    const { u, v } = toPart(pose, x, y);
    const [away, radius] = [fromAxis(u, v), radiusAt(u)];
    const solid = smooth((radius - away) / 1.5);
    if (solid === 0) return;
    const ring = 1.1 * bell((u - joint - 17) / 2.5) * smooth((radius - away) / 5);
    const round = Math.sqrt(Math.max(0, radius * radius - away * away)) * 0.8 - ring;
    relief.height.values[offset] = Math.max(relief.height.values[offset]! * (1 - solid), round);
    const isCap = smooth((u - joint) / 1.5);
    const tone = 1 + 0.035 * clouds[0](x, y) + 0.025 * clouds[1](x, y);
    const paint = (channel: 0 | 1 | 2) =>
      tone * (bodyColour[channel] * shades[1] * (1 - isCap) + capColour[channel] * shades[0] * isCap);
    cover(relief, offset, [paint(0), paint(1), paint(2)], solid);
    relief.gloss.values[offset] = 0.75 * solid;
  });
}

interface Print {
  text: string;
  /** Middle of the text along the capsule. */
  at: number;
  /** How far the text is rolled away from the camera, in radians. */
  roll: number;
  ink: Colour;
}

function drawPrint(relief: Relief, pose: Pose, { text, at, roll, ink }: Print): void {
  const radius = radiusAt(at);
  for (const dot of letter(text)) {
    const around = roll + (dotPitch * dot.y) / radius;
    const centre = toPicture(pose, at + dotPitch * dot.x, radius * Math.sin(around));
    forRegion(relief.height.side, centre, 4, (x, y, offset) => {
      cover(relief, offset, ink, 0.9 * smooth((2.4 - Math.hypot(x - centre.x, y - centre.y)) / 1.6));
    });
  }
}
