// What VS Code loads when it starts the extension: what reads and checks files comes when the first one is read.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dist } from '../tools/paths';

const folder = join(dist, 'extension');

/** The file and those that it loads at once; what is imported on demand is behind a promise. */
function loadedWith(file: string, found = new Map<string, string>()): Map<string, string> {
  if (found.has(file)) return found;
  const text = readFileSync(join(folder, file), 'utf8');
  found.set(file, text);
  for (const { 1: other } of text.matchAll(/(?<!\.then\(\(\) ?=> ?(?:\w+\()?)require\("\.\/([^"]+)"\)/g))
    loadedWith(other!, found);
  return found;
}

describe('the start of the extension', () => {
  const files = loadedWith('main.cjs');
  const text = [...files.values()].join('\n');

  it('loads no schemas, no parser of syntax trees, and not the protocol of the engine', () => {
    for (const name of ['ZodError', 'printParseErrorCode', 'createMessageConnection'])
      assert.ok(!text.includes(name), name);
  });

  it('leaves them for when they are needed', () => {
    const later = [...text.matchAll(/import\("\.\/([^"]+)"\)|then\(\(\) ?=> ?(?:\w+\()?require\("\.\/([^"]+)"\)/g)];
    const all = later.map(([, a, b]) => [...loadedWith((a ?? b)!).values()].join('\n')).join('\n');
    for (const name of ['ZodError', 'createMessageConnection']) assert.ok(all.includes(name), name);
  });
});
