// Badges in the Explorer: the number of the cluster that an image is in.
import { EventEmitter, window, type FileDecoration, type FileDecorationProvider, type Uri } from 'vscode';
import { Disposable } from '../base/disposable';
import type { LabelFiles } from '../labels/label-files';
import type { LabelFile } from '../labels/read-label-file';
import { titleOf } from '../labels/title-of';

/** Longer badges are not shown. */
const longestBadge = 2;

/** The images below one folder. */
interface Decorated {
  /** The folder's address, with a slash at its end. */
  prefix: string;
  /** By path in the folder. */
  images: ReadonlyMap<string, FileDecoration>;
}

export class ClusterDecorations extends Disposable implements FileDecorationProvider {
  private readonly changed = this._register(new EventEmitter<undefined>());
  readonly onDidChangeFileDecorations = this.changed.event;
  private known: Promise<Decorated[]> | undefined;

  constructor(private readonly files: LabelFiles) {
    super();
    this._register(window.registerFileDecorationProvider(this));
    this._register(
      files.onDidChange(() => {
        this.known = undefined;
        this.changed.fire(undefined);
      }),
    );
  }

  async provideFileDecoration(uri: Uri): Promise<FileDecoration | undefined> {
    // Before somebody looked at clusters, the workspace is not searched for label files.
    if (!this.files.isWatching) return undefined;
    this.known ??= this.read();
    const address = addressOf(uri);
    for (const { prefix, images } of await this.known) {
      const decoration = address.startsWith(prefix) ? images.get(address.slice(prefix.length)) : undefined;
      if (decoration) return decoration;
    }
    return undefined;
  }

  private async read(): Promise<Decorated[]> {
    return (await this.files.all()).flatMap((file) => (file.kind === 'labels' ? decorate(file) : []));
  }
}

function decorate({ folder, document }: Extract<LabelFile, { kind: 'labels' }>): Decorated {
  const byCluster = new Map(
    document.clusters.map((cluster) => {
      const number = String(cluster.id);
      const badge = number.length <= longestBadge ? { badge: number } : {};
      return [cluster.id, { ...badge, tooltip: titleOf(cluster) }];
    }),
  );
  const images = new Map<string, FileDecoration>();
  for (const { path, cluster } of document.images) {
    const decoration = byCluster.get(cluster);
    if (decoration) images.set(path, decoration);
  }
  return { prefix: `${addressOf(folder)}/`, images };
}

/** Not escaped, as paths in a label file are not: an address for each of 20,000 images would take long to make. */
function addressOf({ scheme, authority, path }: Uri): string {
  return `${scheme}://${authority}${path}`;
}
