// What a terminal would obey, or not show, is shown instead.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { visible, visibleLines } from '../../../../worker/base/visible';

describe('a name in a terminal', () => {
  it('shows controls, direction marks and what takes no room', () => {
    assert.equal(visible('a\u001B[31mb'), 'a␛[31mb');
    assert.equal(visible('line\nfeed\ttab\u0000\u007F'), 'line␊feed␉tab␀␡');
    assert.equal(visible('photo\u202Egnp.exe'), 'photo\\u{202e}gnp.exe');
    assert.equal(visible('\u009B2J\u200B\u2028'), '\\u{9b}2J\\u{200b}\\u{2028}');
    assert.equal(visible('Größe 日本 👍 – “x”'), 'Größe 日本 👍 – “x”');
    assert.equal(visibleLines('two\nlines\r'), 'two\nlines␍');
  });

  it('never holds a control character', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (name) => !/\p{Cc}/u.test(visible(name))));
  });
});
