// At which shape the network sees an image.
import assert from 'node:assert/strict';
import type { PatchGrid } from '../../../../worker/api/analysis';
import { elongatedGrid, elongatedSize, elongationOf } from '../../../../worker/features/elongation';

describe('the elongation of an image', () => {
  const square = (patches: number, stride: number): PatchGrid => ({
    rows: patches,
    columns: patches,
    stride,
    origin: stride / 2,
    inputWidth: patches * stride,
    inputHeight: patches * stride,
  });
  const grid = square(32, 8);

  // Inputs are 1, 4, 16, 64 times as long as high: an image gets the one that it is squeezed or stretched least for.
  const cases: [width: number, height: number, elongation: number][] = [
    [256, 256, 1],
    [1920, 1080, 1],
    [300, 100, 1],
    [301, 100, 2],
    [799, 100, 2],
    [800, 100, 4],
    [3199, 100, 4],
    [3200, 100, 8],
    [4096, 96, 8],
    [100, 300, 1],
    [100, 301, 1 / 2],
    [96, 4096, 1 / 8],
  ];
  for (const [width, height, elongation] of cases) {
    it(`of ${width}×${height} pixels is ${elongation}`, () =>
      assert.equal(elongationOf({ width, height }, grid), elongation));
  }

  it('goes as far as the patches can be shared out', () => {
    const line = { width: 20_000, height: 20 };
    assert.equal(elongationOf(line, grid), 16);
    assert.equal(elongationOf(line, square(28, 8)), 4);
    assert.equal(elongationOf(line, square(37, 14)), 1);
  });

  it('leaves pixels and patches as many as they are, and their distance', () => {
    for (const elongation of [1 / 16, 1 / 2, 1, 4, 8]) {
      const long = elongatedGrid(grid, elongation);
      assert.equal(long.rows * long.columns, 1024);
      assert.deepEqual([long.inputWidth, long.inputHeight], [long.columns * 8, long.rows * 8]);
      assert.deepEqual([long.stride, long.origin], [8, 4]);
      const { width, height } = elongatedSize({ width: 256, height: 256 }, elongation);
      assert.deepEqual([width, height], [long.inputWidth, long.inputHeight]);
    }
  });
});
