// Puts the engine's labels into the label file: one edit of its document, saved unless somebody had unsaved changes in it.
import { constants } from 'node:fs';
import { access, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { EndOfLine, l10n, type Uri } from 'vscode';
import { EngineError } from '../../worker/api/errors';
import { replaceText, saveDocument } from './document-edits';
import { readText } from './read-label-file';
import { isSameText, openLabelDocument } from './utf8-document';

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
    { code: 'not-writable', file: target },
    l10n.t('{0} is read-only, so the labels cannot be saved there. Allow writing, or copy the folder.', target),
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
 * @param previous the text that the labels were made for; undefined where there was no file
 * @returns whether the file is on disk; false when it holds a person's unsaved changes and so stays unsaved. Undefined when somebody
 * changed the file meanwhile: nothing is written then, because the labels know nothing of it.
 * @throws EngineError `not-writable`, also where the folder is not there any more; `label-file-invalid`
 */
export async function writeLabels(
  uri: Uri,
  labels: string,
  previous: string | undefined,
): Promise<{ saved: boolean } | undefined> {
  if (previous === undefined) return (await writeNew(uri, labels)) ? { saved: true } : undefined;
  if ((await readText(uri)) === undefined) return undefined;
  const document = await openLabelDocument(uri);
  const wasDirty = document.isDirty;
  const now = document.getText();
  if (!isSameText(now, previous)) return undefined;
  // Git may have checked the file out with Windows' line ends; they stay.
  const text = document.eol === EndOfLine.CRLF ? labels.replaceAll('\n', '\r\n') : labels;
  if (!(await replaceText(document, now, text))) return undefined;
  if (!wasDirty) await saveDocument(document);
  return { saved: !wasDirty };
}

/** @returns false where there is a file by now, which stays as it is */
async function writeNew({ fsPath }: Uri, labels: string): Promise<boolean> {
  try {
    await writeFile(fsPath, labels, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    const reason = error instanceof Error ? error.message : String(error);
    const message = l10n.t('{0} could not be written: {1}', fsPath, reason);
    throw new EngineError({ code: 'not-writable', file: fsPath }, message, { cause: error });
  }
}
