// Lines found by their paths: the same as by a table, whatever is asked for and in which order.
import assert from 'node:assert/strict';
import { finderByPath } from '../../../../worker/base/by-path';

describe('lines by path', () => {
  const items = ['a', 'b', 'c', 'd'].map((path, i) => ({ path, i }));
  const orders = {
    'in order': 'abcd',
    backwards: 'dcba',
    'with gaps': 'bd',
    'with others': 'xaybzcd',
    twice: 'aabbab',
  };
  for (const [name, asked] of Object.entries(orders))
    it(`are found ${name}`, () => {
      const find = finderByPath(items);
      const table = new Map(items.map((item) => [item.path, item]));
      for (const path of asked) assert.equal(find(path), table.get(path));
    });
});
