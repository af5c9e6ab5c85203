// Evaluation metrics against scikit-learn (expected/clustering.py, and awkward cases from expected/awkward.py).
import assert from 'node:assert/strict';
import { evaluate } from '../../../../worker/evaluation/metrics';
import awkward from '../../expected/awkward.json';
import expected from '../../expected/clustering.json';

describe('evaluation', () => {
  for (const { name, truth, predicted, ...metrics } of [...expected.metrics, ...awkward.metrics]) {
    it(`agrees with scikit-learn: ${name}`, () => {
      const evaluation = evaluate(truth, predicted);
      for (const [metric, value] of Object.entries(metrics)) {
        const actual = evaluation[metric as keyof typeof metrics];
        assert.ok(Math.abs(actual - value) < 1e-9, `${metric}: ${actual} is not ${value}`);
      }
      assert.equal(evaluation.images, truth.length);
      assert.equal(evaluation.clusters, new Set(predicted).size);
    });
  }

  it('tells for each class which cluster is its own, and how well', () => {
    const { classes } = evaluate(['a', 'a', 'a', 'b', 'b', 'c'], [7, 7, 9, 9, 9, 9]);
    assert.deepEqual(classes, [
      { name: 'a', images: 3, cluster: 7, precision: 1, recall: 2 / 3, f1: 4 / 5 },
      { name: 'b', images: 2, cluster: 9, precision: 2 / 4, recall: 1, f1: 4 / 6 },
      { name: 'c', images: 1, cluster: null, precision: 0, recall: 0, f1: 0 },
    ]);
  });

  it('counts the images of each class in each cluster, by rising name and id', () => {
    const { confusion } = evaluate(['b', 'a', 'b', 'a', 'b', 'c'], [9, 7, 9, 10, 7, 9]);
    assert.deepEqual(confusion, {
      classes: ['a', 'b', 'c'],
      clusters: [7, 9, 10],
      counts: [
        [1, 0, 1],
        [1, 2, 0],
        [0, 1, 0],
      ],
    });
  });

  it('does not depend on the order of the images', () => {
    const truth = ['a', 'a', 'a', 'b', 'b', 'c'];
    const predicted = [7, 7, 9, 9, 9, 9];
    assert.deepEqual(evaluate(truth.toReversed(), predicted.toReversed()), evaluate(truth, predicted));
  });

  it('refuses lists that are empty or of different lengths', () => {
    assert.throws(() => evaluate([], []), RangeError);
    assert.throws(() => evaluate(['a'], [1, 2]), RangeError);
  });
});
