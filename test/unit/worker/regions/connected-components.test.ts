// Connected components of rasters against scipy's (expected/regions.py).
import assert from 'node:assert/strict';
import { connectedComponents, countsByLevel } from '../../../../worker/regions/connected-components';
import expected from '../../expected/regions.json';

describe('connected components', () => {
  for (const { name, width, height, values, level, levels, least, parts, counts } of expected.maps) {
    it(`are scipy's, corners included: ${name}`, () => {
      const found = connectedComponents({ width, height }, (cell) => values[cell]! >= level);
      assert.deepEqual(
        found.map((cells) => [...cells]),
        parts,
      );
    });

    it(`are as many at every level as scipy counts: ${name}`, () => {
      assert.deepEqual(countsByLevel({ width, height, values }, levels, least), counts);
    });
  }

  it('of nothing are none', () => {
    assert.deepEqual(
      connectedComponents({ width: 4, height: 3 }, () => false),
      [],
    );
  });
});
