// The colours of the map: which image gets which, and what they are called.
import assert from 'node:assert/strict';
import { galleryModel } from '../../../../webview/model/gallery-model';
import { scaleColors } from '../../../../worker/evaluation/heat-colors';
import { squaredDistanceUpTo } from '../../../../webview/model/measures';
import { mapColors } from '../../../../webview/panels/map-colors';
import type { Analysis } from '../../../../worker/api/analysis';
import type { LabelDocument } from '../../../../worker/labels';

const labels = {
  clusters: [
    { id: 1, name: 'scratch' },
    { id: 2, name: 'dent' },
  ],
  images: ['a.png', 'b.png', 'c.png'].map((path, i) => ({ path, cluster: i < 2 ? 1 : 2 })),
  method: { model: 'm', weights: 'unsupervised' },
} as LabelDocument;
const analysis = {
  grid: { rows: 1, columns: 1, stride: 8, origin: 4, inputWidth: 8, inputHeight: 8 },
  scale: { min: 2, max: 6, usual: 3, unusual: 5 },
  temperature: 0.1,
  images: [
    { path: 'a.png', score: 2, truth: 'x' },
    { path: 'b.png', score: 6, truth: 'y' },
    { path: 'c.png', score: 4, truth: 'x' },
  ],
  merges: [],
} as Analysis;
const model = galleryModel('parts', labels, analysis);
const [a, b, c] = ['a.png', 'b.png', 'c.png'].map((path) => model.images.get(path)!) as [never, never, never];
const rgb = (level: number) => `rgb(${scaleColors.slice(4 * level, 4 * level + 3).join(' ')})`;

describe('the colours of the map', () => {
  it("are the clusters'", () => {
    const { of, names } = mapColors(model, 'cluster');
    const [scratch, dent] = model.clusters.map(({ color }) => color);
    assert.deepEqual([of(a), of(b), of(c)], [scratch, scratch, dent]);
    assert.deepEqual(names, [
      { color: scratch, name: 'scratch' },
      { color: dent, name: 'dent' },
    ]);
  });

  it('tell classes apart', () => {
    const { of, names } = mapColors(model, 'class');
    assert.equal(of(a), of(c));
    assert.notEqual(of(a), of(b));
    assert.deepEqual(
      names?.map(({ name }) => name),
      ['x', 'y'],
    );
    assert.deepEqual(
      names?.map(({ color }) => color),
      [of(a), of(b)],
    );
  });

  it('go over the scale of the folder for scores, from the darkest to the brightest', () => {
    const { of, names } = mapColors(model, 'score');
    assert.deepEqual([of(a), of(c), of(b)], [rgb(0), rgb(128), rgb(255)]);
    assert.equal(names, undefined);
  });
});

describe('squared distances', () => {
  const values = [0, 0, 0, 3, 4, 12];

  it('are those of a row to a point', () => {
    assert.equal(squaredDistanceUpTo(values, 1, [0, 0, 0]), 9 + 16 + 144);
    assert.equal(squaredDistanceUpTo(values, 0, [1, 2, 2]), 9);
  });

  it('end where the sum is enough, and are at least that', () => {
    const far = squaredDistanceUpTo(values, 1, [0, 0, 0], 20);
    assert.ok(far >= 20 && far < 169);
  });
});
