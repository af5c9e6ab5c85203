// Defects of manufactured parts, drawn into their height map and colour. Place, size, direction and contrast vary.
import { bentLine, jaggedLine, pixelsNear, type Point } from '../../worker/sample/lines';
import type { Part } from './part';
import { bell, createField, createPicture, forRegion, smooth } from '../../worker/sample/picture';
import { cover, type Colour, type Relief } from './relief';
import type { Random } from '../../worker/base/random';

export type DrawFlaw = (part: Part, random: Random) => void;

/** Fine grooves side by side that begin and end gently, with bare material in them. */
export function scratch(bare: Colour): DrawFlaw {
  return ({ relief, inside, place }, random) => {
    const { side } = relief.height;
    const middle = place(random);
    const direction = random.between(0, 2 * Math.PI);
    for (let lines = random.integer(3, 5); lines > 0; lines--) {
      const centre = { x: middle.x + random.between(-11, 11), y: middle.y + random.between(-11, 11) };
      const length = random.between(52, 90);
      const path = bentLine(centre, direction + random.between(-0.15, 0.15), length, random.between(-0.4, 0.4));
      const width = random.between(1, 1.6);
      const pressure = createField(random, 9);
      for (const { offset, distance, along } of pixelsNear(path, 5, side)) {
        const on = inside(offset % side, Math.floor(offset / side));
        const taper = smooth(along / 0.2) * smooth((1 - along) / 0.25) * (0.85 + 0.25 * pressure(along * length, 0));
        const groove = bell(distance / width) * taper * on;
        const ridge = bell((Math.abs(distance) - 2.1 * width) / width) * taper * on;
        relief.height.values[offset]! += 0.35 * ridge - 1.4 * groove;
        cover(relief, offset, bare, 0.8 * groove);
        roughen(relief, offset, groove);
      }
    }
  };
}

/** A knock without a sharp edge, slightly longer than wide, that throws up a low rim. */
export const dent: DrawFlaw = ({ relief, inside, place }, random) => {
  const { side } = relief.height;
  const centre = place(random);
  const radius = random.between(11, 16);
  const depth = radius * random.between(0.34, 0.46);
  const angle = random.between(0, Math.PI);
  const flatten = random.between(0.7, 1);
  forRegion(side, centre, radius * 2, (x, y, offset) => {
    const [dx, dy] = [x - centre.x, y - centre.y];
    const lengthwise = dx * Math.cos(angle) + dy * Math.sin(angle);
    const crosswise = (dy * Math.cos(angle) - dx * Math.sin(angle)) / flatten;
    const distance = Math.hypot(lengthwise, crosswise) / radius;
    const on = inside(x, y);
    const pressed = smooth((1.05 - distance) / 0.9) * on;
    relief.height.values[offset]! += 0.2 * depth * bell((distance - 1.15) / 0.22) * on - depth * pressed;
    roughen(relief, offset, 0.6 * smooth(pressed * 3));
  });
};

/** Holes pierced through the skin: dark inside, with a sharp edge and a lip that stands up. */
export const hole: DrawFlaw = ({ relief, inside, place }, random) => {
  const { side } = relief.height;
  const centre = place(random);
  const radius = random.between(6, 9);
  const outline = createField(random, 2.5);
  forRegion(side, centre, radius * 3, (x, y, offset) => {
    const on = inside(x, y);
    const distance = Math.hypot(x - centre.x, y - centre.y) / radius + 0.14 * outline(x, y);
    const open = smooth((1.05 - distance) / 0.35) * on;
    const lip = bell((distance - 1.25) / 0.25) * on;
    relief.height.values[offset]! += 1.3 * lip - 5 * open;
    cover(relief, offset, [0.06, 0.055, 0.05], 0.85 * open);
    roughen(relief, offset, open);
  });
};

/** A dark, jagged line of varying width with a branch or two. */
export const crack: DrawFlaw = ({ relief, inside, place }, random) => {
  const { side } = relief.height;
  const opening = createPicture(side);
  const stroke = (path: Point[], width: number) => {
    const unevenness = createField(random, 0.09);
    for (const { offset, distance, along } of pixelsNear(path, width * 2.5, side)) {
      const taper = 0.25 + 0.75 * smooth(along / 0.2) * smooth((1 - along) / 0.4);
      const local = width * (0.35 + 0.65 * taper) * (1 + 0.35 * unevenness(along, 0));
      const open = taper * smooth((1.5 * local - Math.abs(distance)) / (1.1 * local));
      opening.values[offset] = Math.max(opening.values[offset]!, open);
    }
  };
  const direction = random.between(0, 2 * Math.PI);
  const length = random.between(55, 90);
  const middle = place(random);
  const start = { x: middle.x - (Math.cos(direction) * length) / 2, y: middle.y - (Math.sin(direction) * length) / 2 };
  const main = jaggedLine(start, direction, length, random);
  stroke(main, random.between(1.8, 2.6));
  for (let branches = random.integer(1, 2); branches > 0; branches--) {
    const from = main[random.integer(2, main.length - 3)]!;
    const turn = random.between(0.5, 1.1) * (branches % 2 ? 1 : -1);
    stroke(jaggedLine(from, direction + turn, random.between(20, 36), random), random.between(1.2, 1.6));
  }
  for (const [offset, width] of opening.values.entries()) {
    const open = width * inside(offset % side, Math.floor(offset / side));
    if (open === 0) continue;
    relief.height.values[offset]! -= 2.2 * open;
    cover(relief, offset, [0.05, 0.05, 0.05], 0.8 * open);
    roughen(relief, offset, open);
  }
};

/** A flat patch with a ragged border that is thicker in places. */
export function patch(dark: Colour, bright: Colour): DrawFlaw {
  return ({ relief, inside, place }, random) => {
    const { side } = relief.height;
    const centre = place(random);
    const radius = random.between(14, 23);
    const outline = [createField(random, radius / 1.2), createField(random, radius / 3)] as const;
    const grain = [createField(random, 3.5), createField(random, 1.4)] as const;
    forRegion(side, centre, radius * 2, (x, y, offset) => {
      const away = Math.hypot(x - centre.x, y - centre.y) / radius + 0.4 * outline[0](x, y) + 0.25 * outline[1](x, y);
      const covered = smooth((1.1 - away) / 0.5) * inside(x, y);
      if (covered === 0) return;
      const mix = smooth(0.5 + 0.45 * grain[0](x, y) + 0.3 * grain[1](x, y));
      const paint = dark.map((value, channel) => value + (bright[channel]! - value) * mix) as unknown as Colour;
      cover(relief, offset, paint, 0.85 * covered);
      relief.height.values[offset]! += covered * (0.6 + 0.5 * grain[1](x, y));
      roughen(relief, offset, covered);
    });
  };
}

/** A piece broken out of the outer edge: a rough, hollow fracture. */
export const chip: DrawFlaw = ({ relief, edge }, random) => {
  const { side } = relief.height;
  const { x: edgeX, y: edgeY, outwards } = edge(random);
  const radius = random.between(13, 19);
  const centre = { x: edgeX + 2 * Math.cos(outwards), y: edgeY + 2 * Math.sin(outwards) };
  const stretch = random.between(1, 1.5);
  const outline = createField(random, 5);
  const fracture = [createField(random, 4), createField(random, 1.7)] as const;
  forRegion(side, centre, radius * 2, (x, y, offset) => {
    const [dx, dy] = [x - centre.x, y - centre.y];
    const deep = dx * Math.cos(outwards) + dy * Math.sin(outwards);
    const wide = (dy * Math.cos(outwards) - dx * Math.sin(outwards)) / stretch;
    const away = Math.hypot(deep, wide) / radius + 0.16 * outline(x, y);
    const gone = smooth((1 - away) / 0.3);
    const height = relief.height.values[offset]!;
    if (gone === 0 || height < 2) return;
    const left = height * Math.min(1, 0.25 + 0.5 * away) + fracture[0](x, y) + 0.7 * fracture[1](x, y);
    relief.height.values[offset] = height + (Math.max(0.5, Math.min(height, left)) - height) * gone;
    const tone = 0.3 * (1 + 0.3 * fracture[1](y, x));
    cover(relief, offset, [tone, tone, tone * 1.02], 0.85 * gone);
    roughen(relief, offset, gone);
  });
};

/** Takes the mirror finish away. */
function roughen({ gloss, grooves }: Relief, offset: number, share: number): void {
  for (const { values } of [gloss, ...grooves]) values[offset]! *= 1 - Math.min(1, share);
}
