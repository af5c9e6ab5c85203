// What the documents name is there.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from '../../tools/paths';

const documents = [
  ...readdirSync(root).filter((name) => name.endsWith('.md')),
  ...['docs', 'models', 'licences'].flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((name) => name.endsWith('.md'))
      .map((name) => `${folder}/${name}`),
  ),
];

/** What a command makes; images are the sample dataset's. */
const isMade = (path: string) => /^(test\/artifacts|dist|sample-dataset|packages)\/|^test\/.*\.png$/.test(path);

describe('the documents', () => {
  for (const document of documents.filter((name) => name !== 'CHANGELOG.md')) {
    const text = readFileSync(join(root, document), 'utf8');

    it(`${document} names files of the source tree that are there`, () => {
      const named = [...text.matchAll(/\b(?:src|webview|worker|test|scripts|models|docs|l10n)\/[\w./-]+\.\w+/g)].map(
        ([path]) => path,
      );
      assert.deepEqual(
        named.filter(
          (path) => !isMade(path) && !existsSync(join(root, path)) && !existsSync(join(root, dirname(document), path)),
        ),
        [],
      );
    });

    it(`${document} links to files that are there`, () => {
      const links = [...text.matchAll(/\]\((?!https?:|#|vscode:|command:)([^)#\s]+)/g)].map(([, link]) => link!);
      assert.deepEqual(
        links.filter((link) => !existsSync(join(root, dirname(document), link))),
        [],
      );
    });
  }
});
