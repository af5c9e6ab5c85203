// The workspace's label files, as they are now: on disk, or as somebody is editing them.
import { EventEmitter, Uri, workspace } from 'vscode';
import { LabelFileError, parseLabels, type LabelDocument } from '../../worker/labels';
import { Debounce } from '../base/debounce';
import { Disposable } from '../base/disposable';
import { clusteredFolder, labelFileName } from './location';

/** A label file that was read, or why it could not be. */
export type LabelFile = { uri: Uri; folder: Uri } & (
  { kind: 'labels'; document: LabelDocument } | { kind: 'invalid'; message: string; line: number; column: number }
);

const pattern = `**/${labelFileName}`;

export class LabelFiles extends Disposable {
  private readonly changed = this._register(new EventEmitter<void>());
  /** Some label file came, went or changed. */
  readonly onDidChange = this.changed.event;
  private files: Promise<Map<string, LabelFile>> | undefined;
  /** Edits in an editor come letter by letter. */
  private readonly later = this._register(new Debounce(100, () => this.refresh()));

  /** Starts to watch the workspace; called by whoever shows the files first. */
  watch(): void {
    const watcher = this._register(workspace.createFileSystemWatcher(pattern));
    for (const event of [watcher.onDidChange, watcher.onDidCreate, watcher.onDidDelete]) {
      this._register(event(() => this.later.trigger()));
    }
    this._register(
      workspace.onDidChangeTextDocument(({ document }) => {
        if (document.uri.path.endsWith(`/${labelFileName}`)) this.later.trigger();
      }),
    );
    this._register(workspace.onDidChangeWorkspaceFolders(() => this.refresh()));
  }

  refresh(): void {
    this.files = undefined;
    this.changed.fire();
  }

  /** All label files, sorted by path. */
  async all(): Promise<LabelFile[]> {
    this.files ??= this.read();
    return [...(await this.files).values()];
  }

  async get(uri: Uri): Promise<LabelFile | undefined> {
    this.files ??= this.read();
    return (await this.files).get(uri.toString());
  }

  private async read(): Promise<Map<string, LabelFile>> {
    const uris = await workspace.findFiles(pattern, '**/node_modules/**');
    uris.sort((a, b) => (a.path < b.path ? -1 : 1));
    const files = await Promise.all(uris.map(readLabelFile));
    return new Map(files.flatMap((file) => (file ? [[file.uri.toString(), file]] : [])));
  }
}

/** Undefined when the file went away meanwhile. */
export async function readLabelFile(uri: Uri): Promise<LabelFile | undefined> {
  const text = await readText(uri);
  return text === undefined ? undefined : toLabelFile(uri, text);
}

export function toLabelFile(uri: Uri, text: string): LabelFile {
  try {
    const document = parseLabels(text);
    return { kind: 'labels', uri, folder: clusteredFolder(uri, document), document };
  } catch (error) {
    if (!(error instanceof LabelFileError)) throw error;
    const { message, line, column } = error;
    return { kind: 'invalid', uri, folder: clusteredFolder(uri, undefined), message, line, column };
  }
}

/** The text of an open document with its unsaved edits, or of the file; undefined when there is none. */
export async function readText(uri: Uri): Promise<string | undefined> {
  const open = workspace.textDocuments.find((document) => document.uri.toString() === uri.toString());
  if (open) return open.getText();
  try {
    return new TextDecoder().decode(await workspace.fs.readFile(uri));
  } catch {
    return undefined;
  }
}
