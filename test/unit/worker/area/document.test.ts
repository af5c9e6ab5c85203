// The area file: what it may hold, the same bytes for the same area, and mistakes that are told.
import assert from 'node:assert/strict';
import { parseArea, serializeArea, type AreaDocument } from '../../../../worker/area/document';

const area: AreaDocument = {
  version: 1,
  mode: 'ignore',
  polygons: [
    [
      [0, 0],
      [0.25, 0],
      [0.123456, 1 / 3],
    ],
    [
      [0.5, 0.5],
      [1, 0.5],
      [1, 1.0000001],
    ],
  ],
};

describe('the area file', () => {
  it('has one polygon a line, coordinates of four digits, and is read again as it was written', () => {
    const text = serializeArea(area);
    assert.equal(
      text,
      [
        '{',
        '  "version": 1,',
        '  "mode": "ignore",',
        '  "polygons": [',
        '    [[0, 0], [0.25, 0], [0.1235, 0.3333]],',
        '    [[0.5, 0.5], [1, 0.5], [1, 1]]',
        '  ]',
        '}',
        '',
      ].join('\n'),
    );
    assert.equal(serializeArea(parseArea(text)), text);
    assert.equal(serializeArea(parseArea(`\uFEFF${text}`)), text);
  });

  it('keeps keys that this version does not know, in their places', () => {
    const text = serializeArea({ $schema: './area.json', ...area, comment: 'the lamp' });
    assert.deepEqual(Object.keys(parseArea(text)), ['$schema', 'version', 'mode', 'polygons', 'comment']);
  });

  for (const [what, text, message] of [
    ['no JSON', '{', /not valid JSON/],
    ['a newer version', '{ "version": 2 }', /version 2, which is newer/],
    ['another mode', '{ "version": 1, "mode": "hide", "polygons": [] }', /at mode/],
    ['two corners', '{ "version": 1, "mode": "look", "polygons": [[[0, 0], [1, 1]]] }', /at polygons\.0/],
    ['pixels', '{ "version": 1, "mode": "look", "polygons": [[[0, 0], [200, 0], [0, 1]]] }', /at polygons\.0\.1\.0/],
    ['null', 'null', /not valid/],
  ] as const) {
    it(`with ${what} says so`, () => {
      assert.throws(() => parseArea(text), message);
    });
  }
});
