// Reading one label file: the open document with its unsaved edits, or the file on disk.
import { l10n, workspace, type TextDocument, type Uri } from 'vscode';
import { EngineError } from '../../worker/api/errors';
import type { LabelDocument, LabelMethod } from '../../worker/labels';
import { clusteredFolder, isOpened } from './label-location';
import { labelsModule, type LabelsModule } from './labels-module';
import { readFromDisk, requireUtf8 } from './utf8-document';

/** A label file that was read, or why it could not be. */
export type LabelFile = { uri: Uri; folder: Uri } & (
  { kind: 'labels'; document: LabelDocument } | { kind: 'invalid'; message: string; line: number; column: number }
);

const ofDocuments = new WeakMap<TextDocument, { version: number; file: Promise<LabelFile> }>();

/** Reads a document once a version: a file of 100,000 images takes about a second. */
export function labelFileOfDocument(document: TextDocument): Promise<LabelFile> {
  const known = ofDocuments.get(document);
  if (known?.version === document.version) return known.file;
  const file = readDocument(document);
  ofDocuments.set(document, { version: document.version, file });
  return file;
}

async function readDocument(document: TextDocument): Promise<LabelFile> {
  const { uri } = document;
  try {
    await requireUtf8(document);
  } catch (error) {
    return notReadable(uri, error);
  }
  return toLabelFile(uri, document.getText());
}

/** A label file that cannot be read at all, with the place where that is known. */
export function notReadable(uri: Uri, error: unknown): LabelFile {
  const { message } = error instanceof Error ? error : { message: String(error) };
  const detail = error instanceof EngineError && error.detail.code === 'label-file-invalid' ? error.detail : undefined;
  const place = detail?.place ?? { line: 1, column: 1 };
  return { kind: 'invalid', uri, folder: clusteredFolder(uri, undefined), message, ...place };
}

/** What was read last of each place: the side panel, the gallery and whoever else looks at it get the same object. */
const lastRead = new Map<string, { text: string; opened: string; file: LabelFile }>();

/** Parses the text of a label file, once while it stays the same; why it is invalid is part of the result, with line and column from 1. */
export async function toLabelFile(uri: Uri, text: string): Promise<LabelFile> {
  const labels = await labelsModule();
  // What a label file may be about depends on them.
  const opened = (workspace.workspaceFolders ?? []).map((folder) => folder.uri.toString()).join('\n');
  const known = lastRead.get(uri.toString());
  if (known?.text === text && known.opened === opened) return known.file;
  const file = parse(uri, text, labels);
  lastRead.set(uri.toString(), { text, opened, file });
  return file;
}

/** What a text says that was read last at its place; undefined where it is another one, or no label file of a folder that is open. */
export function knownLabels(uri: Uri, text: string): LabelDocument | undefined {
  const known = lastRead.get(uri.toString());
  return known?.text === text && known.file.kind === 'labels' ? known.file.document : undefined;
}

function parse(uri: Uri, text: string, { LabelFileError, parseLabels }: LabelsModule): LabelFile {
  try {
    const document = parseLabels(text);
    const folder = clusteredFolder(uri, document);
    if (isOpened(folder, uri)) return { kind: 'labels', uri, folder, document };
    const message = l10n.t(
      'It is about {0}, a folder that is not open here. Open that folder, or add it to the workspace.',
      folder.fsPath,
    );
    const at = Math.max(0, text.indexOf('"root"'));
    const lines = text.slice(0, at).split('\n');
    const [line, column] = [lines.length, lines.at(-1)!.length + 1];
    return { kind: 'invalid', uri, folder: clusteredFolder(uri, undefined), message, line, column };
  } catch (error) {
    if (!(error instanceof LabelFileError)) throw error;
    const { message, line, column } = error;
    return { kind: 'invalid', uri, folder: clusteredFolder(uri, undefined), message, line, column };
  }
}

/** The method that labels were made by; undefined where the text is no label file, which is the engine's to report. */
export async function methodIn(text: string): Promise<LabelMethod | undefined> {
  const { LabelFileError, parseLabels } = await labelsModule();
  try {
    return parseLabels(text).method;
  } catch (error) {
    if (error instanceof LabelFileError) return undefined;
    throw error;
  }
}

/** The document of a file that VS Code has open, in an editor or not; undefined when it has none. */
export function openDocument(uri: Uri): TextDocument | undefined {
  return workspace.textDocuments.find((document) => document.uri.toString() === uri.toString());
}

/**
 * The text of the open document with its unsaved edits, or of the file, without a byte order mark; undefined when there is none.
 * @throws EngineError `label-file-invalid` where it is no UTF-8; FileSystemError when there is a file that cannot be read
 */
export async function readText(uri: Uri): Promise<string | undefined> {
  const document = openDocument(uri);
  if (document === undefined) return readFromDisk(uri);
  await requireUtf8(document);
  return document.getText();
}
