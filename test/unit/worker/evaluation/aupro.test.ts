// The area under the per-region overlap curve against one that follows every threshold, in numpy (expected/regions.py).
import assert from 'node:assert/strict';
import { aupro } from '../../../../worker/evaluation/aupro';
import expected from '../../expected/regions.json';

describe('the area under the per-region overlap curve', () => {
  for (const { name, limit, side, images, aupro: wanted } of expected.curves) {
    it(`is numpy's: ${name}`, () => {
      const pictures = images.map(({ scores, mask }) => {
        return { scores: Float32Array.from(scores), mask: Uint8Array.from(mask), width: side, height: side };
      });
      // Between two of some hundred false pixels this one steps, and numpy draws a line.
      assert.ok(Math.abs(aupro(pictures, limit)! - wanted) < 0.005, `${aupro(pictures, limit)} for ${wanted}`);
    });
  }

  const picture = (scores: number[], mask?: number[]) => {
    const shown = { scores: Float32Array.from(scores), width: scores.length, height: 1 };
    return mask ? { ...shown, mask: Uint8Array.from(mask) } : shown;
  };

  it('counts a small defect as much as a large one', () => {
    // The large one is found at once; the small one is below everything.
    const images = [picture([9, 9, 9, 9, 9, 9, 5, 0, 5, 5], [1, 1, 1, 1, 1, 1, 0, 1, 0, 0])];
    assert.equal(aupro(images), 0.5);
  });

  it('is null without defects, and without anything else', () => {
    assert.equal(aupro([picture([1, 2, 3])]), null);
    assert.equal(aupro([picture([1, 2], [1, 1])]), null);
  });
});
