// Images that have another path than the label file knows: found again by path without form and case, and by content.
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { parseLabels, serializeLabels, type LabelDocument } from '../../../../worker/labels';
import { followImages, withRenames, type PresentImage } from '../../../../worker/decisions/follow-images';
import { labelMethod } from '../../../tools/label-method';

function linesOf(...paths: string[]): LabelDocument {
  return {
    version: 1,
    root: '.',
    method: labelMethod,
    clusters: [{ id: 1, name: '' }],
    images: paths.map((path) => ({ path, cluster: 1 })),
  };
}
const files = (contents: Record<string, string | undefined>): PresentImage[] =>
  Object.entries(contents).map(([path, content]) => ({ path, content }));
const nothingKnown = new Map<string, string>();

describe('an image under another path', () => {
  it('is found where the name is written in another normal form of Unicode, or with ./', () => {
    const document = linesOf('a/gro\u0308\u00DFe.png', './b//c.png');
    assert.deepEqual(followImages(document, files({ 'a/gr\u00F6\u00DFe.png': 'x', 'b/c.png': 'y' }), nothingKnown), [
      { from: 'a/gro\u0308\u00DFe.png', to: 'a/gr\u00F6\u00DFe.png' },
      { from: './b//c.png', to: 'b/c.png' },
    ]);
  });

  it('is found where the case differs, unless two files or two lines could be meant', () => {
    const found = (lines: string[], present: string[]) =>
      followImages(
        linesOf(...lines),
        present.map((path) => ({ path })),
        nothingKnown,
      );
    assert.deepEqual(found(['A/B.PNG'], ['a/b.png']), [{ from: 'A/B.PNG', to: 'a/b.png' }]);
    assert.deepEqual(found(['A.png'], ['a.png', 'a.PNG']), []);
    assert.deepEqual(found(['A.png', 'a.PNG'], ['a.png']), []);
    // A file that has a line of its own is not meant by another one.
    assert.deepEqual(found(['a.png', 'A.png'], ['a.png']), []);
  });

  it('is found by its content when it was renamed or moved, and a copy is not', () => {
    const document = linesOf('old.png', 'stays.png');
    const contents = new Map([
      ['old.png', 'X'],
      ['stays.png', 'Y'],
    ]);
    const present = files({ 'new/name.png': 'X', 'stays.png': 'Y', 'copy.png': 'Y', 'unreadable.png': undefined });
    assert.deepEqual(followImages(document, present, contents), [{ from: 'old.png', to: 'new/name.png' }]);
  });

  it('is paired by name among copies of one image', () => {
    const document = linesOf('a/1.png', 'a/2.png');
    const contents = new Map([
      ['a/1.png', 'X'],
      ['a/2.png', 'X'],
    ]);
    assert.deepEqual(followImages(document, files({ 'b/2.png': 'X', 'b/3.png': 'X' }), contents), [
      { from: 'a/2.png', to: 'b/2.png' },
      { from: 'a/1.png', to: 'b/3.png' },
    ]);
  });

  it('keeps all that its line says', () => {
    const document = linesOf('old.png');
    Object.assign(document.images[0]!, { pinned: true, reviewed: 'yes' });
    const followed = withRenames(document, [{ from: 'old.png', to: 'new.png' }]);
    assert.deepEqual(followed.images, [{ path: 'new.png', cluster: 1, pinned: true, reviewed: 'yes' }]);
    assert.deepEqual(document.images[0]?.path, 'old.png');
  });

  it('never takes the place of another: no path is there twice, and lines with a file stay', () => {
    const path = fc.stringMatching(/^(\.\/)?[aAbB\u00E4]{1,2}(\/[aA]\u0308?)?$/).filter((text) => text !== '');
    const content = fc.constantFrom('X', 'Y', 'Z');
    fc.assert(
      fc.property(
        fc.uniqueArray(path, { maxLength: 8 }),
        fc.uniqueArray(fc.record({ path, content: fc.option(content, { nil: undefined }) }), {
          selector: (file) => file.path,
          maxLength: 8,
        }),
        fc.dictionary(path, content),
        (lines, present, contents) => {
          const renames = followImages(linesOf(...lines), present, new Map(Object.entries(contents)));
          const followed = withRenames(linesOf(...lines), renames);
          parseLabels(serializeLabels(followed));
          const there = new Set(present.map((file) => file.path));
          for (const { from, to } of renames) assert.ok(!there.has(from) && there.has(to) && !lines.includes(to));
        },
      ),
    );
  });
});
