// The label files that the side panel lists, inside a real VS Code: found, watched, and read as somebody is editing them.
import assert from 'node:assert/strict';
import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { commands, Range, Uri, window, workspace } from 'vscode';
import { LabelFiles } from '../../src/labels/label-files';
import { labelFileOfDocument, type LabelFile } from '../../src/labels/read-label-file';
import { openLabelDocument } from '../../src/labels/utf8-document';
import { eventually } from '../tools/eventually';
import { activate, labelFileWith, labelText, writeText } from './workspace';

describe('the list of label files', () => {
  let files: LabelFiles;
  let changes: number;
  before(activate);
  beforeEach(() => {
    files = new LabelFiles();
    changes = 0;
    files.onDidChange(() => changes++);
  });
  afterEach(() => files.dispose());

  const find = async (uri: Uri): Promise<LabelFile | undefined> =>
    (await files.all()).find((file) => file.uri.toString() === uri.toString());
  const nameIn = (file: LabelFile | undefined) =>
    file?.kind === 'labels' ? file.document.clusters[0]?.name : undefined;
  /** Waits until listeners are told, and the list says so. */
  const untilName = async (uri: Uri, name: string | undefined) => {
    await eventually(`the name ${name}`, async () => changes > 0 && nameIn(await find(uri)) === name);
    changes = 0;
  };

  it('has every label file of the workspace by path, and says where an invalid one is invalid', async () => {
    const second = await labelFileWith('files-b', labelText);
    const first = await labelFileWith('files-a', '{ "version": 1,\n  "root": 5 }');
    const inner = await labelFileWith('files-b/node_modules/package', labelText);
    const all = await files.all();
    const paths = all.map(({ uri }) => uri.path);
    assert.deepEqual(paths, [...paths].sort());
    assert.ok(!paths.includes(inner.path));
    const [invalid, valid] = all.filter(({ uri }) => [first.path, second.path].includes(uri.path));
    assert.deepEqual([invalid?.kind, valid?.kind], ['invalid', 'labels']);
    assert.ok(invalid?.kind === 'invalid');
    assert.deepEqual([invalid.line, invalid.column], [2, 11]);
    assert.equal(valid?.folder.path, Uri.joinPath(second, '..').path);
    assert.equal(nameIn(valid), 'scratch');
  });

  it('knows the clustered folder, which may lie elsewhere', async () => {
    const uri = await labelFileWith('files-root/labels', labelText.replace('"root": "."', '"root": "../images"'));
    assert.equal((await find(uri))?.folder.path, Uri.joinPath(uri, '../../images').path);
  });

  it('follows what comes, changes and goes on disk', async () => {
    files.watch();
    await files.all();
    const uri = await labelFileWith('files-watched', labelText);
    await untilName(uri, 'scratch');
    await writeText(uri, labelText.replace('"scratch"', '"crack"'));
    await untilName(uri, 'crack');
    await workspace.fs.delete(uri);
    await untilName(uri, undefined);
    assert.equal(await find(uri), undefined);
  });

  it('follows a folder that comes with its label file, and goes with it', async () => {
    const [inside] = workspace.workspaceFolders ?? [];
    assert.ok(inside);
    // A move within one file system is one event: that of the folder.
    const outside = mkdtempSync(join(dirname(inside.uri.fsPath), 'moved-'));
    try {
      await writeText(Uri.file(join(outside, 'anomaly-clusters.json')), labelText);
      files.watch();
      await files.all();
      const uri = Uri.joinPath(inside.uri, 'files-moved/anomaly-clusters.json');
      renameSync(outside, Uri.joinPath(uri, '..').fsPath);
      await untilName(uri, 'scratch');
      renameSync(Uri.joinPath(uri, '..').fsPath, outside);
      await untilName(uri, undefined);
    } finally {
      rmSync(outside, { recursive: true, force: true });
    }
  });

  it('follows what is typed, and what is thrown away', async () => {
    files.watch();
    const uri = await labelFileWith('files-typed', labelText);
    await untilName(uri, 'scratch');
    const document = await workspace.openTextDocument(uri);
    const editor = await window.showTextDocument(document);
    const at = labelText.indexOf('scratch');
    await editor.edit((edit) => edit.replace(new Range(document.positionAt(at), document.positionAt(at + 7)), 'pore'));
    assert.ok(document.isDirty);
    await untilName(uri, 'pore');
    await commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await untilName(uri, 'scratch');
  });

  it('reads a file again only when it has changed', async () => {
    const [one, other] = [await labelFileWith('files-one', labelText), await labelFileWith('files-other', labelText)];
    const [before, otherBefore] = [await find(one), await find(other)];
    await writeText(other, labelText.replace('"scratch"', '"crack"'));
    assert.equal(await find(other), otherBefore, 'nobody said that something changed');
    files.refresh();
    assert.equal(changes, 1);
    assert.equal(await find(one), before);
    assert.equal(nameIn(await find(other)), 'crack');
  });

  it('refuses one that leads to a folder that nobody opened, and says where it says so', async () => {
    for (const root of ['../..', '../../../etc', '../files-elsewhere/../..']) {
      const uri = await labelFileWith('files-elsewhere', labelText.replace('"root": "."', `"root": "${root}"`));
      const file = await labelFileOfDocument(await openLabelDocument(uri));
      assert.ok(file.kind === 'invalid', root);
      assert.match(file.message, /a folder that is not open here/);
      assert.equal(file.line, 3);
    }
    // Beside it, in the same workspace.
    const uri = await labelFileWith('files-beside', labelText.replace('"root": "."', '"root": "../rename"'));
    assert.equal((await labelFileOfDocument(await openLabelDocument(uri))).kind, 'labels');
  });

  it('has one outside the workspace that was added, while it is there', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'label-files-'));
    try {
      const uri = Uri.file(join(folder, 'anomaly-clusters.json'));
      await writeText(uri, labelText);
      assert.equal(await find(uri), undefined);
      files.add(uri);
      await untilName(uri, 'scratch');
      await workspace.fs.delete(uri);
      files.refresh();
      assert.equal(await find(uri), undefined);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
