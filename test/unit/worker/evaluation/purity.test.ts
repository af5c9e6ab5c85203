// The purity curve of dendrograms full of equal heights, as copies of images make them, against scipy (expected/pixels.py).
import assert from 'node:assert/strict';
import type { Merge } from '../../../../worker/clustering/linkage';
import { buildTree, cutTree } from '../../../../worker/clustering/tree';
import { evaluate } from '../../../../worker/evaluation/metrics';
import { purityCurve } from '../../../../worker/evaluation/purity';
import expected from '../../expected/pixels.json';

describe('the purity curve of equal heights', () => {
  for (const { name, merges, truth, purity } of expected.curves) {
    const curve = purityCurve(
      merges as Merge[],
      truth.map((each) => each ?? undefined),
    );

    it(`is that of scipy's cuts: ${name}`, () => {
      assert.equal(curve.purity.length, purity.length);
      for (const [i, value] of purity.entries()) {
        assert.ok(Math.abs(curve.purity[i]! - value) < 1e-12, `k = ${i + 1}: ${curve.purity[i]} is not ${value}`);
      }
    });

    it(`is what the metrics say of our own cuts: ${name}`, () => {
      const counted = [...truth.keys()].filter((i) => truth[i] !== null);
      const tree = buildTree(merges as Merge[], truth.length);
      for (let k = 1; k <= truth.length; k++) {
        const labels = cutTree(tree, k);
        const cut = evaluate(
          counted.map((i) => truth[i]!),
          counted.map((i) => labels[i]!),
        );
        assert.ok(Math.abs(cut.purity - curve.purity[cut.clusters - 1]!) < 1e-12, `k = ${k}`);
      }
    });
  }

  it('rises from the share of the largest class to one', () => {
    for (const { merges, truth } of expected.curves) {
      const names = truth.map((each) => each ?? undefined);
      const counted = names.filter((name) => name !== undefined);
      const { purity, mAUC } = purityCurve(merges as Merge[], names);
      const largest = Math.max(...['a', 'b', 'c'].map((name) => counted.filter((each) => each === name).length));
      assert.equal(purity[0], largest / counted.length);
      assert.equal(purity[purity.length - 1], 1);
      assert.ok(purity.every((value, i) => i === 0 || value >= purity[i - 1]!));
      assert.ok(mAUC > purity[0] && mAUC <= 1);
    }
  });

  it('of one image is one point', () => {
    assert.deepEqual(purityCurve([], ['a']), { purity: [1], mAUC: 1 });
  });
});
