// The scale of heat maps: most patches of a folder are usual, and what most images reach is unusual.
import assert from 'node:assert/strict';
import { patchScale } from '../../../../worker/analysis/patch-scale';

/** Ten images of ten patches: nine alike, and one that stands out the more the later the image is. */
const images = Array.from({ length: 10 }, (_, i) => Float32Array.from({ length: 10 }, (_, m) => (m === 0 ? 5 + i : 1)));
const scores = images.map((distances) => Math.max(...distances));

describe('the scale of heat maps', () => {
  it('begins above nine of ten patches, and ends at what half of the images reach', () => {
    // Ninety patches are ones and ten are larger, so the smallest of those is the first that is not usual.
    assert.deepEqual(patchScale({ min: 1, max: 14 }, images, scores), { min: 1, max: 14, usual: 5, unusual: 10 });
  });

  it('ends at the largest distance where most images have nothing unusual', () => {
    const distances = [...Array.from({ length: 9 }, () => new Float32Array(10).fill(1)), images[0]!];
    const scale = patchScale({ min: 1, max: 5 }, distances, [...Array<number>(9).fill(1), 5]);
    assert.deepEqual(scale, { min: 1, max: 5, usual: 1, unusual: 5 });
  });

  it('is the whole range where no heat map is at hand', () => {
    assert.deepEqual(patchScale({ min: 1, max: 5 }, [], []), { min: 1, max: 5, usual: 1, unusual: 5 });
  });
});
