// Outlines of masks: filled again, by the middles of cells and the even-odd rule, they are the mask.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { joinRings, signedArea, traceParts, traceRings, type Polygon } from '../../../../worker/regions/trace-outline';

/** 1 where a ray from the middle of a cell to the left crosses an odd number of borders. */
function filled(polygons: readonly Polygon[], width: number, height: number): number[] {
  return Array.from({ length: width * height }, (_, cell) => {
    const [x, y] = [(cell % width) + 0.5, Math.floor(cell / width) + 0.5];
    const crossings = polygons.flatMap((polygon) =>
      polygon.filter(([ax, ay], i) => {
        const [, by] = polygon[(i + 1) % polygon.length]!;
        return ax < x && ay !== by && y > Math.min(ay, by) && y < Math.max(ay, by);
      }),
    );
    return crossings.length % 2;
  });
}

const masks = fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 12 })).chain(([width, height]) =>
  fc.record({
    width: fc.constant(width),
    height: fc.constant(height),
    cells: fc.array(fc.integer({ min: 0, max: 1 }), { minLength: width * height, maxLength: width * height }),
  }),
);

/** From rows of text. */
function drawn(...rows: string[]): [number[], number, number] {
  return [rows.flatMap((row) => [...row].map((char) => Number(char === '#'))), rows[0]!.length, rows.length];
}

describe('outlines of masks', () => {
  it('hold the cells of the mask and no others, whatever it is', () => {
    fc.assert(
      fc.property(masks, ({ width, height, cells }) => {
        const rings = traceRings(cells, width, height);
        assert.deepEqual(filled(rings, width, height), cells);
        const area = rings.reduce((sum, ring) => sum + signedArea(ring), 0);
        assert.equal(
          area,
          cells.reduce((sum, cell) => sum + cell, 0),
        );
        for (const ring of rings) {
          for (const [i, [x, y]] of ring.entries()) {
            const [nextX, nextY] = ring[(i + 1) % ring.length]!;
            const [afterX, afterY] = ring[(i + 2) % ring.length]!;
            assert.ok((x === nextX) !== (y === nextY), 'an edge that is neither level nor upright');
            assert.ok((nextX === afterX) !== (x === nextX) || (nextY === afterY) !== (y === nextY), 'no corner');
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it('enclose as much when holes are joined to what is around them, one part after the other', () => {
    fc.assert(
      fc.property(masks, ({ width, height, cells }) => {
        const area = cells.reduce((sum, cell) => sum + cell, 0);
        const parts = traceParts(cells, width, height);
        assert.ok(parts.every((part) => signedArea(part) > 0));
        assert.equal(
          parts.reduce((sum, part) => sum + signedArea(part), 0),
          area,
        );
        // Cuts between parts are slanted, which this filling does not draw; what they enclose is the same.
        assert.ok(Math.abs(signedArea(joinRings(parts)) - area) < 1e-9);
      }),
      { numRuns: 500 },
    );
  });

  it('go over corners where cells touch, and around holes that do not', () => {
    assert.deepEqual(traceParts(...drawn('#.', '.#')).length, 1);
    assert.deepEqual(traceRings(...drawn('###', '#.#', '###')), [
      [
        [0, 0],
        [3, 0],
        [3, 3],
        [0, 3],
      ],
      [
        [1, 1],
        [1, 2],
        [2, 2],
        [2, 1],
      ],
    ]);
    assert.equal(traceParts(...drawn('####.', '#..#.', '#.#..', '####.')).length, 1);
    assert.equal(traceParts(...drawn('#####', '#...#', '#.#.#', '#...#', '#####')).length, 2);
  });

  it('of nothing are none', () => {
    assert.deepEqual(traceParts([0, 0], 2, 1), []);
    assert.deepEqual(joinRings([]), []);
  });
});
