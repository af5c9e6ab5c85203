// Polygons as rasters, against librsvg's rendering of the same polygons (even-odd) and against areas known by geometry.
import assert from 'node:assert/strict';
import sharp from 'sharp';
import { coveredBy, rasterOf } from '../../../../worker/area/raster';
import type { AreaPolygon } from '../../../../worker/area/document';
import { createRandom } from '../../../../worker/base/random';

const [width, height] = [160, 120];

/** librsvg without smoothing, each polygon drawn for itself. */
async function drawn(polygons: readonly AreaPolygon[]): Promise<Uint8Array> {
  const shapes = polygons.map((polygon) => {
    const points = polygon.map(([x, y]) => `${x * width},${y * height}`).join(' ');
    return `<polygon points="${points}" fill="#fff" fill-rule="evenodd" shape-rendering="crispEdges"/>`;
  });
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="100%" height="100%"/>${shapes.join('')}</svg>`;
  // The worker, where another test has loaded it, reads no SVG.
  sharp.unblock({ operation: ['VipsForeignLoadSvg'] });
  try {
    const pixels = await sharp(Buffer.from(svg)).greyscale().raw().toBuffer();
    return Uint8Array.from(pixels, (value) => (value > 127 ? 1 : 0));
  } finally {
    sharp.block({ operation: ['VipsForeignLoadSvg'] });
  }
}

describe('polygons as a raster', () => {
  it('cover what librsvg fills, up to pixels on the edges', async () => {
    const random = createRandom(3);
    for (let round = 0; round < 20; round++) {
      const polygons = Array.from({ length: 1 + (round % 3) }, () =>
        Array.from({ length: random.integer(3, 9) }, (): [number, number] => [
          random.between(0, 1),
          random.between(0, 1),
        ]),
      );
      const [own, other] = [coveredBy(polygons, width, height), await drawn(polygons)];
      const different = own.reduce((sum, value, i) => sum + Number(value !== other[i]), 0);
      // crispEdges decides on pixels that an edge crosses near their centre in its own way.
      assert.ok(different <= 0.003 * own.length * polygons.length, `${different} pixels in round ${round}`);
    }
  });

  it('leave out what a star that crosses itself covers twice', () => {
    const star = Array.from({ length: 5 }, (_, i): [number, number] => {
      const angle = (i * 4 * Math.PI) / 5 - Math.PI / 2;
      return [0.5 + 0.45 * Math.cos(angle), 0.5 + 0.45 * Math.sin(angle)];
    });
    const covered = coveredBy([star], 101, 101);
    assert.equal(covered[50 * 101 + 50], 0);
    assert.equal(covered[15 * 101 + 50], 1);
  });

  it('cover together what any of them covers', () => {
    const square = (from: number, to: number): AreaPolygon => [
      [from, from],
      [to, from],
      [to, to],
      [from, to],
    ];
    const covered = coveredBy([square(0, 0.6), square(0.4, 1)], 100, 100);
    assert.equal(
      covered.reduce((a, b) => a + b, 0),
      60 * 60 * 2 - 20 * 20,
    );
  });

  it('mean what they cover, or everything else', () => {
    const half: AreaPolygon[] = [
      [
        [0, 0],
        [0.5, 0],
        [0.5, 1],
        [0, 1],
      ],
    ];
    const share = (mode: 'ignore' | 'look', polygons: AreaPolygon[]) => {
      const { values } = rasterOf({ mode, polygons });
      return values.reduce((a, b) => a + b, 0) / values.length;
    };
    assert.equal(share('ignore', half), 0.5);
    assert.equal(share('ignore', []), 1);
    assert.equal(
      share(
        'look',
        half.map((polygon) => polygon.map(([x, y]) => [x / 2, y])),
      ),
      0.25,
    );
  });
});
