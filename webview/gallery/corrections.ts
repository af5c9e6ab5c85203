// What a person corrects: each is one edit of the label file. The page shows it at once; the label file's own word follows.
import * as l10n from '@vscode/l10n';
import { changeLabels, regroupLabels, type LabelChange } from '../../worker/labels/change';
import { withLabels, type GalleryModel } from '../model/gallery-model';
import type { OneCorrection } from '../model/one-correction';
import { followers, withFollowers, type Following } from '../model/learning';
import { numberOfItems } from '../kit/format';
import { language } from '../kit/l10n';
import type { Messages } from '../kit/messages';
import type { GallerySource } from '../source/source';

export interface CorrectionContext {
  /** What is shown now. */
  model: () => GalleryModel;
  /** What the label file says. */
  saved: () => GalleryModel;
  selected: () => string[];
  /** Shows labels that the label file does not have yet; undefined: those that it has. */
  preview: (model: GalleryModel | undefined) => void;
  /** Images that go elsewhere because of what was learnt, before they are shown there. */
  followed: (images: readonly Following[]) => void;
}

interface Edit {
  change: LabelChange;
  /** Whether it could be made. */
  arrives: Promise<boolean>;
  hasArrived: boolean;
  /** The label file's last word came after it had arrived, so that it holds it, or somebody has taken it back since. */
  isHeld: boolean;
}

export class Corrections {
  /** Edits that the label file's labels do not hold yet, in their order. */
  #edits: Edit[] = [];

  constructor(
    readonly source: GallerySource,
    readonly messages: Messages,
    readonly context: CorrectionContext,
  ) {}

  /** Settles when the edits that are on their way have arrived; undefined when none is. */
  get pending(): Promise<unknown> | undefined {
    const open = this.#edits.filter(({ hasArrived }) => !hasArrived);
    return open.length === 0 ? undefined : Promise.all(open.map(({ arrives }) => arrives));
  }

  /** The label file's word has come. It is not shown before everything that goes with it is there, and other edits may arrive until then. */
  heardOfFile(): void {
    for (const edit of this.#edits) edit.isHeld = edit.hasArrived;
  }

  /**
   * What the label file said last is about to be shown.
   * @param isOther whether it is something else than before
   * @returns what to show in its place while edits are on their way
   */
  savedChanged(isOther: boolean): GalleryModel | undefined {
    const open = this.#edits.filter(({ isHeld }) => !isHeld);
    const areNew = open.length < this.#edits.length;
    this.#edits = open;
    // Changed by somebody else, or undone: perhaps before the page heard of it, and then the file says what it said before.
    if (isOther !== areNew) this.messages.forgetDone();
    return this.withEdits();
  }

  /** Whether labels can be changed here at all. */
  get isPossible(): boolean {
    return this.source.change !== undefined;
  }

  /**
   * @param name may be empty: the cluster has none then
   * @returns whether it was done; if not, the person has been told why. So do all of these.
   */
  rename(cluster: number, name: string): Promise<boolean> {
    return this.#change(
      { kind: 'rename', cluster, name },
      name === '' ? l10n.t('Name removed') : l10n.t('Renamed to {0}', name),
    );
  }

  /** @param color index in the palette */
  recolor(cluster: number, color: number): Promise<boolean> {
    return this.#change({ kind: 'recolor', cluster, color }, l10n.t('Colour changed'));
  }

  /** Pins images to their cluster, or unpins them: a run leaves pinned ones where they are. */
  pin(paths: readonly string[], pinned: boolean): Promise<boolean> {
    if (paths.length === 0) return Promise.resolve(false);
    return this.#change(
      { kind: 'pin', paths, pinned },
      pinned ? l10n.t('{0} pinned', this.#count(paths.length)) : l10n.t('{0} unpinned', this.#count(paths.length)),
    );
  }

  /** Pins the selected images, or unpins them where all are pinned. */
  togglePin(): Promise<boolean> {
    const paths = this.context.selected();
    return this.pin(paths, !paths.every((path) => this.context.model().images.get(path)?.pinned));
  }

  /** What a key does to the one image that is looked at. */
  correctOne(path: string, correction: OneCorrection): Promise<boolean> {
    const { clusters, images } = this.context.model();
    const paths = [path];
    switch (correction.kind) {
      case 'togglePin':
        return this.pin(paths, images.get(path)?.pinned !== true);
      case 'moveToNew':
        return this.#change({ kind: 'moveToNew', paths }, this.#movedToNew(1));
      case 'moveTo':
        return this.#move(paths, clusters[correction.place]!.id);
    }
  }

  /** Of the selected images. One that is in this cluster already is confirmed there: pinned. */
  moveTo(cluster: number): Promise<boolean> {
    return this.#move(this.context.selected(), cluster);
  }

  #move(paths: readonly string[], cluster: number): Promise<boolean> {
    const { clusters, images } = this.context.model();
    if (paths.length === 0) return Promise.resolve(false);
    if (paths.every((path) => images.get(path)?.cluster === cluster)) return this.pin(paths, true);
    const title = clusters.find(({ id }) => id === cluster)?.title ?? '';
    return this.#change({ kind: 'move', paths, cluster }, l10n.t('{0} moved to {1}', this.#count(paths.length), title));
  }

  /**
   * What a person decided about single images.
   * @param learns whether the images that nobody has decided on follow, in the same edit
   */
  decide(change: LabelChange, learns: boolean): Promise<boolean> {
    const { labels, analysis } = this.context.model();
    const all = learns ? withFollowers(labels, analysis, change) : { change, followers: [] };
    this.context.followed(all.followers);
    return this.#change(all.change, this.#decided(all.followers.length));
  }

  /** All images that nobody has decided on follow what was learnt. */
  applyToOthers(): Promise<boolean> {
    const { labels, analysis } = this.context.model();
    const found = followers(labels, analysis);
    if (found.length === 0) return Promise.resolve(false);
    this.context.followed(found);
    const moves = found.map(({ path, cluster }) => ({ path, cluster }));
    return this.#change({ kind: 'follow', moves }, this.#followed(found.length));
  }

  /** Says whether a cluster's images are good; undefined takes that back. */
  judge(cluster: number, ok: boolean | undefined): Promise<boolean> {
    const done = ok === undefined ? l10n.t('Mark removed') : ok ? l10n.t('Marked as OK') : l10n.t('Marked as not OK');
    return this.#change({ kind: 'judge', cluster, ok }, done);
  }

  /** The selected images get a cluster of their own. */
  moveToNew(): Promise<boolean> {
    const paths = this.context.selected();
    if (paths.length === 0) return Promise.resolve(false);
    return this.#change({ kind: 'moveToNew', paths }, this.#movedToNew(paths.length));
  }

  /** Moves all images of a cluster into another one, which keeps its name, or gets that of the cluster where it has none. */
  merge(into: number, cluster: number): Promise<boolean> {
    const title = this.context.model().clusters.find(({ id }) => id === into)?.title ?? '';
    return this.#change({ kind: 'merge', clusters: [into, cluster] }, l10n.t('Merged into {0}', title));
  }

  /** Makes two clusters of one. @param parts paths of the images of each; the first part stays in the cluster */
  split(cluster: number, parts: readonly [readonly string[], readonly string[]]): Promise<boolean> {
    const [a, b] = parts.map(({ length }) => length.toLocaleString(language)) as [string, string];
    const done = l10n.t({ message: 'Split into {0} and {1}', args: [a, b], comment: ['What has been done'] });
    return this.#change({ kind: 'split', cluster, parts }, done);
  }

  /** Another number of clusters. @param groups (images of the analysis) 0 to clusters − 1 */
  regroup(clusters: number, groups: Int32Array): Promise<boolean> {
    const done =
      clusters === 1 ? l10n.t('1 cluster now') : l10n.t('{0} clusters now', clusters.toLocaleString(language));
    const paths = Array.from({ length: clusters }, (): string[] => []);
    for (const { path, row } of this.context.saved().images.all) if (row !== undefined) paths[groups[row]!]!.push(path);
    return this.#change({ kind: 'regroup', clusters, groups: paths.filter(({ length }) => length > 0) }, done);
  }

  /** What {@link regroup} would show. */
  previewRegroup(clusters: number, groups: Int32Array): void {
    const saved = this.context.saved();
    const ofLines = new Int32Array(saved.imageCount).fill(-1);
    for (const [line, { row }] of saved.images.all.entries()) if (row !== undefined) ofLines[line] = groups[row]!;
    this.context.preview(withLabels(saved, regroupLabels(saved.labels, ofLines, clusters)));
  }

  /** "1 image", "3 regions". */
  #count(items: number): string {
    return numberOfItems(items, this.context.model().shows === 'regions');
  }

  #movedToNew(items: number): string {
    return l10n.t('{0} moved to a new cluster', this.#count(items));
  }

  #decided(followers: number): string {
    const one = this.#count(1);
    if (followers === 0) return l10n.t('{0} decided', one);
    return followers === 1
      ? l10n.t('{0} decided, 1 other follows', one)
      : l10n.t('{0} decided, {1} others follow', one, followers.toLocaleString(language));
  }

  #followed(items: number): string {
    const all = this.#count(items);
    return items === 1 ? l10n.t('{0} follows your decisions', all) : l10n.t('{0} follow your decisions', all);
  }

  /** One edit of the label file; what it did is announced. */
  async #change(change: LabelChange, done: string): Promise<boolean> {
    if (!this.source.change) return false;
    const edit: Edit = {
      change,
      arrives: this.messages.watch(this.source.change(change)),
      hasArrived: false,
      isHeld: false,
    };
    this.#edits.push(edit);
    this.context.preview(this.withEdits());
    const isDone = await edit.arrives;
    edit.hasArrived = true;
    if (isDone) {
      this.messages.tellDone(done);
      return true;
    }
    this.#edits = this.#edits.filter((each) => each !== edit);
    this.context.preview(this.withEdits());
    return false;
  }

  /** What to show in the place of what the label file says, while edits are on their way. */
  withEdits(): GalleryModel | undefined {
    if (this.#edits.length === 0) return undefined;
    const saved = this.context.saved();
    try {
      const labels = this.#edits.reduce((before, { change }) => changeLabels(before, change), saved.labels);
      return withLabels(saved, labels);
    } catch (error) {
      // Somebody else has changed what an edit speaks of; the file's own word comes.
      if (error instanceof RangeError) return undefined;
      throw error;
    }
  }
}
