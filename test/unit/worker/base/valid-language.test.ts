// Whatever a machine says its language is, numbers can be written in it.
import assert from 'node:assert/strict';
import { validLanguage } from '../../../../worker/base/valid-language';

describe('a language', () => {
  const cases = {
    en: 'en',
    'de-AT': 'de-AT',
    'en-US@posix': 'en-US',
    'de_DE.UTF-8': 'de-DE',
    de_DE: 'de-DE',
    'fr-@x': 'fr',
    '': 'en',
    '@': 'en',
    C: 'en',
  };
  for (const [said, taken] of Object.entries(cases)) {
    it(`"${said}" is taken as ${taken}`, () => {
      assert.equal(validLanguage(said), taken);
      assert.equal(typeof (1234.5).toLocaleString(validLanguage(said)), 'string');
    });
  }
});
