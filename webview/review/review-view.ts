// The review: one image large beside the two clusters that it may belong to; every answer is learnt from, and the next question is the
// one that tells most.
import * as l10n from '@vscode/l10n';
import type { LabelChange } from '../../worker/labels/change';
import type { Estimate } from '../../worker/learning/learner';
import { checkbox, closeButton } from '../kit/controls';
import { clusterDot } from '../kit/cluster-dot';
import { focusOnceHere, h } from '../kit/dom';
import { percent } from '../kit/format';
import { isTyping } from '../kit/keys';
import { language } from '../kit/l10n';
import type { GalleryModel } from '../model/gallery-model';
import { titleOf } from '../model/image-model';
import { heatValues } from '../model/heat-map';
import { outlinedRegions } from '../model/outlined-regions';
import { reviewState, type AskedImage, type ReviewState } from '../model/learning';
import type { ViewStateStore } from '../model/view-state';
import type { GallerySource } from '../source/source';
import { regionOutlines } from '../grid/region-outlines';
import { ZoomStage } from '../zoom/zoom-stage';
import { ReviewCard } from './review-card';
import { reviewAction, type ReviewAction } from './review-keys';

export interface ReviewActions {
  model: () => GalleryModel;
  /** One edit of the label file, with what follows from it where the person wants that. @returns whether it was done */
  decide: (change: LabelChange) => Promise<boolean>;
  rename: (cluster: number, name: string) => Promise<boolean>;
  /** Takes the last edit of the label file back. */
  undo: () => void;
  closed: (path: string | undefined) => void;
  viewChanged: () => void;
  onError: (error: unknown) => void;
  announce: (text: string) => void;
}

/** Enter and Space on a button that has the focus are meant for that. */
function pressesButton({ key, target }: KeyboardEvent): boolean {
  if (key !== 'Enter' && key !== ' ') return false;
  return target instanceof Element && target.closest('button, vscode-button, vscode-checkbox') !== null;
}

/** A range that holds nearly everything says nothing. */
const widestRange = 0.5;

function shareInWords({ share, low, high }: Estimate): string {
  return high - low > widestRange
    ? l10n.t('perhaps {0} of the labels are right', percent(share))
    : l10n.t('about {0} of the labels are right ({1} to {2})', percent(share), percent(low), percent(high));
}

/** What the person did, so that it can be taken back. */
type Done = { kind: 'decision'; path: string } | { kind: 'skip'; path: string } | { kind: 'rename' };

export class ReviewView {
  readonly element: HTMLDialogElement;
  readonly #stage = new ZoomStage({ isDrawing: () => false, draw: () => undefined, hover: () => undefined });
  readonly #name = h('h2', { class: 'zoom-title' });
  readonly #progress = h('p', { class: 'review-progress', role: 'status' });
  readonly #own: ReviewCard;
  readonly #second: ReviewCard;
  readonly #clusters = h('div', { class: 'review-clusters', role: 'group', 'aria-label': l10n.t('All clusters') });
  readonly #field = h('input', { type: 'text', spellcheck: 'false', class: 'review-name' });
  readonly #naming = h('label', { class: 'review-naming', hidden: true });
  readonly #nothingLeft = h('p', { class: 'review-end', hidden: true });
  readonly #cards: HTMLElement;
  /** On the page only while the review is open. */
  readonly #content: readonly HTMLElement[];
  readonly #passedOver = new Set<string>();
  #done: Done[] = [];
  #asked: AskedImage | undefined;
  /** Whose picture is on the stage. */
  #pictured = '';
  #onName: ((name: string) => void) | undefined;

  constructor(
    readonly source: GallerySource,
    readonly view: ViewStateStore,
    readonly actions: ReviewActions,
  ) {
    this.#own = new ReviewCard(source, '⏎', l10n.t('Keep in'), () => this.#perform({ kind: 'keep' }));
    this.#second = new ReviewCard(source, l10n.t('Space'), l10n.t('Move to'), () => this.#perform({ kind: 'second' }));
    this.#stage.element.setAttribute('role', 'application');
    this.#stage.element.setAttribute('aria-label', l10n.t('The image to decide on. Its keys stand below it.'));
    this.#cards = h('aside', { class: 'review-side' }, this.#own.element, this.#second.element, this.#clusters);
    const learns = checkbox(l10n.t('Learn as I go'), view.value.learns, (checked) => view.update({ learns: checked }));
    learns.title = l10n.t('Images that you have not decided on follow every answer, in the same edit');
    this.element = h('dialog', { class: 'review', 'aria-label': l10n.t('Review') });
    this.#content = [
      h(
        'header',
        { class: 'zoom-bar' },
        h('div', { class: 'zoom-names' }, this.#name, this.#progress),
        learns,
        closeButton(l10n.t('Close (Escape)'), () => this.element.close()),
      ),
      h('div', { class: 'review-body' }, this.#stage.element, this.#nothingLeft, this.#cards),
      this.#naming,
      this.#legend(),
    ];
    this.#field.addEventListener('keydown', (event) => this.#onNameKey(event));
    this.element.addEventListener('keydown', (event) => this.#onKey(event));
    this.element.addEventListener('close', () => {
      this.#endNaming();
      this.element.replaceChildren();
      actions.closed(this.#asked?.path);
    });
  }

  /** Starts with the first question. */
  open(): void {
    this.#passedOver.clear();
    this.#asked = undefined;
    this.#done = [];
    this.#pictured = '';
    if (!this.element.open) {
      this.element.replaceChildren(...this.#content);
      this.element.showModal();
    }
    this.update();
  }

  /** The labels are others now: an answer has arrived, or was taken back. */
  update(): void {
    if (!this.element.open) return;
    this.#forgetUndone();
    const state = reviewState(this.actions.model(), this.#passedOver, this.#asked?.path);
    if (!state) {
      this.element.close();
      return;
    }
    this.#show(state);
  }

  /** Answers that did not arrive, or that the person took back with the editor's own keys. A new cluster's image is pinned, too. */
  #forgetUndone(): void {
    const { images } = this.actions.model();
    const held = this.#done.filter((each) => each.kind !== 'decision' || images.get(each.path)?.pinned === true);
    // What was taken back is the question again.
    if (held.length < this.#done.length) this.#asked = undefined;
    this.#done = held;
  }

  #show({ asked, estimate }: ReviewState): void {
    this.#asked = asked;
    const answered = this.#done.filter(({ kind }) => kind === 'decision').length;
    const sure = shareInWords(estimate);
    const done = answered.toLocaleString(language);
    const all = (answered + (asked?.left ?? 0)).toLocaleString(language);
    this.#progress.textContent = asked ? `${l10n.t('{0} of about {1}', done, all)} · ${sure}` : `${done} · ${sure}`;
    const image = asked && this.actions.model().images.get(asked.path);
    this.#name.textContent = image ? titleOf(image) : l10n.t('Review');
    this.#nothingLeft.hidden = asked !== undefined;
    this.#stage.element.hidden = this.#cards.hidden = asked === undefined;
    if (!asked) {
      this.#nothingLeft.textContent = l10n.t(
        'Every image is decided on or passed over. Escape goes back to the gallery.',
      );
      focusOnceHere(() => this.element);
      return;
    }
    this.#own.show(asked.own, asked.probability, asked.path);
    this.#second.element.hidden = asked.second === undefined;
    if (asked.second) this.#second.show(asked.second.cluster, asked.second.probability, asked.path);
    this.#drawClusters();
    if (this.#naming.hidden) focusOnceHere(() => (this.#naming.hidden ? this.#stage.element : undefined));
    if (asked.path === this.#pictured) return;
    this.actions.announce(l10n.t('{0}: {1}?', this.#name.textContent, asked.own.title));
    void this.#showPicture(asked.path);
  }

  async #showPicture(path: string): Promise<void> {
    this.#pictured = path;
    this.#stage.clear();
    this.#styleHeatMap();
    const model = this.actions.model();
    const imagePath = model.images.get(path)?.imagePath ?? path;
    const [picture, maps, regions] = await Promise.allSettled([
      this.source.picture(imagePath),
      this.source.heatMaps([imagePath]),
      model.shows === 'images' ? [] : this.source.regions?.([imagePath]),
    ]);
    if (this.#pictured !== path) return;
    const found = regions.status === 'fulfilled' ? (regions.value ?? []) : [];
    this.#stage.showRegions(regionOutlines(outlinedRegions(model, found, path)));
    if (picture.status === 'rejected') this.actions.onError(picture.reason);
    else this.#stage.showImage(picture.value.uri);
    const { analysis, weightsOf } = model;
    const map = maps.status === 'fulfilled' ? maps.value[0] : undefined;
    if (!map || !analysis) return;
    const { values, scale } = heatValues(map.distances, { ...analysis, weightsOf, coloring: this.view.value.colors });
    this.#stage.drawHeatMap(values, map.grid, scale);
  }

  #styleHeatMap(): void {
    const { heatMaps, opacity } = this.view.value;
    this.#stage.styleHeatMap(heatMaps, opacity);
  }

  #drawClusters(): void {
    const { clusters } = this.actions.model();
    this.#clusters.replaceChildren(
      ...clusters.map(({ title, color }, place) => {
        const element = h(
          'button',
          { class: 'review-cluster', type: 'button' },
          h('kbd', {}, place < 9 ? String(place + 1) : ''),
          clusterDot(color),
          h('span', {}, title),
        );
        element.addEventListener('click', () => this.#perform({ kind: 'moveTo', place }));
        return element;
      }),
    );
  }

  /** All keys, each of which can be clicked, too. */
  #legend(): HTMLElement {
    const keys: [key: string, label: string, action: ReviewAction][] = [
      ['⏎', l10n.t('Keep'), { kind: 'keep' }],
      [l10n.t('Space'), l10n.t('Second best'), { kind: 'second' }],
      ['N', l10n.t('New cluster …'), { kind: 'moveToNew' }],
      ['R', l10n.t('Rename …'), { kind: 'rename' }],
      ['S', l10n.t('Skip'), { kind: 'skip' }],
      ['U', l10n.t('Undo'), { kind: 'undo' }],
      ['H', l10n.t('Heat map'), { kind: 'toggleHeatMap' }],
    ];
    return h(
      'footer',
      { class: 'review-legend', role: 'toolbar', 'aria-label': l10n.t('Keys') },
      ...keys.map(([key, label, action]) => {
        const element = h('button', { type: 'button', class: 'review-key' }, h('kbd', {}, key), label);
        element.addEventListener('click', () => this.#perform(action));
        return element;
      }),
      h('span', { class: 'review-key' }, h('kbd', {}, '1 … 9'), l10n.t('Any cluster')),
    );
  }

  #onKey(event: KeyboardEvent): void {
    // The gallery behind has keys of its own.
    event.stopPropagation();
    if (isTyping(event) || pressesButton(event)) return;
    const action = reviewAction(event, this.actions.model().clusters.length);
    if (!action) return;
    event.preventDefault();
    this.#perform(action);
  }

  #perform(action: ReviewAction): void {
    if (action.kind === 'undo') {
      this.#undo();
      return;
    }
    if (action.kind === 'toggleHeatMap') {
      this.view.update({ heatMaps: !this.view.value.heatMaps });
      this.#styleHeatMap();
      this.actions.viewChanged();
      return;
    }
    const asked = this.#asked;
    if (!asked) return;
    const paths = [asked.path];
    switch (action.kind) {
      case 'keep':
        return this.#decide({ kind: 'pin', paths, pinned: true }, asked.path);
      case 'second':
        return asked.second && this.#moveTo(asked, asked.second.cluster.id);
      case 'moveTo':
        return this.#moveTo(asked, this.actions.model().clusters[action.place]!.id);
      case 'moveToNew':
        return this.#askName(l10n.t('Name of the new cluster'), '', (name) =>
          this.#decide({ kind: 'moveToNew', paths, name }, asked.path),
        );
      case 'rename': {
        const { id, name } = asked.own;
        return this.#askName(l10n.t('Name of {0}', asked.own.title), name, (wanted) => {
          if (wanted === name) return;
          this.#done.push({ kind: 'rename' });
          void this.actions.rename(id, wanted).then(() => this.update());
        });
      }
      case 'skip':
        this.#passedOver.add(asked.path);
        this.#done.push({ kind: 'skip', path: asked.path });
        return this.update();
    }
  }

  #moveTo({ path, own }: AskedImage, cluster: number): void {
    const paths = [path];
    this.#decide(cluster === own.id ? { kind: 'pin', paths, pinned: true } : { kind: 'move', paths, cluster }, path);
  }

  #decide(change: LabelChange, path: string): void {
    // The page shows the edit at once, so the next question has to know that this one was answered.
    this.#done.push({ kind: 'decision', path });
    void this.actions.decide(change);
  }

  /** A question that was passed over comes back; an answer is taken out of the label file. */
  #undo(): void {
    const last = this.#done.pop();
    if (!last) return;
    if (last.kind !== 'rename') this.#asked = undefined;
    if (last.kind === 'skip') {
      this.#passedOver.delete(last.path);
      this.update();
    } else this.actions.undo();
  }

  /** A name is typed in a line of its own: Enter takes it, Escape leaves everything as it is. */
  #askName(label: string, name: string, then: (name: string) => void): void {
    this.#onName = then;
    this.#field.value = name;
    this.#naming.replaceChildren(h('span', {}, label), this.#field);
    this.#naming.hidden = false;
    this.#field.focus();
    this.#field.select();
  }

  #onNameKey(event: KeyboardEvent): void {
    if (event.key !== 'Enter' && event.key !== 'Escape') return;
    event.preventDefault();
    event.stopPropagation();
    const then = event.key === 'Enter' ? this.#onName : undefined;
    const name = this.#field.value.trim();
    this.#endNaming();
    then?.(name);
  }

  #endNaming(): void {
    this.#naming.hidden = true;
    this.#onName = undefined;
    this.#stage.element.focus();
  }
}
