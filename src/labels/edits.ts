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
import { EngineError } from '../../worker/api';
import type { TextEdit } from '../../worker/labels';

/**
 * Applies edits to a document as one step of undo.
 * @throws EngineError `not-writable` when VS Code refuses, for example for a read-only file
 */
export async function applyTextEdits(document: TextDocument, edits: readonly TextEdit[]): Promise<void> {
  if (edits.length === 0) return;
  const change = new WorkspaceEdit();
  for (const { offset, length, text } of edits) {
    const range = new Range(document.positionAt(offset), document.positionAt(offset + length));
    change.replace(document.uri, range, text);
  }
  if (!(await workspace.applyEdit(change))) throw notWritable(document.uri);
}

/** @throws EngineError `not-writable` */
export async function saveDocument(document: TextDocument): Promise<void> {
  if (document.isDirty && !(await document.save())) throw notWritable(document.uri);
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
  return new EngineError('not-writable', message, uri.fsPath);
}
