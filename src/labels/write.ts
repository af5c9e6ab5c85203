// Puts the engine's labels into the label file: one edit of its document, saved unless somebody had unsaved changes in it.
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { dirname } from 'node:path';
import { EndOfLine, l10n, workspace, type Uri } from 'vscode';
import { EngineError } from '../../worker/api';
import { replaceText, saveDocument } from './edits';
import { readText } from './read';

/**
 * Says before a long run, not after it, that its result could not be kept.
 * @throws EngineError `not-writable`
 */
export async function requireWritable({ fsPath }: Uri): Promise<void> {
  const isThere = (await problemOf(fsPath)) !== 'ENOENT';
  const target = isThere ? fsPath : dirname(fsPath);
  const problem = await problemOf(target);
  // A folder that is not there is the engine's to report.
  if (problem === undefined || problem === 'ENOENT') return;
  throw new EngineError(
    'not-writable',
    l10n.t('{0} is read-only, so the labels cannot be saved there. Allow writing, or copy the folder.', target),
    target,
  );
}

/** Why a path cannot be written, as the system's error code; undefined when it can. */
async function problemOf(path: string): Promise<string | undefined> {
  try {
    await access(path, constants.W_OK);
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'unknown';
  }
}

/**
 * @returns whether the file is on disk; false when it holds a person's unsaved changes and so stays unsaved. Undefined when somebody
 * changed the file meanwhile: nothing is written then, because the labels know nothing of it.
 * @throws EngineError `not-writable`
 */
export async function writeLabels(uri: Uri, labels: string): Promise<{ saved: boolean } | undefined> {
  if ((await readText(uri)) === undefined) {
    try {
      await workspace.fs.writeFile(uri, new TextEncoder().encode(labels));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const message = l10n.t('{0} could not be written: {1}', uri.fsPath, reason);
      throw new EngineError('not-writable', message, uri.fsPath, { cause: error });
    }
    return { saved: true };
  }
  const document = await workspace.openTextDocument(uri);
  const wasDirty = document.isDirty;
  // Git may have checked the file out with Windows' line ends; they stay.
  const text = document.eol === EndOfLine.CRLF ? labels.replaceAll('\n', '\r\n') : labels;
  if (!(await replaceText(document, document.getText(), text))) return undefined;
  if (!wasDirty) await saveDocument(document);
  return { saved: !wasDirty };
}
