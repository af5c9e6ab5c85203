// Documents of label files are UTF-8, whatever the setting files.encoding says: names and paths that were read in another encoding
// would be written back wrong.
import { l10n, workspace, type TextDocument, type Uri } from 'vscode';
import { EngineError } from '../../worker/api/errors';
import { labelsModule } from './labels-module';

/** What VS Code calls UTF-8, without and with a byte order mark. */
const utf8 = new Set(['utf8', 'utf8bom']);

/** Documents that were seen to hold what their files hold. VS Code tells of a document's encoding a moment after the document. */
const verified = new WeakSet<TextDocument>();

/** How often, and how long after each other in milliseconds, a document is compared with its file, which VS Code reads in its own time. */
const looks = { times: 40, pause: 50 };

/**
 * Opens the document of a label file; one that VS Code read in another encoding is read again.
 * @throws EngineError `label-file-invalid` where a person has unsaved changes in such a document, or the bytes are no UTF-8
 */
export async function openLabelDocument(uri: Uri): Promise<TextDocument> {
  const document = await workspace.openTextDocument(uri);
  await requireUtf8(document);
  return document;
}

/**
 * Makes sure that a document holds what the file holds, where nobody has unsaved changes in it.
 * @throws EngineError `label-file-invalid`, as `openLabelDocument`
 */
export async function requireUtf8(document: TextDocument): Promise<void> {
  if (utf8.has(document.encoding) && (document.isDirty || verified.has(document))) return;
  verified.delete(document);
  for (let look = 1; ; look++) {
    if (!utf8.has(document.encoding)) await readAgain(document);
    const bytes = await readFromDisk(document.uri);
    if (document.isDirty || bytes === undefined) return;
    if (isSameText(bytes, document.getText())) break;
    if (look === looks.times) {
      throw invalid(
        document,
        l10n.t('{0} is open with another text than it holds. Close it, then try again.', document.uri.fsPath),
      );
    }
    await new Promise((resolve) => setTimeout(resolve, looks.pause));
  }
  verified.add(document);
}

async function readAgain(document: TextDocument): Promise<void> {
  const { uri, encoding, isDirty } = document;
  if (isDirty) {
    const message = l10n.t(
      '{0} is open as {1}, with unsaved changes. Label files are UTF-8: undo the changes, then try again.',
      uri.fsPath,
      encoding,
    );
    throw invalid(document, message);
  }
  await workspace.openTextDocument(uri, { encoding: 'utf8' });
}

/** After a save: what was written in another encoding is written again. */
export async function mendSaved(document: TextDocument): Promise<void> {
  const text = document.getText();
  const { uri } = document;
  const onDisk = await readFromDisk(uri).catch(() => '');
  if (onDisk === undefined || isSameText(onDisk, text)) return;
  // Saved again meanwhile, which has its own turn.
  if (document.isDirty || document.getText() !== text) return;
  await workspace.fs.writeFile(uri, new TextEncoder().encode(text));
  verified.delete(document);
  await requireUtf8(document);
}

/**
 * The text of a label file, without a byte order mark; undefined when there is no such file.
 * @throws EngineError `label-file-invalid` with the place where its bytes are no UTF-8; FileSystemError when it cannot be read: it must
 * not be taken for a missing one and overwritten
 */
export async function readFromDisk(uri: Uri): Promise<string | undefined> {
  let bytes: Uint8Array;
  try {
    bytes = await workspace.fs.readFile(uri);
  } catch (error) {
    if ((error as { code?: string }).code === 'FileNotFound') return undefined;
    throw error;
  }
  const { asEngineError, decodeLabelText } = await labelsModule();
  try {
    return decodeLabelText(bytes).replace(/^\uFEFF/, '');
  } catch (error) {
    throw asEngineError(uri.fsPath, error, ` ${l10n.t('Nothing was overwritten.')}`);
  }
}

/** VS Code makes all line ends of a document the same. */
export function isSameText(a: string, b: string): boolean {
  return a === b || a.replaceAll('\r\n', '\n') === b.replaceAll('\r\n', '\n');
}

function invalid({ uri }: TextDocument, message: string): EngineError {
  return new EngineError({ code: 'label-file-invalid', file: uri.fsPath, place: { line: 1, column: 1 } }, message);
}
