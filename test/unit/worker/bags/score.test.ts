// How much a patch stands out, on small numbers whose scores can be worked out by hand.
import assert from 'node:assert/strict';
import { scoreScaleOf, standOutScore } from '../../../../worker/bags/score';
import { spread } from '../../../../worker/bags/weights';

const close = (actual: ArrayLike<number>, expected: readonly number[]) => {
  assert.equal(actual.length, expected.length);
  for (const [i, value] of expected.entries()) assert.ok(Math.abs(actual[i]! - value) < 1e-6, `${i}: ${actual[i]}`);
};

describe('the score of patches', () => {
  const among = [Float32Array.of(1, 3), Float32Array.of(1, 3)];
  const inside = [Float32Array.of(0, 0), Float32Array.of(10, 20)];

  it('is the sum of both distances in standard deviations from their means', () => {
    const scale = scoreScaleOf(among, inside);
    assert.deepEqual(scale.among, { mean: 2, deviation: 1 });
    // 0, 0, 10 and 20: a mean of 7.5, and squares of 56.25, 56.25, 6.25 and 156.25.
    const deviation = Math.sqrt(275 / 4);
    assert.equal(scale.inside.mean, 7.5);
    close([scale.inside.deviation], [deviation]);
    close(standOutScore(among[0]!, inside[0]!, scale), [-1 - 7.5 / deviation, 1 - 7.5 / deviation]);
    close(standOutScore(among[1]!, inside[1]!, scale), [-1 + 2.5 / deviation, 1 + 12.5 / deviation]);
  });

  it('has the deviation that temperatures are in', () => {
    const scale = scoreScaleOf(among, inside);
    const scores = among.map((distances, i) => standOutScore(distances, inside[i]!, scale));
    close([scale.deviation], [spread(scores).deviation]);
  });

  it('does not depend on the unit of either distance', () => {
    const scaled = (arrays: Float32Array[], by: number) => arrays.map((array) => array.map((value) => value * by));
    const others = [scaled(among, 4), scaled(inside, 0.25)] as const;
    const scale = scoreScaleOf(...others);
    for (const i of [0, 1]) {
      close(standOutScore(others[0][i]!, others[1][i]!, scale), [
        ...standOutScore(among[i]!, inside[i]!, scoreScaleOf(among, inside)),
      ]);
    }
  });

  it('is zero where nothing differs, and no division by zero', () => {
    const same = [Float32Array.of(0.5, 0.5), Float32Array.of(0.5, 0.5)];
    const scale = scoreScaleOf(same, same);
    close(standOutScore(same[0]!, same[1]!, scale), [0, 0]);
    assert.equal(scale.deviation, 0);
  });
});
