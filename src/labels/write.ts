// Puts the engine's labels into the label file: one edit of its document, saved unless somebody had unsaved changes in it.
import { workspace, type Uri } from 'vscode';
import { EngineError } from '../../worker/api';
import { applyTextEdits, difference, saveDocument } from './edits';
import { readText } from './files';

/**
 * @returns whether the file is on disk; false when it holds a person's unsaved changes and so stays unsaved
 * @throws EngineError `not-writable`
 */
export async function writeLabels(uri: Uri, labels: string): Promise<{ saved: boolean }> {
  const previous = await readText(uri);
  if (previous === undefined) {
    try {
      await workspace.fs.writeFile(uri, new TextEncoder().encode(labels));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new EngineError('not-writable', `${uri.fsPath} could not be written: ${reason}`, uri.fsPath, {
        cause: error,
      });
    }
    return { saved: true };
  }
  const document = await workspace.openTextDocument(uri);
  const wasDirty = document.isDirty;
  await applyTextEdits(document, difference(document.getText(), labels));
  if (!wasDirty) await saveDocument(document);
  return { saved: !wasDirty };
}
