// What a person corrects: each is one edit of the label file. The page shows it at once; the label file's own word follows.
import * as l10n from '@vscode/l10n';
import { changeLabels, type LabelChange } from '../worker/labels/change';
import { galleryModel, type GalleryModel } from './gallery-model';
import { language } from './l10n';
import type { Messages } from './messages';
import type { GallerySource } from './source';

export interface CorrectionContext {
  /** What is shown now. */
  model: () => GalleryModel;
  /** What the label file says. */
  saved: () => GalleryModel;
  selected: () => string[];
  /** Shows labels that the label file does not have yet; undefined: those that it has. */
  preview: (model: GalleryModel | undefined) => void;
}

export class Corrections {
  readonly #pending = new Set<Promise<boolean>>();

  constructor(
    readonly source: GallerySource,
    readonly messages: Messages,
    readonly context: CorrectionContext,
  ) {}

  /** Settles when the edits that are on their way have arrived; undefined when none is. */
  get pending(): Promise<unknown> | undefined {
    return this.#pending.size === 0 ? undefined : Promise.all(this.#pending);
  }

  async #track(edit: Promise<boolean>): Promise<boolean> {
    this.#pending.add(edit);
    try {
      return await edit;
    } finally {
      this.#pending.delete(edit);
    }
  }

  /** Whether labels can be changed here at all. */
  get isPossible(): boolean {
    return this.source.change !== undefined;
  }

  rename(cluster: number, name: string): Promise<boolean> {
    return this.#change(
      { kind: 'rename', cluster, name },
      name === '' ? l10n.t('Name removed') : l10n.t('Renamed to {0}', name),
    );
  }

  recolor(cluster: number, color: number): Promise<boolean> {
    return this.#change({ kind: 'recolor', cluster, color }, l10n.t('Colour changed'));
  }

  pin(paths: readonly string[], pinned: boolean): Promise<boolean> {
    if (paths.length === 0) return Promise.resolve(false);
    return this.#change(
      { kind: 'pin', paths, pinned },
      pinned ? imagesPinned(paths.length) : imagesUnpinned(paths.length),
    );
  }

  /** Pins the selected images, or unpins them where all are pinned. */
  togglePin(): Promise<boolean> {
    const paths = this.context.selected();
    return this.pin(paths, !paths.every((path) => this.context.model().images.get(path)?.pinned));
  }

  /** Of the selected images. One that is in this cluster already is confirmed there: pinned. */
  moveTo(cluster: number): Promise<boolean> {
    const paths = this.context.selected();
    const { clusters, images } = this.context.model();
    if (paths.length === 0) return Promise.resolve(false);
    if (paths.every((path) => images.get(path)?.cluster === cluster)) return this.pin(paths, true);
    const title = clusters.find(({ id }) => id === cluster)?.title ?? '';
    return this.#change({ kind: 'move', paths, cluster }, imagesMoved(paths.length, title));
  }

  moveToNew(): Promise<boolean> {
    const paths = this.context.selected();
    if (paths.length === 0) return Promise.resolve(false);
    return this.#change({ kind: 'moveToNew', paths }, imagesMovedToNew(paths.length));
  }

  merge(into: number, cluster: number): Promise<boolean> {
    const title = this.context.model().clusters.find(({ id }) => id === into)?.title ?? '';
    return this.#change({ kind: 'merge', clusters: [into, cluster] }, l10n.t('Merged into {0}', title));
  }

  split(cluster: number, parts: readonly [readonly string[], readonly string[]]): Promise<boolean> {
    const [a, b] = parts.map(({ length }) => length.toLocaleString(language)) as [string, string];
    const done = l10n.t({ message: 'Split into {0} and {1}', args: [a, b], comment: ['What has been done'] });
    return this.#change({ kind: 'split', cluster, parts }, done);
  }

  /** Another number of clusters. @param groups the images of each */
  regroup(clusters: number, groups: readonly (readonly string[])[]): Promise<boolean> {
    const done =
      clusters === 1 ? l10n.t('1 cluster now') : l10n.t('{0} clusters now', clusters.toLocaleString(language));
    return this.#change({ kind: 'regroup', clusters, groups }, done);
  }

  /** What {@link regroup} would show. */
  previewRegroup(clusters: number, groups: readonly (readonly string[])[]): void {
    this.context.preview(changed(this.context.saved(), { kind: 'regroup', clusters, groups }));
  }

  /** One edit of the label file; what it did is announced. */
  async #change(change: LabelChange, done: string): Promise<boolean> {
    if (!this.source.change) return false;
    const { saved, model } = this.context;
    // Groups are proposed for the label file's images, not for what a slider has shown on its way.
    this.context.preview(changed(change.kind === 'regroup' ? saved() : model(), change));
    const isDone = await this.#track(this.messages.watch(this.source.change(change)));
    if (isDone) this.messages.tellDone(done);
    else this.context.preview(undefined);
    return isDone;
  }
}

function imagesPinned(n: number): string {
  return n === 1 ? l10n.t('1 image pinned') : l10n.t('{0} images pinned', n.toLocaleString(language));
}

function imagesUnpinned(n: number): string {
  return n === 1 ? l10n.t('1 image unpinned') : l10n.t('{0} images unpinned', n.toLocaleString(language));
}

function imagesMoved(n: number, cluster: string): string {
  return n === 1
    ? l10n.t('1 image moved to {0}', cluster)
    : l10n.t('{0} images moved to {1}', n.toLocaleString(language), cluster);
}

function imagesMovedToNew(n: number): string {
  return n === 1
    ? l10n.t('1 image moved to a new cluster')
    : l10n.t('{0} images moved to a new cluster', n.toLocaleString(language));
}

function changed({ title, labels, analysis }: GalleryModel, change: LabelChange): GalleryModel {
  return galleryModel(title, changeLabels(labels, change), analysis);
}
