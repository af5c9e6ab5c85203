// Changed views: the same for the same seed, as bright as before where they are weak, and mirrored inside the edges.
import assert from 'node:assert/strict';
import { createRandom } from '../../../../worker/base/random';
import { changeView } from '../../../../worker/images/change-view';
import { poolCells } from '../../../../worker/pool/tasks/view-maps';

const [width, height] = [40, 30];
const picture = Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * 37 + (i >> 5)) % 200);

describe('changed views', () => {
  for (const strength of ['weak', 'strong'] as const) {
    it(`${strength}: the same for the same seed, another for another`, () => {
      const view = (seed: number) => changeView(picture, width, height, strength, createRandom(seed));
      assert.deepEqual(view(1), view(1));
      assert.notDeepEqual(view(1), view(2));
      assert.equal(view(1).length, picture.length);
    });
  }

  it('leave one colour as it is where they are weak', () => {
    const grey = new Uint8Array(width * height * 3).fill(90);
    for (let seed = 0; seed < 20; seed++)
      assert.deepEqual(changeView(grey, width, height, 'weak', createRandom(seed)), grey);
  });

  it('flip about half of the images', () => {
    const halves = Uint8Array.from({ length: width * height * 3 }, (_, i) =>
      Math.floor(i / 3) % width < width / 2 ? 0 : 255,
    );
    const flipped = Array.from({ length: 60 }, (_, seed) =>
      changeView(halves, width, height, 'weak', createRandom(seed)),
    );
    const count = flipped.filter((view) => view[0] === 255).length;
    assert.ok(count > 15 && count < 45, String(count));
  });
});

describe('cells of a map', () => {
  it('are the means of their patches, whole images keep their mean', () => {
    const patches = Float32Array.from({ length: 8 * 8 * 2 }, (_, i) => i);
    const cells = poolCells(patches, 2, 1, 4);
    // Rows 0, 1 and columns 0, 1: patches 0, 1, 8, 9, of two numbers each.
    assert.deepEqual([...cells.subarray(0, 2)], [(0 + 2 + 16 + 18) / 4, (1 + 3 + 17 + 19) / 4]);
    const mean = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
    assert.ok(Math.abs(mean(cells) - mean(patches)) < 1e-4);
  });

  it('take the shape of elongated maps', () => {
    // 2 rows of 8 columns whose number is their column.
    const patches = Float32Array.from({ length: 16 }, (_, i) => i % 8);
    assert.deepEqual([...poolCells(patches, 1, 4, 2)], [1.5, 5.5, 1.5, 5.5]);
  });
});
