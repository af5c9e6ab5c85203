// Overlaps of places, and label sets, on cases that are worked out by hand.
import assert from 'node:assert/strict';
import { labelSetsOf, placementOf } from '../../../../worker/evaluation/placement';
import { areaOf, intersectionOverUnion, scaled, type Shape } from '../../../../worker/evaluation/shapes';

describe('intersection over union', () => {
  const triangle: Shape = { box: [0, 0, 8, 8], polygons: [[0, 0, 8, 0, 0, 8]] };
  const square: Shape = { box: [0, 0, 8, 8], raster: { width: 2, height: 2, cells: Uint8Array.of(1, 1, 1, 1) } };

  it('of boxes is exact', () => {
    assert.equal(intersectionOverUnion({ box: [0, 0, 4, 4] }, { box: [2, 0, 4, 4] }), 1 / 3);
    assert.equal(intersectionOverUnion({ box: [0, 0, 4, 4] }, { box: [4, 0, 4, 4] }), 0);
  });

  it('of outlines is that of their insides, and of boxes where one is only a box', () => {
    assert.ok(Math.abs(intersectionOverUnion(triangle, square) - 0.5) < 0.01);
    assert.equal(intersectionOverUnion(triangle, { box: [0, 0, 8, 8] }), 1);
    const quarter: Shape = { box: [4, 0, 8, 8], raster: { width: 2, height: 1, cells: Uint8Array.of(1, 0) } };
    assert.ok(Math.abs(intersectionOverUnion(square, quarter) - 0.5) < 0.01);
  });

  it('is the same in any unit', () => {
    const [a, b] = [triangle, { ...triangle, box: [0, 0, 8, 8] as const, polygons: [[0, 0, 8, 0, 8, 8]] }];
    const before = intersectionOverUnion(a, b);
    assert.ok(Math.abs(before - intersectionOverUnion(scaled(a, 3, 0.1), scaled(b, 3, 0.1))) < 0.01);
    assert.ok(Math.abs(before - 1 / 3) < 0.01);
  });

  it('goes with areas', () => {
    assert.deepEqual([areaOf(triangle), areaOf(square), areaOf({ box: [1, 1, 2, 3] })], [32, 64, 6]);
  });
});

describe('regions on objects', () => {
  it('are counted at both levels, and apart on images without objects', () => {
    const measured = placementOf([
      {
        overlaps: [
          [0.5, 0],
          [0.05, 0.2],
        ],
        found: 2,
      },
      { overlaps: [[]], found: 0 },
      { overlaps: [], found: 3 },
    ]);
    assert.deepEqual(measured, {
      recall: [2 / 3, 1 / 3],
      precision: [1, 0.5],
      regions: { defect: 1, good: 3 },
    });
  });
});

describe('label sets', () => {
  it('match clusters to kinds one to one, then count pairs of image and kind', () => {
    const truth = [new Set(['a', 'b']), new Set(['a']), new Set(['b']), new Set<string>()];
    // Cluster 4 is a, with one image too many; 9 is b, and misses one; 5 is left over.
    const labels = [
      [0, 4],
      [1, 4],
      [3, 4],
      [2, 9],
      [1, 5],
      [0, 4],
    ] as const;
    assert.deepEqual(labelSetsOf(truth, labels, ['a', 'b']), {
      micro: 6 / 8,
      macro: (4 / 5 + 2 / 3) / 2,
      kinds: [
        { name: 'a', cluster: 4, f1: 4 / 5 },
        { name: 'b', cluster: 9, f1: 2 / 3 },
      ],
    });
  });
});
