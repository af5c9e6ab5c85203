// How label files are changed, inside a real VS Code: one step of undo, one change after the other, and nothing of a person's lost.
import assert from 'node:assert/strict';
import { commands, Range, Uri, window, workspace, type TextDocument } from 'vscode';
import { changeDocument, isOpenInEditor, replaceText } from '../../src/labels/document-edits';
import { pageHandlers, type PageContext } from '../../src/gallery/page-handlers';
import { requireWritable, writeLabels } from '../../src/labels/write-labels';
import { editsFor, parseLabels, type LabelChange, type TextEdit } from '../../worker/labels';
import { eventuallyPasses } from '../tools/eventually';
import { activate, labelFileWith, labelText, readText, writeText } from './workspace';

const rename = (cluster: number, name: string) => (text: string) => editsFor(text, { kind: 'rename', cluster, name });
const namesIn = (text: string) => parseLabels(text).clusters.map(({ name }) => name);

describe('a change of a label file', () => {
  let document: TextDocument;
  before(activate);
  const open = async (name: string) => {
    document = await workspace.openTextDocument(await labelFileWith(name, labelText));
    await window.showTextDocument(document);
  };
  afterEach(async () => {
    await commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });

  it('of many places is one step of undo', async () => {
    await open('edits-one-step');
    const change: LabelChange = { kind: 'merge', clusters: [1, 207] };
    let edits: readonly TextEdit[] = [];
    await changeDocument(document, (text) => (edits = editsFor(text, change)));
    assert.ok(edits.length > 1);
    assert.deepEqual(
      parseLabels(document.getText()).images.map(({ cluster }) => cluster),
      [1, 1, 1, 1],
    );
    assert.ok(document.isDirty);
    await commands.executeCommand('undo');
    await eventuallyPasses('the text before', () => assert.equal(document.getText(), labelText));
    await commands.executeCommand('redo');
    await eventuallyPasses('the text after', () => assert.equal(parseLabels(document.getText()).clusters.length, 1));
  });

  it('waits for the one before, and is made on what that one left', async () => {
    await open('edits-in-order');
    const seen: string[][] = [];
    const noting = (change: (text: string) => readonly TextEdit[]) => (text: string) => {
      seen.push(namesIn(text));
      return change(text);
    };
    await Promise.all([
      changeDocument(document, noting(rename(1, 'one'))),
      changeDocument(document, noting(rename(207, 'two'))),
      changeDocument(document, noting(rename(1, 'three'))),
    ]);
    assert.deepEqual(seen, [
      ['scratch', ''],
      ['one', ''],
      ['one', 'two'],
    ]);
    assert.deepEqual(namesIn(document.getText()), ['three', 'two']);
  });

  it('that cannot be computed is told, and does not hold up the next', async () => {
    await open('edits-failing');
    const [failed, made] = await Promise.allSettled([
      changeDocument(document, rename(9, 'nobody')),
      changeDocument(document, rename(1, 'crack')),
    ]);
    assert.match(String(failed.status === 'rejected' && failed.reason), /no cluster 9/);
    assert.equal(made.status, 'fulfilled');
    assert.deepEqual(namesIn(document.getText()), ['crack', '']);
  });

  it('that changes nothing leaves the document as it is', async () => {
    await open('edits-none');
    const { version } = document;
    await changeDocument(document, rename(1, 'scratch'));
    assert.equal(document.version, version);
    assert.ok(!document.isDirty);
  });

  it('is made on the text as it is when somebody types meanwhile', async () => {
    await open('edits-typing');
    let tries = 0;
    await changeDocument(document, (text) => {
      // Is there before the edit that is computed here, which so is made for an older text.
      if (++tries === 1) void commands.executeCommand('type', { text: ' ' });
      return rename(1, 'crack')(text);
    });
    assert.equal(tries, 2);
    assert.equal(document.getText(), ` ${labelText.replace('"scratch"', '"crack"')}`);
  });

  it('that VS Code does not make is told', async () => {
    await open('edits-refused');
    // Nobody provides such documents.
    const uri = Uri.from({ scheme: 'nowhere', path: '/anomaly-clusters.json' });
    const refused: Partial<TextDocument> = {
      uri,
      version: 1,
      encoding: 'utf8',
      isDirty: true,
      getText: () => labelText,
      positionAt: (offset: number) => document.positionAt(offset),
    };
    await assert.rejects(changeDocument(refused as TextDocument, rename(1, 'crack')), {
      detail: { code: 'not-writable', file: uri.fsPath },
    });
  });

  it('that replaces a text is not made where there is another text by then', async () => {
    await open('edits-replace');
    const before = document.getText();
    const [, isReplaced] = await Promise.all([
      changeDocument(document, rename(1, 'crack')),
      replaceText(document, before, before.replace('scratch', 'pore')),
    ]);
    assert.equal(isReplaced, false);
    assert.deepEqual(namesIn(document.getText()), ['crack', '']);
    const now = document.getText();
    assert.equal(await replaceText(document, now, before), true);
    assert.equal(document.getText(), before);
  });
});

describe('labels of a run', () => {
  before(activate);
  const fresh = labelText.replace('"scratch"', '"crack"').replace('"c.png", "cluster": 207', '"c.png", "cluster": 1');

  it('make the file where there is none, without an editor', async () => {
    const uri = await labelFileWith('labels-new', labelText);
    await workspace.fs.delete(uri);
    assert.deepEqual(await writeLabels(uri, fresh, undefined), { saved: true });
    assert.equal(await readText(uri), fresh);
    assert.ok(!isOpenInEditor(uri));
  });

  it('are not written over a file that came or was changed meanwhile', async () => {
    const uri = await labelFileWith('labels-meanwhile', labelText);
    assert.equal(await writeLabels(uri, fresh, undefined), undefined);
    assert.equal(await readText(uri), labelText);
    assert.equal(await writeLabels(uri, fresh, fresh.replace('crack', 'pore')), undefined);
    assert.equal(await readText(uri), labelText);
  });

  it('do not make a folder anew that was deleted', async () => {
    const uri = await labelFileWith('labels-gone', labelText);
    await workspace.fs.delete(Uri.joinPath(uri, '..'), { recursive: true });
    await assert.rejects(writeLabels(uri, fresh, undefined), { detail: { code: 'not-writable', file: uri.fsPath } });
    await assert.rejects(Promise.resolve(workspace.fs.stat(Uri.joinPath(uri, '..'))));
  });

  it('are saved into the file that is there', async () => {
    const uri = await labelFileWith('labels-saved', labelText);
    assert.deepEqual(await writeLabels(uri, fresh, labelText), { saved: true });
    assert.equal(await readText(uri), fresh);
  });

  it('are not written where they are the same', async () => {
    const uri = await labelFileWith('labels-same', labelText);
    const before = await workspace.fs.stat(uri);
    assert.deepEqual(await writeLabels(uri, labelText, labelText), { saved: true });
    assert.equal((await workspace.fs.stat(uri)).mtime, before.mtime);
  });

  it("keep Windows' line ends and the byte order mark", async () => {
    const windows = (text: string) => `\uFEFF${text.replaceAll('\n', '\r\n')}`;
    const uri = await labelFileWith('labels-windows', windows(labelText));
    assert.deepEqual(await writeLabels(uri, fresh, labelText), { saved: true });
    assert.equal(await readText(uri), windows(fresh));
  });

  it('go into the editor and are left to be saved where a person has unsaved changes, and can be undone', async () => {
    const uri = await labelFileWith('labels-unsaved', labelText);
    const document = await workspace.openTextDocument(uri);
    const editor = await window.showTextDocument(document);
    assert.ok(isOpenInEditor(uri));
    const name = document.getText().indexOf('scratch');
    await editor.edit((edit) =>
      edit.replace(new Range(document.positionAt(name), document.positionAt(name + 7)), 'mine'),
    );
    const mine = document.getText();
    assert.equal(await writeLabels(uri, fresh, labelText), undefined, 'which are newer than the labels');
    assert.deepEqual(await writeLabels(uri, fresh, mine), { saved: false });
    assert.equal(document.getText(), fresh);
    assert.ok(document.isDirty);
    assert.equal(await readText(uri), labelText, 'on disk is what was');
    await commands.executeCommand('undo');
    await eventuallyPasses("the person's text", () => assert.equal(document.getText(), mine));
    await commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });

  it('are not written for a file that cannot be read', async () => {
    const uri = await labelFileWith('labels-folder', labelText);
    // A folder stands where the file should be.
    const folder = Uri.joinPath(uri, '..');
    await assert.rejects(writeLabels(folder, fresh, labelText));
    assert.equal(await readText(uri), labelText);
  });

  it('have a place to be written to: a file, or a folder', async () => {
    const uri = await labelFileWith('labels-place', labelText);
    await requireWritable(uri);
    await requireWritable(Uri.joinPath(uri, '..', 'not-there.json'));
    await writeText(uri, fresh);
  });
});

describe('the page of a gallery', () => {
  before(activate);

  it('may undo, redo and save, and run no other command', async () => {
    const uri = await labelFileWith('page-commands', labelText);
    const document = await workspace.openTextDocument(uri);
    await window.showTextDocument(document);
    const handlers = pageHandlers({ document } as PageContext);
    const scratch = document.getText().indexOf('scratch');
    await changeDocument(document, () => [{ offset: scratch, length: 7, text: 'crack' }]);
    await handlers.runInEditor({ command: 'undo' });
    await eventuallyPasses('the text as it was', () => assert.equal(document.getText(), labelText));
    for (const command of ['workbench.action.terminal.new', 'toString', '__proto__', 'vscode.open'])
      await assert.rejects(Promise.resolve(handlers.runInEditor({ command } as never)), /may not run/);
    assert.equal(window.terminals.length, 0);
    for (const path of ['../../x.png', '/etc/passwd', 'a\0b'])
      await assert.rejects(Promise.resolve(handlers.openImage({ path })), /leads out of the clustered folder/);
    await commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });
});
