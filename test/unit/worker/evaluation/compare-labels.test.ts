// Two label files compared: what stands for what, what moved, and how far they agree.
import assert from 'node:assert/strict';
import { compareLabels } from '../../../../worker/evaluation/compare-labels';
import type { LabelDocument } from '../../../../worker/labels';
import { labelMethod } from '../../../tools/label-method';

function labels(
  clusters: Record<number, string>,
  images: Record<string, number>,
  pinned: string[] = [],
): LabelDocument {
  return {
    version: 1,
    root: '.',
    method: labelMethod,
    clusters: Object.entries(clusters).map(([id, name]) => ({ id: Number(id), name })),
    images: Object.entries(images).map(([path, cluster]) => ({
      path,
      cluster,
      ...(pinned.includes(path) ? { pinned: true as const } : {}),
    })),
  };
}

const first = labels(
  { 1: 'crack', 2: '' },
  { 'a.png': 1, 'b.png': 1, 'c.png': 1, 'd.png': 2, 'e.png': 2, 'gone.png': 2 },
);

describe('comparing two label files', () => {
  it('says that the same labels agree, whatever the numbers are', () => {
    const swapped = labels(
      { 1: 'other', 2: 'crack' },
      { 'a.png': 2, 'b.png': 2, 'c.png': 2, 'd.png': 1, 'e.png': 1, 'gone.png': 1 },
    );
    const { agreement, moved, clusters } = compareLabels(first, swapped);
    assert.deepEqual(agreement, { same: 1, ari: 1, nmi: 1 });
    assert.deepEqual(moved, []);
    assert.deepEqual(
      clusters.map((pair) => [pair.first?.id, pair.second?.id, pair.shared]),
      [
        [1, 2, 3],
        [2, 1, 3],
      ],
    );
  });

  it('finds what is elsewhere, what only one has, and clusters without a counterpart', () => {
    const second = labels(
      { 1: 'crack', 2: '', 3: 'stain' },
      { 'a.png': 1, 'b.png': 1, 'c.png': 3, 'd.png': 2, 'e.png': 2, 'new.png': 3 },
      ['c.png'],
    );
    const found = compareLabels(first, second);
    assert.equal(found.images, 5);
    assert.deepEqual([found.onlyInFirst, found.onlyInSecond], [['gone.png'], ['new.png']]);
    assert.deepEqual(found.moved, [{ path: 'c.png', from: 'crack', to: 'stain', pinned: true }]);
    assert.equal(found.agreement?.same, 4 / 5);
    assert.deepEqual(found.clusters.at(-1), { first: null, second: { id: 3, title: 'stain', images: 2 }, shared: 0 });
    assert.deepEqual(found.table.counts, [
      [2, 0, 1],
      [0, 2, 0],
    ]);
  });

  it('has nothing to say of files without a common image', () => {
    const { agreement, images } = compareLabels(first, labels({ 1: '' }, { 'x.png': 1 }));
    assert.deepEqual([agreement, images], [null, 0]);
  });
});
