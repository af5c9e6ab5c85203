// "5 new, 1 missing": what the folders hold that their label files do not know, looked at again when images come or go.
import { EventEmitter, workspace } from 'vscode';
import { Debounce } from '../base/debounce';
import { Disposable } from '../base/disposable';
import type { EngineClient } from '../engine/engine-client';
import type { LabelFile } from '../labels/read-label-file';
import { readText } from '../labels/read-label-file';

const imagePattern = '**/*.{png,jpg,jpeg,tif,tiff,bmp,webp,gif,avif,pgm,ppm,PNG,JPG,JPEG,TIF,TIFF,BMP}';
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
  private readonly later = this._register(new Debounce(quietMilliseconds, () => void this.look()));

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
    this.later.trigger();
    if (this.isWatching || files.length === 0) return;
    this.isWatching = true;
    const images = this._register(workspace.createFileSystemWatcher(imagePattern, false, true, false));
    for (const event of [images.onDidCreate, images.onDidDelete]) this._register(event(() => this.later.trigger()));
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
