// Bytes and times in words: units at their limits, and never a unit that rounds to nothing.
import assert from 'node:assert/strict';
import { formatMegabytes, formatRemaining, splitDuration } from '../../../../worker/base/units';

describe('a remaining time', () => {
  it('is told in seconds below a minute and a half, rounded up, so that it is never none', () => {
    assert.equal(formatRemaining(0.2), 'about 1 s left');
    assert.equal(formatRemaining(89.5), 'about 90 s left');
  });

  it('is told in whole minutes below an hour and a half', () => {
    assert.equal(formatRemaining(90), 'about 2 min left');
    assert.equal(formatRemaining(5399), 'about 90 min left');
  });

  it('is told in tenths of hours from there on', () => {
    assert.equal(formatRemaining(5400), 'about 1.5 h left');
    assert.equal(formatRemaining(100 * 3600), 'about 100.0 h left');
  });

  it('comes in parts for those who speak another language', () => {
    assert.deepEqual(splitDuration(7200), { amount: 2, unit: 'h' });
  });
});

describe('bytes', () => {
  it('are decimal megabytes, with as many digits as are wanted', () => {
    assert.equal(formatMegabytes(17_260_000), '17.3 MB');
    assert.equal(formatMegabytes(276_000_000, 0), '276 MB');
    assert.equal(formatMegabytes(0), '0.0 MB');
  });
});
