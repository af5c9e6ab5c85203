// Every string that a person reads is in the bundles, and each bundle is complete: the manifest's, the extension's and the page's.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { getL10nJson } from '@vscode/l10n-dev';
import { isShipped } from '../../scripts/packaging/stage';
import { galleryHtml, runBundled, type Strings } from '../tools/gallery-html';
import { root } from '../tools/paths';

const readJson = (name: string): unknown => JSON.parse(readFileSync(join(root, name), 'utf8'));
const manifest = readJson('package.json') as { contributes: unknown; l10n: string };
const manifestStrings = readJson('package.nls.json') as Strings;
const bundle = readJson('l10n/bundle.l10n.json') as Record<string, string | { message: string }>;
const languages = readdirSync(join(root, 'l10n')).flatMap((name) => /^bundle\.l10n\.(.+)\.json$/.exec(name)?.[1] ?? []);

/** Every string inside a value, with the name of the property that it belongs to. */
function* stringsIn(value: unknown, property = ''): Generator<{ property: string; text: string }> {
  if (typeof value === 'string') yield { property, text: value };
  else if (Array.isArray(value)) for (const item of value) yield* stringsIn(item, property);
  else if (typeof value === 'object' && value !== null)
    for (const [name, item] of Object.entries(value)) yield* stringsIn(item, name);
}

const keyOf = (text: string) => /^%(.+)%$/.exec(text)?.[1];
const sorted = (items: Iterable<string>) => [...new Set(items)].sort();
const placeholders = (text: string) => (text.match(/\{\d+\}/g) ?? []).sort();
/** What a translation must leave as it is: links of commands and settings, and code. */
const untranslatable = (text: string) => (text.match(/\(command:[^)]*\)|`[^`]*`/g) ?? []).sort();

describe("the manifest's strings", () => {
  it('are all in package.nls.json, and nothing else is', () => {
    const keys = [...stringsIn(manifest)].flatMap(({ text }) => keyOf(text) ?? []);
    assert.deepEqual(sorted(keys), sorted(Object.keys(manifestStrings)));
  });

  it('leave no text in package.json', () => {
    const shown =
      /^(title|category|name|displayName|contextualTitle|contents|label|altText|enumDescriptions|(markdown)?description)$/i;
    const conditions = /^(when|enablement|pattern|completionEvents)$/;
    const texts = [...stringsIn(manifest.contributes)].filter(
      ({ property, text }) =>
        keyOf(text) === undefined &&
        (shown.test(property) || (!conditions.test(property) && /\p{L} +\p{L}/u.test(text))),
    );
    assert.deepEqual(texts, []);
  });

  for (const language of languages) {
    it(`are all translated: ${language}`, () => {
      const translated = readJson(`package.nls.${language}.json`) as Strings;
      assert.deepEqual(Object.keys(translated), Object.keys(manifestStrings));
      for (const [key, text] of Object.entries(manifestStrings)) {
        assert.deepEqual(untranslatable(translated[key]!), untranslatable(text), key);
      }
    });
  }
});

describe("the extension's and the page's strings", () => {
  it('are those of the source (npm run l10n)', async () => {
    const files = ['src', 'webview'].flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.ts'))
        .map((name) => ({ extension: extname(name), contents: readFileSync(join(root, folder, name), 'utf8') })),
    );
    assert.deepEqual(bundle, await getL10nJson(files));
    assert.deepEqual(Object.keys(bundle), sorted(Object.keys(bundle)));
  });

  for (const language of languages) {
    it(`are all translated, with the same placeholders: ${language}`, () => {
      const translated = readJson(`l10n/bundle.l10n.${language}.json`) as Strings;
      assert.deepEqual(Object.keys(translated), Object.keys(bundle));
      for (const [key, entry] of Object.entries(bundle)) {
        const text = typeof entry === 'string' ? entry : entry.message;
        assert.deepEqual(placeholders(translated[key]!), placeholders(text), key);
      }
    });
  }

  it('go into the package, where VS Code looks for them', () => {
    assert.equal(manifest.l10n, './l10n');
    const bundles = readdirSync(join(root, 'l10n')).map((name) => `l10n/${name}`);
    for (const file of ['package.nls.json', 'package.nls.de.json', ...bundles]) assert.ok(isShipped(file), file);
  });
});

describe("the gallery page's language", () => {
  const german = { '{0} images': '{0} Bilder', Undo: '</script><b>&"Rückgängig"' };

  it('is that of VS Code, with the translations in a data block', async () => {
    const html = await galleryHtml('de', german);
    assert.match(html, /<html lang="de">/);
    assert.match(html, /<title>Anomaly clusters<\/title>/);
    assert.doesNotMatch(html, /unsafe-inline/);
    const page = await pageStrings(html);
    assert.deepEqual(page, {
      language: 'de',
      images: '1.234 Bilder',
      numbers: ['4,2 %', '0,123', '0,0420 %', '0,873'],
      undo: german.Undo,
      unknown: 'not in the bundle',
    });
  });

  it('is English without translations, whatever that of VS Code', async () => {
    const html = await galleryHtml('fr', undefined);
    assert.match(html, /<html lang="en">/);
    assert.doesNotMatch(html, /application\/json/);
    const page = await pageStrings(html);
    assert.deepEqual(page, {
      language: 'en',
      images: '1,234 images',
      numbers: ['4.2 %', '0.123', '0.0420 %', '0.873'],
      undo: 'Undo',
      unknown: 'not in the bundle',
    });
  });
});

/** What the page's scripts make of that HTML. */
function pageStrings(html: string): Promise<unknown> {
  const source = `
    import { language } from './webview/kit/l10n';
    import * as l10n from '@vscode/l10n';
    import { finePercent, numberOfImages, percent, threeDecimals, threeDigits } from './webview/kit/format';
    say({
      language,
      images: numberOfImages(1234),
      numbers: [percent(0.042), threeDigits(0.12345), finePercent(0.00042), threeDecimals(0.8734)],
      undo: l10n.t('Undo'),
      unknown: l10n.t('not in the bundle'),
    });`;
  const textContent = /<script type="application\/json" id="l10n">(.*?)<\/script>/s.exec(html)?.[1];
  const document = {
    documentElement: { lang: /<html lang="(.*?)">/.exec(html)?.[1] },
    getElementById: (id: string) => (id === 'l10n' && textContent !== undefined ? { textContent } : null),
  };
  return runBundled(source, 'browser', { document });
}
