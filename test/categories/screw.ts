// A zinc-plated wood screw on a light table, as it fell: a countersunk head, a plain neck, a thread that runs out in a point.
import { loosened, toPart, toPicture, type Part, type Pose } from './part';
import { createField, forRegion, smooth } from '../../worker/sample/picture';
import { cover, createRelief, type Colour, type Relief } from './relief';
import type { Random } from '../../worker/base/random';

/** Lengths in pixels of a 320-pixel picture, along the screw from its middle. */
const [headEnd, neckStart, threadStart, point] = [-118, -84, -48, 118];
const [headRadius, neckRadius, coreRadius, crest] = [34, 16, 13, 7];
const pitch = 11;

const zinc: Colour = [0.47, 0.47, 0.44];
const table: Colour = [0.7, 0.7, 0.68];

export function renderScrew(random: Random, side: number, looseness = 1): Part {
  const fallen: Pose = {
    centre: { x: side / 2 + random.between(-14, 14), y: side / 2 + random.between(-14, 14) },
    turn: random.between(0, 2 * Math.PI),
    scale: random.between(0.98, 1.02),
  };
  const pose = loosened(fallen, looseness, side);
  const light = {
    azimuth: random.between(-2.7, -1.9),
    elevation: random.between(0.9, 1.1),
    ambient: random.between(0.6, 0.75),
  };
  const relief = createRelief(side);
  drawTable(relief, random);
  drawScrew(relief, pose, random);
  return {
    relief,
    light,
    place: (source) => {
      const u = source.between(headEnd + 8, point - 30);
      return toPicture(pose, u, source.between(-0.6, 0.6) * radiusAt(u));
    },
    inside: (x, y) => {
      const { u, v } = toPart(pose, x, y);
      return smooth((radiusAt(u) - 1.5 - Math.abs(v)) / 2);
    },
    edge: (source) => {
      const [along, across] = [source.between(headEnd + 4, point - 30), source.integer(0, 1) * 2 - 1];
      const outwards = pose.turn + (across * Math.PI) / 2;
      return { ...toPicture(pose, along, across * radiusAt(along)), outwards };
    },
  };
}

/** Of the silhouette without the crests; 0 beyond both ends. */
function radiusAt(u: number): number {
  if (u < headEnd || u > point) return 0;
  if (u < neckStart) return headRadius + ((neckRadius - headRadius) * (u - headEnd)) / (neckStart - headEnd);
  if (u < threadStart) return neckRadius;
  return coreRadius * Math.min(1, (point - u) / 36);
}

function drawTable(relief: Relief, random: Random): void {
  const { side } = relief.height;
  const wear = [createField(random, 90), createField(random, 2)] as const;
  const tone = random.between(0.95, 1.05);
  forRegion(side, { x: side / 2, y: side / 2 }, side, (x, y, offset) => {
    const worn = tone * (1 + 0.03 * wear[0](x, y) + 0.02 * wear[1](x, y));
    relief.height.values[offset] = 0.15 * wear[1](x, y);
    cover(relief, offset, [table[0] * worn, table[1] * worn, table[2] * worn], 1);
  });
}

function drawScrew(relief: Relief, pose: Pose, random: Random): void {
  const { side } = relief.height;
  const grain = createField(random, 1.5);
  const [shade, phase] = [random.between(0.93, 1.07), random.between(0, 2 * Math.PI)];
  forRegion(side, pose.centre, (point + 8) * pose.scale, (x, y, offset) => {
    const { u, v } = toPart(pose, x, y);
    const core = radiusAt(u);
    // The thread leans: its crests on one side lie half a turn beside those on the other.
    const wave = 0.5 + 0.5 * Math.cos((2 * Math.PI * (u + (v * pitch) / (4 * coreRadius))) / pitch + phase);
    const isThread = smooth((u - threadStart) / 4) * smooth((point - 4 - u) / 10);
    const radius = core + isThread * crest * wave ** 2 * Math.min(1, core / coreRadius);
    const solid = smooth((radius - Math.abs(v)) / 1.5);
    if (solid === 0) return;
    const round = Math.sqrt(Math.max(0, radius * radius - v * v)) * 0.8;
    relief.height.values[offset] = Math.max(relief.height.values[offset]! * (1 - solid), round);
    const tone = shade * (1 + 0.03 * grain(x, y));
    cover(relief, offset, [zinc[0] * tone, zinc[1] * tone, zinc[2] * tone], solid);
    relief.gloss.values[offset] = 0.6 * solid;
  });
}
