// A label file that git left with two versions: made by git itself, taken apart, and put together by image.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  changeLabels,
  parseLabels,
  serializeLabels,
  type LabelChange,
  type LabelDocument,
} from '../../../../worker/labels';
import { mergeLabels, resolveConflict, splitConflict, summariseConflict } from '../../../../worker/labels/conflict';
import { git as runGit, mergeWithConflict } from '../../../tools/git';
import { labelMethod } from '../../../tools/label-method';

const base: LabelDocument = {
  version: 1,
  root: '.',
  method: labelMethod,
  clusters: [
    { id: 1, name: '' },
    { id: 2, name: 'crack' },
    { id: 3, name: '' },
  ],
  images: Array.from({ length: 12 }, (_, i) => ({ path: `${String(i).padStart(2, '0')}.png`, cluster: 1 + (i % 3) })),
};
const changed = (...changes: LabelChange[]) => changes.reduce(changeLabels, base);

describe('a label file with two versions', () => {
  const work = mkdtempSync(join(tmpdir(), 'conflict-'));
  after(() => rmSync(work, { recursive: true, force: true }));

  /** What git makes of two branches. */
  const merged = (ours: LabelDocument, theirs: LabelDocument, style: string): string => {
    const folder = mkdtempSync(join(work, 'git-'));
    const file = join(folder, 'anomaly-clusters.json');
    const git = (...args: string[]) => runGit(folder, ...args);
    const commit = (document: LabelDocument) => {
      writeFileSync(file, serializeLabels(document));
      git('commit', '--quiet', '--all', '--message', 'labels');
    };
    git('init', '--quiet', '--initial-branch', 'main');
    writeFileSync(file, '');
    git('add', '.');
    commit(base);
    git('switch', '--quiet', '--create', 'line-2');
    commit(theirs);
    git('switch', '--quiet', 'main');
    commit(ours);
    mergeWithConflict(folder, 'line-2', style);
    return readFileSync(file, 'utf8');
  };

  for (const style of ['merge', 'diff3', 'zdiff3']) {
    it(`is taken apart as git wrote it: ${style}`, () => {
      const ours = changed(
        { kind: 'rename', cluster: 1, name: 'scratch' },
        { kind: 'move', paths: ['00.png'], cluster: 3 },
      );
      const theirs = changed(
        { kind: 'rename', cluster: 1, name: 'pore' },
        { kind: 'move', paths: ['01.png'], cluster: 1 },
      );
      const text = merged(ours, theirs, style);
      assert.throws(() => parseLabels(text), /unfinished git merge/);
      const conflict = splitConflict(text)!;
      assert.deepEqual([conflict.ours.name, conflict.theirs.name], ['HEAD', 'line-2']);
      assert.equal(resolveConflict(conflict, 'ours'), serializeLabels(ours));
      assert.equal(resolveConflict(conflict, 'theirs'), serializeLabels(theirs));
      const { ours: own, theirs: their, differing } = summariseConflict(conflict);
      assert.deepEqual([own.images, own.names, their.names], [12, ['scratch', 'crack'], ['pore', 'crack']]);
      assert.equal(differing, 2);

      const both = parseLabels(resolveConflict(conflict, 'both'));
      const nameOf = (path: string) => {
        const { cluster } = both.images.find((image) => image.path === path)!;
        return both.clusters.find(({ id }) => id === cluster)!.name;
      };
      assert.deepEqual(both.clusters.map(({ name }) => name).sort(), ['', 'crack', 'pore', 'scratch']);
      assert.equal(both.images.length, 12);
      assert.deepEqual([nameOf('00.png'), nameOf('01.png'), nameOf('03.png')], ['', 'pore', 'scratch']);
    });
  }

  it('keeps the pins, names and images of both', () => {
    const ours = changed({ kind: 'pin', paths: ['03.png'], pinned: true }, { kind: 'remove', paths: ['11.png'] });
    const theirs = changed(
      { kind: 'move', paths: ['03.png', '04.png'], cluster: 3 },
      { kind: 'rename', cluster: 3, name: 'stain' },
      { kind: 'moveToNew', paths: ['05.png'], name: 'new kind' },
    );
    const both = mergeLabels(ours, theirs, base);
    parseLabels(serializeLabels(both));
    const find = (path: string) => both.images.find((image) => image.path === path);
    assert.equal(find('11.png')?.cluster, 3, 'no line is lost');
    assert.deepEqual(find('04.png'), { path: '04.png', cluster: 3, pinned: true });
    assert.deepEqual(
      both.clusters.map(({ name }) => name),
      ['', 'crack', 'stain', 'new kind'],
    );
    assert.equal(both.clusters.find(({ name }) => name === 'new kind')?.id, find('05.png')?.cluster);
  });

  it('takes the judgement of the version that changed it, and calls nothing OK that one of two does not', () => {
    const judged = (from: LabelDocument, ok: boolean | undefined) =>
      changeLabels(from, { kind: 'judge', cluster: 2, ok });
    const [good, bad] = [judged(base, true), judged(base, false)];
    const merged = (ours: LabelDocument, theirs: LabelDocument, from?: LabelDocument) =>
      mergeLabels(ours, theirs, from).clusters.find(({ id }) => id === 2)!.ok;
    assert.equal(merged(base, good, base), true);
    assert.equal(merged(good, base, base), true);
    assert.equal(merged(good, bad, good), false);
    assert.equal(merged(bad, good, good), false);
    assert.equal(merged(bad, good, bad), true, 'only they have changed it');
    assert.equal(merged(good, judged(good, undefined), good), undefined, 'they took it back');
    assert.equal(merged(good, bad, base), false);
    assert.equal(merged(bad, good), false);
    // Both named it, and one has found that it is not good.
    const named = (from: LabelDocument, name: string) => changeLabels(from, { kind: 'rename', cluster: 2, name });
    assert.equal(merged(named(good, 'fine'), named(bad, 'dent'), base), false);
  });

  it('shows both names where both named the same images', () => {
    const both = mergeLabels(
      changed({ kind: 'rename', cluster: 1, name: 'scratch' }),
      changed({ kind: 'rename', cluster: 1, name: 'Kratzer' }),
    );
    assert.deepEqual(
      both.clusters.map(({ name }) => name),
      ['scratch / Kratzer', 'crack', ''],
    );
  });

  it('is none where markers do not belong together, and says which version cannot be read', () => {
    for (const text of [
      '',
      '{}',
      '=======',
      '<<<<<<< a\n=======\n',
      '>>>>>>> a',
      '<<<<<<< a\n>>>>>>> b',
      '<<<<<<< a\n<<<<<<< b',
    ])
      assert.equal(splitConflict(text), undefined, text);
    const text = `<<<<<<< HEAD\n${serializeLabels(base)}=======\n{ "version": 1\n>>>>>>> other\n`;
    const conflict = splitConflict(text)!;
    const { ours, theirs } = summariseConflict(conflict);
    assert.equal(ours.problem, undefined);
    assert.match(theirs.problem!, /not valid JSON/);
    assert.throws(() => resolveConflict(conflict, 'both'), /not valid JSON/);
    assert.equal(parseLabels(resolveConflict(conflict, 'ours')).images.length, 12);
  });
});
