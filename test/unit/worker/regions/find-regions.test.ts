// What counts as a region: by scores that are written down here.
import assert from 'node:assert/strict';
import { findRegions, regionScaleOf, type RegionScale } from '../../../../worker/regions/find-regions';

/** One row: middle 0, usual 1, typical 10, so the level of an image that reaches 10 is 4.5, and a region needs 6. */
const scale: RegionScale = { middle: 0, usual: 1, typical: 10 };
const row = (...values: number[]) => ({ width: values.length, height: 1, values });
const cellsOf = (raster: ReturnType<typeof row>, least = 1, by = scale) =>
  findRegions(raster, by, least).map(({ cells }) => [...cells]);

describe('regions', () => {
  it('are what rises above the level and up to the peak, those of most weight first', () => {
    assert.deepEqual(cellsOf(row(0, 10, 0, 5, 5, 5, 0, 7, 8, 6, 3)), [[7, 8, 9], [1]]);
  });

  it('have their largest score, and what they hold above the middle', () => {
    const [first] = findRegions(row(2, 9, 6, 2), { ...scale, middle: 2 }, 1);
    assert.deepEqual([first!.score, first!.weight], [9, 11]);
  });

  it('are none in an image that is as usual', () => {
    // Usual is 1, and a region needs 10 % of the way to 10.
    assert.deepEqual(cellsOf(row(0, 0.5, 1.8, 0)), []);
    assert.deepEqual(cellsOf(row(0, 0.5, 2, 0)), [[2]]);
  });

  it('have so many cells at least', () => {
    assert.deepEqual(cellsOf(row(10, 0, 9, 9), 2), [[2, 3]]);
  });

  it('of weaker defects are not lost beside one that is much stronger than is typical', () => {
    // The level stays at 4.5; only the peak rises with the strongest, to 60 % of it.
    assert.deepEqual(cellsOf(row(5, 9, 5, 0, 15)), [[0, 1, 2], [4]]);
    assert.deepEqual(cellsOf(row(5, 9, 5, 0, 16)), [[4]]);
  });

  it('touch at corners', () => {
    const found = findRegions({ width: 3, height: 3, values: [9, 0, 0, 0, 9, 0, 0, 0, 0] }, scale, 1);
    assert.deepEqual([...found[0]!.cells], [0, 4]);
  });
});

describe('what is usual among the scores of a folder', () => {
  it('is its middle, what nine of ten patches do not exceed, and the largest of a typical image', () => {
    // Each 0 to 98 and a largest of its own.
    const images = [300, 100, 200].map((largest) =>
      Float32Array.from({ length: 100 }, (_, i) => (i < 99 ? i : largest)),
    );
    assert.deepEqual(regionScaleOf(images), { middle: 50, usual: 90, typical: 200 });
  });

  it('reaches up to the largest of all where a typical image has nothing unusual', () => {
    const plain = () => new Float32Array(100).fill(1);
    const { usual, typical } = regionScaleOf([plain(), plain(), Float32Array.of(1, 7)]);
    assert.deepEqual([usual, typical], [1, 7]);
  });

  it('cannot be told of nothing', () => {
    assert.throws(() => regionScaleOf([]), RangeError);
  });
});
