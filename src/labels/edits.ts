// Changes of a label file, each as one minimal and undoable edit of its document.
import {
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

/**
 * The one replacement that turns one text into another, without what they have in common at both ends. Whole lines, so that the
 * edit reads well and VS Code's cursors stay where they are.
 */
export function difference(before: string, after: string): TextEdit[] {
  if (before === after) return [];
  let start = 0;
  while (start < before.length && before[start] === after[start]) start++;
  let end = 0;
  const shorter = Math.min(before.length, after.length) - start;
  while (end < shorter && before[before.length - 1 - end] === after[after.length - 1 - end]) end++;
  return [{ offset: start, length: before.length - start - end, text: after.slice(start, after.length - end) }];
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
  const message = `${uri.fsPath} could not be changed. Check that the file is not read-only, then try again.`;
  return new EngineError('not-writable', message, uri.fsPath);
}
