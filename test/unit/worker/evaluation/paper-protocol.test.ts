// The paper's protocol: what of a label file is compared with what of a folder.
import assert from 'node:assert/strict';
import { evaluateLabels, splitForBenchmark } from '../../../../worker/evaluation/paper-protocol';
import type { LabelDocument } from '../../../../worker/labels';

function labels(clusters: Record<string, number>): LabelDocument {
  return { images: Object.entries(clusters).map(([path, cluster]) => ({ path, cluster })) } as LabelDocument;
}

describe('the evaluation protocol', () => {
  it('leaves images of the class "combined" out of the metrics, although they are clustered', () => {
    const { images, nmi, classes } = evaluateLabels(
      labels({ 'test/cut/0.png': 1, 'test/cut/1.png': 1, 'test/good/0.png': 2, 'test/combined/0.png': 1 }),
      [
        { path: 'test/cut/0.png', truth: 'cut' },
        { path: 'test/cut/1.png', truth: 'cut' },
        { path: 'test/good/0.png', truth: 'good' },
        { path: 'test/combined/0.png', truth: 'combined' },
      ],
    );
    assert.equal(images, 3);
    assert.equal(nmi, 1);
    assert.deepEqual(
      classes.map(({ name }) => name),
      ['cut', 'good'],
    );
  });

  it('leaves out images that are no longer in the folder', () => {
    const { images } = evaluateLabels(labels({ 'a/0.png': 1, 'b/gone.png': 2 }), [{ path: 'a/0.png', truth: 'a' }]);
    assert.equal(images, 1);
  });

  it('says where classes come from when a folder has none', () => {
    assert.throws(() => evaluateLabels(labels({ 'a.png': 1 }), [{ path: 'a.png' }]), {
      code: 'too-few-images',
      message: /sub-folder per class/,
    });
  });
});

describe('the split for a benchmark', () => {
  const tiles = Array.from({ length: 50 }, (_, i) => ({
    path: `${i}.jpg`,
    truth: i < 10 ? 'Crack' : 'Free',
    content: `content ${i}`,
  }));
  const split = (images: typeof tiles, seed: number, bankShare = 0.8) =>
    splitForBenchmark(images, 'magnetic-tile', { seed, bankShare });
  const paths = (images: typeof tiles) => images.map(({ path }) => path).sort();

  it('gives the share of good tiles to the bank, and every tile to one side only', () => {
    const { test, bank } = split(tiles, 0);
    assert.equal(bank.length, 32);
    assert.ok(bank.every(({ truth }) => truth === 'Free'));
    assert.deepEqual(paths([...test, ...bank]), paths(tiles));
  });

  it('depends on contents and seed, not on order or names', () => {
    const renamed = tiles.map((tile) => ({ ...tile, path: `other/${tile.path}` })).reverse();
    const contents = (images: typeof tiles) => images.map(({ content }) => content).sort();
    assert.deepEqual(contents(split(renamed, 3).bank), contents(split(tiles, 3).bank));
    assert.notDeepEqual(paths(split(tiles, 4).bank), paths(split(tiles, 3).bank));
  });

  it('keeps copies of one tile on one side', () => {
    const copies = tiles.map((tile) => ({ ...tile, path: `copy of ${tile.path}` }));
    const { test, bank } = split([...tiles, ...copies], 0);
    const contents = new Set(bank.map(({ content }) => content));
    assert.equal(bank.length, 64);
    assert.ok(test.every(({ content }) => !contents.has(content)));
  });

  it('leaves at least one good tile to cluster, however large the share', () => {
    const { test, bank } = split(tiles, 0, 1);
    assert.equal(bank.length, 39);
    assert.equal(test.filter(({ truth }) => truth === 'Free').length, 1);
    assert.deepEqual(split(tiles, 0, 0).bank, []);
  });

  it('clusters every image of other layouts, also the good ones', () => {
    for (const layout of ['mvtec', 'classes', 'flat'] as const) {
      const { test, bank } = splitForBenchmark(tiles, layout, { seed: 0, bankShare: 0.8 });
      assert.deepEqual(test, tiles);
      assert.deepEqual(bank, []);
    }
  });
});
