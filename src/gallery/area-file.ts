// The file beside the labels that says which part of each image counts: read for the page, written as the person draws it.
import { FileSystemError, l10n, Uri, window, workspace } from 'vscode';
import type { AreaShape } from '../../webview/source/protocol';
import type { AreaDocument } from '../../worker/area/document';
import { areaFileName, areaPictureName } from '../../worker/labels/view';

/** Reads and checks area files; loaded when there is one. */
const areaModule = () => import('../../worker/area/document');

/** For a watcher of a folder. */
export const areaFilePattern = `{${areaFileName},${areaPictureName}}`;

/** @returns undefined where there is none, or it cannot be read: a run says what is the matter with it */
export async function readAreaShape(folder: Uri): Promise<AreaShape | undefined> {
  try {
    const text = await readText(areaFileOf(folder));
    if (text === undefined) return undefined;
    const { parseArea } = await areaModule();
    const { mode, polygons } = parseArea(text);
    return { mode, polygons };
  } catch {
    return undefined;
  }
}

/**
 * Writes the area, or removes its file, and offers to run again and to take it back. Keys of the file that this version does not know stay.
 * @param area null: all of each image counts
 * @throws Error that can be shown, where the file cannot be read or written, or a picture is there that a person made; nothing is changed then
 */
export async function saveArea(folder: Uri, area: AreaShape | null, runAgain: () => Promise<unknown>): Promise<void> {
  const file = areaFileOf(folder);
  if (area && (await readBytes(Uri.joinPath(folder, areaPictureName))) !== undefined)
    throw new Error(
      l10n.t(
        '{0} says already which part of each image counts. Remove that picture first, then draw.',
        areaPictureName,
      ),
    );
  const before = await readText(file);
  const { serializeArea } = await areaModule();
  await put(file, area ? serializeArea({ ...(await knownIn(before)), ...area }) : undefined);
  void offerToRun(area !== null, runAgain, () => put(file, before));
}

async function offerToRun(
  isThere: boolean,
  runAgain: () => Promise<unknown>,
  undo: () => Promise<void>,
): Promise<void> {
  const [again, back] = [l10n.t('Run Again'), l10n.t('Undo')];
  const message = isThere
    ? l10n.t('{0} is saved. It counts from the next run on; commit it with the labels.', areaFileName)
    : l10n.t('{0} is removed. From the next run on all of each image counts.', areaFileName);
  try {
    const choice = await window.showInformationMessage(message, again, back);
    if (choice === again) await runAgain();
    else if (choice === back) await undo();
  } catch (error) {
    void window.showErrorMessage(error instanceof Error ? error.message : String(error));
  }
}

/** A file that is there, with its own keys. @throws Error where it cannot be read: somebody's work is not written over */
async function knownIn(text: string | undefined): Promise<AreaDocument> {
  const { AreaFileError, parseArea } = await areaModule();
  try {
    return text === undefined ? { version: 1, mode: 'ignore', polygons: [] } : parseArea(text);
  } catch (error) {
    if (!(error instanceof AreaFileError)) throw error;
    throw new Error(
      l10n.t(
        '{0} cannot be read, so it was left as it is. Mend it or remove it first. ({1})',
        areaFileName,
        error.message,
      ),
      { cause: error },
    );
  }
}

/** @param text undefined: there is to be no file */
async function put(file: Uri, text: string | undefined): Promise<void> {
  if (text !== undefined) await workspace.fs.writeFile(file, new TextEncoder().encode(text));
  else if ((await readBytes(file)) !== undefined) await workspace.fs.delete(file);
}

async function readText(file: Uri): Promise<string | undefined> {
  const bytes = await readBytes(file);
  return bytes && new TextDecoder().decode(bytes);
}

async function readBytes(file: Uri): Promise<Uint8Array | undefined> {
  try {
    return await workspace.fs.readFile(file);
  } catch (error) {
    if (error instanceof FileSystemError && error.code === 'FileNotFound') return undefined;
    throw error;
  }
}

function areaFileOf(folder: Uri): Uri {
  return Uri.joinPath(folder, areaFileName);
}
