// Keys that an object of a JSON text has twice are noticed without a syntax tree, wherever they are and however they are written.
import assert from 'node:assert/strict';
import { hasRepeatedKeys } from '../../../../worker/labels/text/repeated-keys';

const isRepeated = (text: string) => hasRepeatedKeys(text, JSON.parse(text));

describe('repeated keys', () => {
  it('are noticed at every depth, escaped or not', () => {
    for (const text of [
      '{"a": 1, "a": 2}',
      '[{"b": {"a": 1, "c": 2, "a": 1}}]',
      '{"a" : 1, "\\u0061":2}',
      '{"":1,"":1}',
    ])
      assert.equal(isRepeated(text), true, text);
  });

  it('are not seen in strings, in other objects or in odd names', () => {
    for (const text of [
      '{"a": "\\"a\\": 1", "b": "a:", "c": ["a", "a"]}',
      '[{"a": 1}, {"a": 1}, [], {}, null, "x", 1]',
      '{"__proto__": {"a": 1}, "constructor": 1, "\\\\": "\\\\", "1": 1}',
      '"a"',
    ])
      assert.equal(isRepeated(text), false, text);
  });
});
