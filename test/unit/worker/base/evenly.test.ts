// A few of many: never more than asked for, from end to end.
import assert from 'node:assert/strict';
import { evenly } from '../../../../worker/base/evenly';

describe('a few of many', () => {
  const ten = Array.from({ length: 10 }, (_, i) => i);

  it('are all where there are no more', () => {
    assert.deepEqual(evenly(ten, 10), ten);
    assert.deepEqual(evenly([], 3), []);
  });

  it('are spread over the list, in its order', () => {
    assert.deepEqual(evenly(ten, 5), [0, 2, 4, 6, 8]);
    assert.deepEqual(evenly(ten, 3), [0, 3, 6]);
    assert.deepEqual(evenly(ten, 0), []);
  });
});
