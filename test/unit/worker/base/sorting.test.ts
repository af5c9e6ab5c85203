// Items sorted by numbers: as by comparing them, whatever the numbers are and however many there are.
import assert from 'node:assert/strict';
import { createRandom } from '../../../../worker/base/random';
import { sortedBy } from '../../../../worker/base/sorting';

describe('items by a number', () => {
  const random = createRandom(4);
  const pick = (values: readonly number[]) => values[random.integer(0, values.length - 1)]!;
  const numbers: Record<string, () => number> = {
    'as distances are': () => random.between(0, 30),
    'of both signs': () => random.normal(),
    'that are often equal': () => random.integer(-2, 2),
    'that only the last bits tell apart': () => 1 + random.integer(0, 5) * Number.EPSILON,
    'of every size': () => random.normal() * 10 ** random.integer(-320, 305),
    'that are infinite or zero': () => pick([Infinity, -Infinity, 0, -0, 1, -1]),
    'all the same': () => 7,
  };
  for (const [name, number] of Object.entries(numbers))
    it(`rise, and equal ones keep their order: numbers ${name}`, () => {
      for (const count of [0, 1, 2, 199, 200, 3000]) {
        const items = Array.from({ length: count }, (_, place) => ({ place, value: number() }));
        const sorted = sortedBy(items, ({ value }) => value);
        assert.equal(new Set(sorted).size, count);
        for (const [i, after] of sorted.entries()) {
          const before = sorted[i - 1];
          if (!before) continue;
          assert.ok(before.value <= after.value, `${before.value} before ${after.value}`);
          if (before.value === after.value) assert.ok(before.place < after.place);
        }
      }
    });

  it('leaves the items as they were', () => {
    const items = Array.from({ length: 500 }, (_, i) => 500 - i);
    sortedBy(items, (item) => item);
    assert.equal(items[0], 500);
  });
});
