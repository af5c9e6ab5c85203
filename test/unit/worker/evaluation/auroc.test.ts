// The AUROC of awkward scores against scikit-learn, and heat maps at the size of their masks against scipy (expected/pixels.py).
import assert from 'node:assert/strict';
import { auroc } from '../../../../worker/evaluation/auroc';
import { upsample } from '../../../../worker/evaluation/upsample';
import expected from '../../expected/pixels.json';

describe('the AUROC of awkward scores', () => {
  for (const { name, scores, mask, auroc: wanted } of expected.auroc) {
    const image = { scores: Float32Array.from(scores), mask: Uint8Array.from(mask) };

    it(`is scikit-learn's: ${name}`, () => {
      assert.ok(Math.abs(auroc(() => [image])! - wanted) < 1e-9);
    });

    it(`does not depend on how the pixels are spread over images: ${name}`, () => {
      const parts = [300, 17, 83].map((length, i, lengths) => {
        const from = lengths.slice(0, i).reduce((a, b) => a + b, 0);
        return { scores: image.scores.slice(from, from + length), mask: image.mask.slice(from, from + length) };
      });
      assert.equal(
        auroc(() => parts.toReversed()),
        auroc(() => [image]),
      );
    });

    it(`and that of the turned scores are one together: ${name}`, () => {
      const turned = { ...image, scores: image.scores.map((score) => -score) };
      assert.ok(Math.abs(auroc(() => [image])! + auroc(() => [turned])! - 1) < 1e-12);
    });
  }
});

describe('a heat map at the size of its mask', () => {
  for (const { name, map, grid, width, height, upsampled } of expected.grids) {
    it(`is scipy's linear interpolation: ${name}`, () => {
      const values = upsample(map, grid, width, height);
      assert.equal(values.length, upsampled.length);
      for (const [i, value] of upsampled.entries()) assert.ok(Math.abs(values[i]! - value) < 1e-7, `pixel ${i}`);
    });
  }
});
