// Collects the strings of the extension and of its page from the source into l10n/bundle.l10n.json. Every bundle is sorted by its
// keys, so that a new string moves no others; translations stay as they are, and what they lack is named.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { getL10nJson } from '@vscode/l10n-dev';
import { root } from './setup.mjs';

const folder = join(root, 'l10n');
const read = (name) => JSON.parse(readFileSync(join(folder, name), 'utf8'));
const write = (name, strings) => {
  const sorted = Object.fromEntries(
    Object.keys(strings)
      .sort()
      .map((key) => [key, strings[key]]),
  );
  writeFileSync(join(folder, name), `${JSON.stringify(sorted, null, 2)}\n`);
};

const sources = ['src', 'webview'].flatMap((name) =>
  readdirSync(join(root, name), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => ({ extension: extname(file), contents: readFileSync(join(root, name, file), 'utf8') })),
);
const strings = await getL10nJson(sources);
write('bundle.l10n.json', strings);
for (const name of readdirSync(folder).filter((each) => /^bundle\.l10n\..+\.json$/.test(each))) {
  const translated = read(name);
  write(name, translated);
  for (const key of Object.keys(strings)) if (!(key in translated)) console.warn(`${name} lacks: ${key}`);
  for (const key of Object.keys(translated)) if (!(key in strings)) console.warn(`${name} has, unused: ${key}`);
}
