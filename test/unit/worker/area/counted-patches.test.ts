// Which patches of a grid count, and numbers of them picked out and put back.
import assert from 'node:assert/strict';
import { countedPatches, filledUp, pickPatches, spreadOut } from '../../../../worker/area/counted-patches';
import { rasterOf } from '../../../../worker/area/raster';
import { elongatedGrid } from '../../../../worker/features/elongation';

const grid = { rows: 8, columns: 8, stride: 8, origin: 4, inputWidth: 64, inputHeight: 64 };

/** Ignores the left part of the image. */
function withoutLeft(share: number) {
  return rasterOf({
    mode: 'ignore',
    polygons: [
      [
        [0, 0],
        [share, 0],
        [share, 1],
        [0, 1],
      ],
    ],
  });
}

describe('the patches that count', () => {
  it('are those of which at least half lies in the area', () => {
    const columns = (share: number) => countedPatches(withoutLeft(share), grid).length / grid.rows;
    assert.equal(columns(0), 8);
    assert.equal(columns(2 / 8), 6);
    assert.equal(columns(2.49 / 8), 6);
    assert.equal(columns(2.51 / 8), 5);
    assert.equal(columns(1), 0);
  });

  it('are the same part of the image where the network sees it elongated', () => {
    for (const elongation of [2, 1 / 2]) {
      const long = elongatedGrid(grid, elongation);
      const counted = countedPatches(withoutLeft(0.5), long);
      assert.equal(counted.length, (long.rows * long.columns) / 2);
      assert.ok(counted.every((patch) => patch % long.columns >= long.columns / 2));
    }
  });

  it('are picked with their numbers and put back at their places', () => {
    const counted = Uint16Array.of(1, 4, 63);
    const bag = Float32Array.from({ length: 64 * 3 }, (_, i) => i);
    assert.deepEqual([...pickPatches(bag, counted, 3)], [3, 4, 5, 12, 13, 14, 189, 190, 191]);
    assert.equal(pickPatches(bag, undefined, 3), bag);
    const all = spreadOut(Float32Array.of(5, 6, 7), counted, grid, -1);
    assert.equal(all.length, 64);
    assert.deepEqual([all[0], all[1], all[4], all[63]], [-1, 5, 6, 7]);
  });

  it('are filled up by the first of them', () => {
    assert.deepEqual([...filledUp(Float32Array.of(1, 2, 3, 4), 8, 2)], [1, 2, 3, 4, 1, 2, 1, 2]);
  });
});
