// Imported before libraries that format numbers in the browser's language: where that is none that the platform knows ("en-US@posix"), they
// throw while they load, and the page stays blank.
import { validLanguage } from '../../worker/base/valid-language';

const valid = validLanguage(navigator.language);
if (valid !== navigator.language)
  Object.defineProperty(navigator, 'language', { get: () => valid, configurable: true });
