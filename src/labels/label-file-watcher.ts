// Tells of label files that come, change or go on disk, alone or with the folder that they are in.
import { EventEmitter, FileType, workspace, type Uri } from 'vscode';
import { Debounce } from '../base/debounce';
import { Disposable } from '../base/disposable';
import { labelFileName } from '../../worker/labels/view';

/** The label files of the workspace's folders, not those of installed packages. */
export const labelFilePattern = `**/${labelFileName}`;

export class LabelFileWatcher extends Disposable {
  private readonly seen = this._register(new EventEmitter<void>());
  /** Some label file may have come, changed or gone. */
  readonly onDidSee = this.seen.event;
  /** What came and may be a folder. A checkout brings thousands of files at once. */
  private readonly arrivals = new Map<string, Uri>();
  private readonly later = this._register(new Debounce(100, () => void this.lookAtArrivals()));

  /** @param isListedIn whether a label file that is listed lies in the folder of this path */
  constructor(isListedIn: (folder: string) => boolean) {
    super();
    const files = this._register(workspace.createFileSystemWatcher(labelFilePattern));
    for (const event of [files.onDidChange, files.onDidCreate, files.onDidDelete]) {
      this._register(event(() => this.seen.fire()));
    }
    // Of a folder that is moved, checked out or deleted VS Code tells the folder alone, not what is in it.
    const folders = this._register(workspace.createFileSystemWatcher('**', false, true, false));
    this._register(folders.onDidCreate((uri) => this.note(uri)));
    this._register(
      folders.onDidDelete(({ path }) => {
        if (isListedIn(path)) this.seen.fire();
      }),
    );
  }

  private note(uri: Uri): void {
    if (isOfTools(uri)) return;
    this.arrivals.set(uri.toString(), uri);
    this.later.trigger();
  }

  private async lookAtArrivals(): Promise<void> {
    const uris = [...this.arrivals.values()];
    this.arrivals.clear();
    for (const uri of uris) {
      if (await isFolder(uri)) {
        if (!this.isDisposed) this.seen.fire();
        return;
      }
    }
  }
}

/** Whether a file belongs to Git or to installed packages, which write many. */
export function isOfTools({ path }: Uri): boolean {
  return /\/(node_modules|\.git)\//.test(path);
}

async function isFolder(uri: Uri): Promise<boolean> {
  try {
    return ((await workspace.fs.stat(uri)).type & FileType.Directory) !== 0;
  } catch {
    // Gone again; that is told of, too.
    return false;
  }
}
