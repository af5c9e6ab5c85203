// Reading one label file: the open document with its unsaved edits, or the file on disk.
import { FileSystemError, workspace, type TextDocument, type Uri } from 'vscode';
import type { LabelDocument } from '../../worker/labels';
import { clusteredFolder } from './location';
import { labelsModule } from './module';

/** A label file that was read, or why it could not be. */
export type LabelFile = { uri: Uri; folder: Uri } & (
  { kind: 'labels'; document: LabelDocument } | { kind: 'invalid'; message: string; line: number; column: number }
);

const ofDocuments = new WeakMap<TextDocument, { version: number; file: Promise<LabelFile> }>();

/** Parses a document once a version: a file of 100,000 images takes about a second. */
export function labelFileOfDocument(document: TextDocument): Promise<LabelFile> {
  const known = ofDocuments.get(document);
  if (known?.version === document.version) return known.file;
  const file = toLabelFile(document.uri, document.getText());
  ofDocuments.set(document, { version: document.version, file });
  return file;
}

export async function toLabelFile(uri: Uri, text: string): Promise<LabelFile> {
  const { LabelFileError, parseLabels } = await labelsModule();
  try {
    const document = parseLabels(text);
    return { kind: 'labels', uri, folder: clusteredFolder(uri, document), document };
  } catch (error) {
    if (!(error instanceof LabelFileError)) throw error;
    const { message, line, column } = error;
    return { kind: 'invalid', uri, folder: clusteredFolder(uri, undefined), message, line, column };
  }
}

export function openDocument(uri: Uri): TextDocument | undefined {
  return workspace.textDocuments.find((document) => document.uri.toString() === uri.toString());
}

/** The text of the open document with its unsaved edits, or of the file; undefined when there is none. */
export async function readText(uri: Uri): Promise<string | undefined> {
  return openDocument(uri)?.getText() ?? readFromDisk(uri);
}

/**
 * Undefined when there is no such file.
 * @throws FileSystemError when there is one that cannot be read: it must not be taken for a missing one and overwritten
 */
export async function readFromDisk(uri: Uri): Promise<string | undefined> {
  try {
    return new TextDecoder().decode(await workspace.fs.readFile(uri));
  } catch (error) {
    if (error instanceof FileSystemError && error.code === 'FileNotFound') return undefined;
    throw error;
  }
}
