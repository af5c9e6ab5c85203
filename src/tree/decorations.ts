// Badges in the Explorer: the number of the cluster that an image is in.
import { EventEmitter, Uri, window, type FileDecoration, type FileDecorationProvider } from 'vscode';
import { clusterTitle } from '../../worker/labels/view';
import { Disposable } from '../base/disposable';
import type { LabelFiles } from '../labels/files';

/** Longer badges are not shown. */
const longestBadge = 2;

export class ClusterDecorations extends Disposable implements FileDecorationProvider {
  private readonly changed = this._register(new EventEmitter<undefined>());
  readonly onDidChangeFileDecorations = this.changed.event;
  private known: Promise<Map<string, FileDecoration>> | undefined;

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
    return (await this.known).get(uri.toString());
  }

  private async read(): Promise<Map<string, FileDecoration>> {
    const decorations = new Map<string, FileDecoration>();
    for (const file of await this.files.all()) {
      if (file.kind === 'invalid') continue;
      const { clusters, images } = file.document;
      const byId = new Map(
        clusters.map((cluster) => {
          const number = String(cluster.id);
          const badge = number.length <= longestBadge ? number : undefined;
          return [cluster.id, { ...(badge ? { badge } : {}), tooltip: clusterTitle(cluster) }];
        }),
      );
      for (const { path, cluster } of images) {
        const decoration = byId.get(cluster);
        if (decoration) decorations.set(Uri.joinPath(file.folder, path).toString(), decoration);
      }
    }
    return decorations;
  }
}
