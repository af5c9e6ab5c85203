// The label files that the side panel shows, as they are now: on disk, or as somebody is editing them.
import { EventEmitter, workspace, type Uri } from 'vscode';
import { Debounce } from '../base/debounce';
import { Disposable } from '../base/disposable';
import { labelFileName } from '../../worker/labels/view';
import { labelFilePattern, LabelFileWatcher } from './label-file-watcher';
import { labelFileOfDocument, notReadable, openDocument, toLabelFile, type LabelFile } from './read-label-file';
import { readFromDisk } from './utf8-document';

export class LabelFiles extends Disposable {
  private readonly changed = this._register(new EventEmitter<void>());
  /** Some label file came, went or changed. */
  readonly onDidChange = this.changed.event;
  private files: Promise<LabelFile[]> | undefined;
  /** Label files outside the workspace that this window has to do with. */
  private readonly others = new Map<string, Uri>();
  /** The label files that were found last. */
  private listed: readonly Uri[] = [];
  /** Edits in an editor come letter by letter. */
  private readonly later = this._register(new Debounce(100, () => this.refresh()));

  /** Whether somebody shows the files. */
  isWatching = false;

  /** Starts to watch the workspace, unless it is watched already; called by whoever shows the files. */
  watch(): void {
    if (this.isWatching) return;
    this.isWatching = true;
    const watcher = this._register(
      new LabelFileWatcher((folder) => this.listed.some(({ path }) => path.startsWith(`${folder}/`))),
    );
    this._register(watcher.onDidSee(() => this.later.trigger()));
    const onDocument = (uri: Uri) => {
      if (uri.path.endsWith(`/${labelFileName}`)) this.later.trigger();
    };
    this._register(workspace.onDidChangeTextDocument(({ document }) => onDocument(document.uri)));
    // Unsaved edits that are thrown away go without a change.
    this._register(workspace.onDidCloseTextDocument(({ uri }) => onDocument(uri)));
    this._register(workspace.onDidChangeWorkspaceFolders(() => this.refresh()));
  }

  /** Lists a label file that may lie outside the workspace. */
  add(uri: Uri): void {
    this.others.set(uri.toString(), uri);
    this.refresh();
  }

  /** Something may have changed: the files are read again when they are next asked for. */
  refresh(): void {
    this.files = undefined;
    this.changed.fire();
  }

  /**
   * Reads again what was read, and tells if something has changed: not every change on disk is told of. In a folder that came with folders
   * in it, those are often not watched (VS Code's watcher on Linux), and on network drives nothing is.
   * @param where in the files that are listed, or in the whole workspace, which takes longer
   */
  async lookAgain(where: 'listed' | 'workspace'): Promise<void> {
    if (this.files === undefined) return;
    const before = await this.files;
    const now = await this.readAll(where === 'listed' ? this.listed : undefined);
    // What did not change is the same object.
    const isSame = before.length === now.length && before.every((file, i) => file === now[i]);
    if (!isSame && !this.isDisposed) this.refresh();
  }

  /** All label files, sorted by path. */
  all(): Promise<LabelFile[]> {
    this.files ??= this.readAll();
    return this.files;
  }

  private async readAll(listed?: readonly Uri[]): Promise<LabelFile[]> {
    const found = listed ?? (await workspace.findFiles(labelFilePattern, '**/node_modules/**'));
    const uris = new Map([...this.others, ...found.map((uri) => [uri.toString(), uri] as const)]);
    this.listed = [...uris.values()];
    const files = await Promise.all(this.listed.map((uri) => this.read(uri)));
    return files.filter((file) => file !== undefined).sort((a, b) => (a.uri.path < b.uri.path ? -1 : 1));
  }

  /** Undefined when the file went away meanwhile. */
  private async read(uri: Uri): Promise<LabelFile | undefined> {
    const document = openDocument(uri);
    if (document) return await labelFileOfDocument(document);
    try {
      const text = await readFromDisk(uri);
      // A large file that did not change is not parsed again because another one did.
      return text === undefined ? undefined : await toLabelFile(uri, text);
    } catch (error) {
      return notReadable(uri, error);
    }
  }
}
