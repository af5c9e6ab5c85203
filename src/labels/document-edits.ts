// Changes of a label file, each as one minimal and undoable edit of its document.
import {
  l10n,
  Range,
  TabInputCustom,
  TabInputText,
  WorkspaceEdit,
  window,
  workspace,
  type TextDocument,
  type Uri,
} from 'vscode';
import { EngineError } from '../../worker/api/errors';
import type { TextEdit } from '../../worker/labels';
import { labelsModule } from './labels-module';
import { mendSaved, requireUtf8 } from './utf8-document';

/** The last change of each document. VS Code refuses an edit that was made for an older text, so changes wait for each other. */
const changes = new WeakMap<TextDocument, Promise<void>>();
/** Somebody may type while an edit is on its way. */
const attempts = 5;

/**
 * Changes a document by one step of undo.
 * @param compute the edits of its text as it is then
 * @throws EngineError `not-writable` when VS Code refuses, for example for a read-only file; what `compute` throws
 */
export async function changeDocument(
  document: TextDocument,
  compute: (text: string) => readonly TextEdit[],
): Promise<void> {
  const before = changes.get(document) ?? Promise.resolve();
  const change = before.catch(() => undefined).then(() => changeNow(document, compute));
  changes.set(document, change);
  return change;
}

async function changeNow(document: TextDocument, compute: (text: string) => readonly TextEdit[]): Promise<void> {
  await requireUtf8(document);
  for (let attempt = 1; ; attempt++) {
    const { version } = document;
    const edits = compute(document.getText());
    if (edits.length === 0) return;
    const workspaceEdit = new WorkspaceEdit();
    for (const { offset, length, text } of edits) {
      const range = new Range(document.positionAt(offset), document.positionAt(offset + length));
      workspaceEdit.replace(document.uri, range, text);
    }
    if (await workspace.applyEdit(workspaceEdit)) return;
    if (document.version === version || attempt === attempts) throw notWritable(document.uri);
  }
}

/**
 * Puts a new text in the place of an old one, by one step of undo.
 * @returns false, and nothing has changed, when the document holds another text by then
 * @throws EngineError `not-writable`
 */
export async function replaceText(document: TextDocument, old: string, fresh: string): Promise<boolean> {
  const { difference } = await labelsModule();
  let isOther = false;
  await changeDocument(document, (text) => {
    isOther = text !== old;
    return isOther ? [] : difference(old, fresh);
  });
  return !isOther;
}

/** @throws EngineError `not-writable` */
export async function saveDocument(document: TextDocument): Promise<void> {
  if (document.isDirty && !(await document.save())) throw notWritable(document.uri);
  await mendSaved(document);
}

/** Whether a person has the file open, as text or as a gallery. */
export function isOpenInEditor(uri: Uri): boolean {
  const tabs = window.tabGroups.all.flatMap((group) => group.tabs);
  return tabs.some(({ input }) => {
    return (
      (input instanceof TabInputText || input instanceof TabInputCustom) && input.uri.toString() === uri.toString()
    );
  });
}

function notWritable(uri: Uri): EngineError {
  const message = l10n.t('{0} could not be changed. Check that the file is not read-only, then try again.', uri.fsPath);
  return new EngineError({ code: 'not-writable', file: uri.fsPath }, message);
}
