// Where a cluster's images stand out, in words.
import assert from 'node:assert/strict';
import { placeInWords } from '../../../../webview/model/where';
import type { PatchGrid } from '../../../../worker/api/analysis';

const grid: PatchGrid = { rows: 6, columns: 6, stride: 8, origin: 4, inputWidth: 48, inputHeight: 48 };
const scale = { min: 0, max: 1, usual: 0.2, unusual: 0.8 };
const map = (...hot: [row: number, column: number][]) => {
  const distances = new Float32Array(36).fill(0.1);
  for (const [row, column] of hot) distances[row * 6 + column] = 0.9;
  return { grid, distances };
};

describe('a cluster in words', () => {
  it('says where most of what stands out is', () => {
    assert.match(placeInWords([map([0, 0]), map([1, 1])], scale), /top left/);
    assert.match(placeInWords([map([2, 3]), map([3, 2], [0, 0])], scale), /in the middle/);
    assert.match(placeInWords([map([5, 3])], scale), /at the bottom\./);
  });

  it('says that it is in different places, or that there is nothing', () => {
    assert.match(placeInWords([map([0, 0]), map([5, 5]), map([0, 5]), map([5, 0])], scale), /different places/);
    assert.match(placeInWords([map()], scale), /Nothing stands out/);
    assert.equal(placeInWords([], scale), '');
  });
});
