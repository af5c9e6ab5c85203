// The page's language and its strings in it. An entry imports this before all else, so that strings of constants are translated, too.
//
// Strings are written where they are used, as `l10n.t('…')` with `import * as l10n from '@vscode/l10n'`: only such calls are found by
// `npm run l10n`. Plurals are two of them: `n === 1 ? l10n.t('1 image') : l10n.t('{0} images', n.toLocaleString(language))`.
import { config } from '@vscode/l10n';
import { validLanguage } from '../../worker/base/valid-language';

/** There is none where a unit test imports a part of the page. */
const page = typeof document === 'undefined' ? undefined : document;

/** What the page is written in, as a BCP 47 tag: numbers and dates follow it. */
export const language = validLanguage(page?.documentElement.lang ?? '');

// The data block of src/gallery/html.ts. English needs none, and a report that a browser opens has none.
const strings = page?.getElementById('l10n')?.textContent;
if (strings) config({ contents: strings });
