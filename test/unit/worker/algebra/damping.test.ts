// Damping against scipy's matrix square root (test/unit/expected/learning.py).
import assert from 'node:assert/strict';
import { damp, fitDamping } from '../../../../worker/algebra/damping';
import expected from '../../expected/learning.json';

const rowsOf = (values: readonly number[], size: number) =>
  Array.from({ length: values.length / size }, (_, i) => Float64Array.from(values.slice(i * size, (i + 1) * size)));

describe('damping', () => {
  for (const { dimensions, variance, nuisance, vectors, damped } of expected.dampings) {
    it(`by ${nuisance.length / dimensions} vectors of ${dimensions} numbers is the inverse square root of I + 10 Σ / variance`, () => {
      const damping = fitDamping(rowsOf(nuisance, dimensions), variance);
      const wanted = rowsOf(damped, dimensions);
      for (const [i, vector] of rowsOf(vectors, dimensions).entries()) {
        damp(vector, damping);
        for (const [d, value] of vector.entries()) assert.ok(Math.abs(value - wanted[i]![d]!) < 1e-9);
      }
    });
  }

  it('by vectors that are all alike changes nothing', () => {
    const vector = Float64Array.of(1, 2, 3);
    damp(vector, fitDamping([Float64Array.of(4, 4, 4), Float64Array.of(4, 4, 4)], 1));
    assert.deepEqual([...vector], [1, 2, 3]);
  });
});
