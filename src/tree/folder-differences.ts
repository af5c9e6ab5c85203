// "5 new, 1 missing": what the folders hold that their label files do not know, looked at again when images come or go.
import { EventEmitter, workspace, type Uri } from 'vscode';
import { Debounce } from '../base/debounce';
import { Disposable } from '../base/disposable';
import type { EngineClient } from '../engine/engine-client';
import { isOfTools } from '../labels/label-file-watcher';
import type { LabelFile } from '../labels/read-label-file';
import { readText } from '../labels/read-label-file';

/** A checkout or a camera brings many files at once. */
const quietMilliseconds = 1000;
/** Looking through larger folders by itself would be felt. */
const mostImages = 20_000;

export interface Difference {
  added: number;
  missing: number;
}

export class FolderDifferences extends Disposable {
  private readonly changed = this._register(new EventEmitter<void>());
  readonly onDidChange = this.changed.event;
  private readonly known = new Map<string, Difference>();
  private files: readonly LabelFile[] = [];
  private isWatching = false;
  private isLooking = false;
  /** Something came after the last look began. */
  private isOutdated = false;
  private readonly later = this._register(new Debounce(quietMilliseconds, () => void this.lookUntilCurrent()));

  constructor(private readonly engine: Pick<EngineClient, 'request'>) {
    super();
  }

  /** Of a label file, where it is known. */
  of({ uri }: LabelFile): Difference | undefined {
    return this.known.get(uri.toString());
  }

  /** The label files that are shown now; they are looked at soon. */
  show(files: readonly LabelFile[]): void {
    this.files = files;
    this.lookAgain();
    if (this.isWatching || files.length === 0) return;
    this.isWatching = true;
    // Any file may be an image: what has no name of one is known by its first bytes. Of a folder VS Code tells the folder alone.
    const watcher = this._register(workspace.createFileSystemWatcher('**', false, true, false));
    for (const event of [watcher.onDidCreate, watcher.onDidDelete]) {
      this._register(event((uri) => this.concerns(uri) && this.lookAgain()));
    }
  }

  /** Looks soon. */
  lookAgain(): void {
    this.later.trigger();
  }

  private concerns(came: Uri): boolean {
    const { path } = came;
    if (isOfTools(came) || this.files.some(({ uri }) => uri.path === path)) return false;
    return this.files.some(
      ({ folder }) => path.startsWith(`${folder.path}/`) || `${folder.path}/`.startsWith(`${path}/`),
    );
  }

  /** One look after the other: of two at a time the older one might end last. */
  private async lookUntilCurrent(): Promise<void> {
    this.isOutdated = true;
    if (this.isLooking) return;
    this.isLooking = true;
    try {
      while (this.isOutdated && !this.isDisposed) {
        this.isOutdated = false;
        await this.look();
      }
    } finally {
      this.isLooking = false;
    }
  }

  private async look(): Promise<void> {
    let isOther = false;
    for (const file of this.files) {
      if (file.kind !== 'labels' || file.document.images.length > mostImages) continue;
      const labels = await readText(file.uri).catch(() => undefined);
      if (labels === undefined || this.isDisposed) continue;
      // A number beside a name is not worth a message: where it cannot be found, there is none.
      const found = await this.engine
        .request('differences', { folder: file.folder.fsPath, labels })
        .then(({ added, missing }) => ({ added: added.length, missing: missing.length }))
        .catch(() => ({ added: 0, missing: 0 }));
      const before = this.known.get(file.uri.toString()) ?? { added: 0, missing: 0 };
      isOther ||= before.added !== found.added || before.missing !== found.missing;
      this.known.set(file.uri.toString(), found);
    }
    if (isOther && !this.isDisposed) this.changed.fire();
  }
}
