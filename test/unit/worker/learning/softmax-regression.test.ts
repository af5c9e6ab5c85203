// Logistic regression against scikit-learn (test/unit/expected/learning.py).
import assert from 'node:assert/strict';
import { classProbabilities, fitSoftmaxRegression } from '../../../../worker/learning/softmax-regression';
import expected from '../../expected/learning.json';

describe('logistic regression', () => {
  for (const { dimensions, classes, strength, vectors, rows, labels, probabilities } of expected.regressions) {
    it(`has scikit-learn's probabilities: ${rows.length} examples of ${classes} classes, C = ${strength}`, () => {
      const model = fitSoftmaxRegression({ vectors, dimensions, rows, labels, classes }, strength);
      const all = Array.from({ length: vectors.length / dimensions }, (_, i) => i);
      const found = classProbabilities(model, vectors, all);
      assert.equal(found.length, probabilities.length);
      for (const [i, value] of found.entries()) assert.ok(Math.abs(value - probabilities[i]!) < 1e-4, `${i}: ${value}`);
    });
  }

  it('is sure of the only class that there is', () => {
    const model = fitSoftmaxRegression({ vectors: [1, 2, 3, 4], dimensions: 2, rows: [0], labels: [0], classes: 1 }, 1);
    assert.deepEqual([...classProbabilities(model, [1, 2, 3, 4], [0, 1])], [1, 1]);
  });
});
