// The part in a photo, how it is turned, and for which folders: on drawn arrows whose place and direction are known.
import assert from 'node:assert/strict';
import type { PatchGrid } from '../../../../worker/api/analysis';
import { createRandom } from '../../../../worker/base/random';
import { findPart, partOf, type FoundPart, type Picture } from '../../../../worker/parts/find-part';
import { patchesBefore, turned, turnOf, type Turn } from '../../../../worker/parts/turn';
import { wayOf } from '../../../../worker/parts/way';
import { renderCategoryImage } from '../../../categories/categories';

const grid: PatchGrid = { rows: 32, columns: 32, stride: 8, origin: 4, inputWidth: 256, inputHeight: 256 };

interface Arrow {
  /** Shares of width and height. */
  x: number;
  y: number;
  /** Clockwise from the horizontal, in radians: where its tip is. */
  angle: number;
  /** In heights. */
  length: number;
}

/** A bar whose last quarter is twice as wide, of one colour before another. */
function isOnArrow(arrow: Arrow, x: number, y: number, aspect: number): boolean {
  const [dx, dy] = [(x - arrow.x) * aspect, y - arrow.y];
  const along = dx * Math.cos(arrow.angle) + dy * Math.sin(arrow.angle);
  const across = dy * Math.cos(arrow.angle) - dx * Math.sin(arrow.angle);
  const half = arrow.length / 2;
  return Math.abs(along) <= half && Math.abs(across) <= (along > half / 2 ? 0.2 : 0.1) * arrow.length;
}

function draw(arrow: Arrow, { width = 256, height = 256, aspect = 1, noise = 6, seed = 1 } = {}): Picture {
  const random = createRandom(seed);
  const rgb = new Uint8Array(width * height * 3);
  for (let row = 0, at = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const isPart = isOnArrow(arrow, (column + 0.5) / width, (row + 0.5) / height, aspect);
      for (const colour of isPart ? [180, 90, 60] : [60, 70, 80])
        rgb[at++] = colour + random.between(-noise, noise + 1);
    }
  }
  return { rgb, width, height };
}

/** Everything of one colour, but for noise. */
function texture(seed: number): Picture {
  const random = createRandom(seed);
  const rgb = Uint8Array.from({ length: 128 * 128 * 3 }, () => random.between(80, 160));
  return { rgb, width: 128, height: 128 };
}

function degrees(radians: number): number {
  return (radians * 180) / Math.PI;
}

/** Degrees between two directions, 0 to 180. */
function apart(one: number, other: number): number {
  const between = Math.abs(degrees(one - other)) % 360;
  return Math.min(between, 360 - between);
}

/** Any folder of arrows. */
function arrows(count: number, angleOf: (i: number, random: ReturnType<typeof createRandom>) => number): FoundPart[] {
  const random = createRandom(7);
  return Array.from({ length: count }, (_, i) => {
    const place = { x: 0.5 + random.between(-0.05, 0.05), y: 0.5 + random.between(-0.05, 0.05) };
    return partOf(draw({ ...place, angle: angleOf(i, random), length: 0.5 }, { seed: i }), 1)!;
  });
}

describe('the part in a photo', () => {
  for (const aspect of [1, 1.5, 0.75]) {
    it(`is found with its axis, at a shape of ${aspect}, however the photo is squeezed`, () => {
      for (const [i, angle] of [-1.3, -0.4, 0, 0.7, 1.2, 2.5].entries()) {
        const arrow = { x: 0.45, y: 0.55, angle, length: 0.45 };
        const part = findPart(draw(arrow, { width: 128, height: 128, aspect, seed: i }), aspect)!;
        const between = Math.min(apart(part.angle, angle), apart(part.angle + Math.PI, angle));
        assert.ok(between < 1.5, `${degrees(angle)} degrees, found ${degrees(part.angle)}`);
        // Its centre of mass lies towards the wide end.
        const centre = { x: 0.45 + (0.07 * 0.45 * Math.cos(angle)) / aspect, y: 0.55 + 0.07 * 0.45 * Math.sin(angle) };
        assert.ok(Math.hypot(part.x - centre.x, part.y - centre.y) < 0.02);
        const area = (0.75 * 0.2 + 0.25 * 0.4) * 0.45 ** 2;
        assert.ok(Math.abs(part.share * aspect - area) < 0.1 * area, `${part.share * aspect} for ${area}`);
      }
    });
  }

  it('has ends that change their signs with half a turn', () => {
    const [one, other] = [0.3, 0.3 + Math.PI].map((angle) =>
      findPart(draw({ x: 0.5, y: 0.5, angle, length: 0.5 }, { noise: 0 }), 1)!,
    );
    for (const [i, end] of one!.ends.slice(0, 2).entries())
      assert.ok(Math.abs(end + other!.ends[i]!) < 0.02, `${end} and ${other!.ends[i]}`);
    assert.ok(Math.abs(one!.ends[1]) > 0.3);
  });

  it('is not there in a texture, where it reaches beyond the photo, or where it fills it', () => {
    for (let seed = 0; seed < 5; seed++) assert.equal(findPart(texture(seed), 1), undefined);
    assert.equal(findPart(draw({ x: 0.95, y: 0.5, angle: 0, length: 0.6 }), 1), undefined);
    assert.equal(findPart(draw({ x: 0.5, y: 0.5, angle: 0, length: 3 }), 1), undefined);
    const plain = { rgb: new Uint8Array(64 * 64 * 3).fill(90), width: 64, height: 64 };
    assert.equal(findPart(plain, 1), undefined);
  });
});

describe('a photo that is turned', () => {
  const way = [0, 1, 0, 0, 0];

  for (const aspect of [1, 1.5]) {
    it(`shows its part along the horizontal with the wide end to the right, at a shape of ${aspect}`, () => {
      for (const [i, angle] of [-2.6, -1.5, -0.4, 0.9, 2, 3.1].entries()) {
        const photo = draw({ x: 0.52, y: 0.47, angle, length: 0.5 }, { aspect, seed: i });
        const turn = turnOf(partOf(photo, aspect)!, way)!;
        assert.ok(apart(turn.angle, angle) < 2, `${degrees(turn.angle)} for ${degrees(angle)}`);
        const again = partOf({ ...photo, rgb: turned(photo, turn, aspect) }, aspect)!;
        assert.ok(Math.abs(degrees(again.angle)) < 1.5, `it lies at ${degrees(again.angle)}`);
        assert.ok(again.ends[1] > 0.3);
        // As far as the patches go it is where it was.
        assert.ok(Math.hypot(again.x - turn.to.x, again.y - turn.to.y) < 0.02);
        assert.ok(Math.hypot(turn.to.x - turn.from.x, turn.to.y - turn.from.y) < 0.03);
      }
    });
  }

  it('is moved where its part would not fit otherwise, and left as it is where it never fits', () => {
    const near = turnOf(partOf(draw({ x: 0.2, y: 0.5, angle: Math.PI / 2, length: 0.6 }), 1)!, way)!;
    assert.ok(near.to.x >= 0.3 && near.to.x < 0.4, `${near.to.x}`);
    const tall = draw({ x: 0.5, y: 0.5, angle: Math.PI / 2, length: 0.8 }, { width: 100, height: 200, aspect: 0.5 });
    const part = partOf(tall, 0.5)!;
    assert.ok(part.elongation > 2);
    assert.equal(turnOf(part, way), undefined);
    assert.equal(turnOf({ ...part, elongation: 1.1 }, way), undefined);
  });

  it('gives its patches back where they were', () => {
    // A photo of 32×32 patches whose turned patches are known by what is on them.
    for (const [aspect, angle] of [
      [1, 0.5],
      [1.5, -2.2],
      [1, Math.PI / 2],
    ] as const) {
      const arrow = { x: 0.5, y: 0.5, angle, length: 0.6 };
      const photo = draw(arrow, { aspect, noise: 0 });
      const turn = turnOf(partOf(photo, aspect)!, way)!;
      const after = turned(photo, turn, aspect);
      const patches = patchesBefore(grid, turn, aspect);
      let same = 0;
      const all = { on: 0, off: 0 };
      for (const [patch, from] of patches.entries()) {
        const [column, row] = [patch % 32, Math.floor(patch / 32)];
        const corners = [0, 1].flatMap((x) =>
          [0, 1].map((y) => isOnArrow(arrow, (column + x) / 32, (row + y) / 32, aspect)),
        );
        // At its border the nearest patch may be on the other side.
        if (corners.includes(true) && corners.includes(false)) continue;
        const pixel = 3 * ((Math.floor(from / 32) * 8 + 4) * 256 + (from % 32) * 8 + 4);
        all[corners[0] ? 'on' : 'off']++;
        if (after[pixel]! > 120 === corners[0]) same++;
      }
      assert.ok(all.on > 30 && all.off > 500);
      assert.ok(same / (all.on + all.off) > 0.99, `${same} of ${all.on} and ${all.off} patches`);
    }
  });

  it('by no angle is what it was', () => {
    const still: Turn = { angle: 0, from: { x: 0.3, y: 0.6 }, to: { x: 0.3, y: 0.6 } };
    const photo = draw({ x: 0.5, y: 0.5, angle: 1, length: 0.5 }, { width: 60, height: 40, aspect: 1.5 });
    assert.deepEqual(turned(photo, still, 1.5), photo.rgb);
    assert.deepEqual([...patchesBefore({ ...grid, rows: 5, columns: 7 }, still, 1.5)], [...Array(35).keys()]);
  });
});

describe('the way in which the parts of a folder point', () => {
  it('is found where they lie in many directions, and is the same for all of them', () => {
    const parts = arrows(30, (_, random) => random.between(-Math.PI, Math.PI));
    const way = wayOf(parts)!;
    const random = createRandom(11);
    const wide: boolean[] = [];
    for (let i = 0; i < 20; i++) {
      const photo = draw({ x: 0.5, y: 0.5, angle: random.between(-Math.PI, Math.PI), length: 0.5 }, { seed: 100 + i });
      const turn = turnOf(partOf(photo, 1)!, way)!;
      wide.push(partOf({ ...photo, rgb: turned(photo, turn, 1) }, 1)!.ends[1] > 0);
    }
    assert.equal(new Set(wide).size, 1);
  });

  it('is not there where parts lie alike, or only a few lie otherwise: then that may be what is wrong with them', () => {
    assert.equal(wayOf(arrows(30, (_, random) => 0.6 + random.between(-0.03, 0.03))), undefined);
    assert.equal(
      wayOf(arrows(30, (i, random) => (i < 9 ? random.between(-3, 3) : random.between(-0.02, 0.02)))),
      undefined,
    );
  });

  it('is not there for few photos, round parts, several kinds of parts, or photos without one', () => {
    const parts = arrows(30, (_, random) => random.between(-Math.PI, Math.PI));
    assert.notEqual(wayOf(parts), undefined);
    assert.equal(wayOf(parts.slice(0, 7)), undefined);
    assert.equal(wayOf(parts.map((part) => ({ ...part, elongation: 1.08 }))), undefined);
    assert.equal(wayOf(parts.map((part, i) => ({ ...part, share: i % 2 === 0 ? 0.1 : 0.2 }))), undefined);
    assert.equal(wayOf(parts.map((part, i) => (i % 5 === 0 ? undefined : part))), undefined);
    assert.equal(wayOf([]), undefined);
  });

  for (const category of ['screw', 'capsule'] as const) {
    it(`turns drawn photos of a ${category} so that their means are sharper than before`, () => {
      const side = 320;
      const photos = Array.from({ length: 16 }, (_, index) => renderCategoryImage(category, 'good', index, 5).rgb);
      const way = wayOf(photos.map((rgb) => partOf({ rgb, width: side, height: side }, 1)))!;
      const after = photos.map((rgb) => {
        const photo = { rgb, width: side, height: side };
        return turned(photo, turnOf(partOf(photo, 1)!, way)!, 1);
      });
      assert.ok(contrastOfMean(after) > 1.1 * contrastOfMean(photos));
    });
  }
});

/** Standard deviation of the mean picture's reds. */
function contrastOfMean(photos: readonly Uint8Array[]): number {
  const reds = Float64Array.from({ length: photos[0]!.length / 3 }, (_, i) =>
    photos.reduce((sum, rgb) => sum + rgb[3 * i]! / photos.length, 0),
  );
  const mean = reds.reduce((a, b) => a + b, 0) / reds.length;
  return Math.sqrt(reds.reduce((sum, red) => sum + (red - mean) ** 2, 0) / reds.length);
}
