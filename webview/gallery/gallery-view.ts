// The gallery of a readable label file. What the person does becomes a change of the interaction, which is drawn anew, or a correction
// of the label file.
import * as l10n from '@vscode/l10n';
import type { Region } from '../../worker/api/requests';
import { TileLoader } from '../grid/tile-loader';
import { h } from '../kit/dom';
import { numberOfItems } from '../kit/format';
import { isTyping } from '../kit/keys';
import { latest } from '../kit/memo';
import type { Messages } from '../kit/messages';
import { isPinned } from '../../worker/labels/view';
import type { GalleryModel } from '../model/gallery-model';
import { escapeCheck, listLength, similarImages, similarPlaces } from '../model/image-lists';
import {
  keptSections,
  noInteraction,
  reduce,
  type Filter,
  type ImageList,
  type Interaction,
  type InteractionChange,
  type SortOrder,
} from '../model/interaction';
import { followers, type Following } from '../model/learning';
import type { ViewState, ViewStateStore } from '../model/view-state';
import type { GallerySource } from '../source/source';
import { Corrections } from './corrections';
import { GalleryHeader } from './gallery-header';
import { galleryParts, type GalleryParts } from './gallery-parts';
import { editorCommandOf, galleryAction, type GalleryAction } from './keyboard';
import { keySheet } from './key-sheet';
import { selectionTeller } from './tell-selection';

/** What the gallery asks of the page around it. */
export interface PageActions {
  /** Regions are to be shown in the place of images, or the other way round. */
  itemsChanged: () => void;
  /** Settles when the model has all that decisions are learnt from. */
  prepareToLearn: () => Promise<void>;
}

export class GalleryView {
  readonly element: HTMLElement;
  readonly #loader: TileLoader;
  readonly #header: GalleryHeader;
  readonly #empty = h('p', { class: 'empty-note', hidden: true });
  readonly #parts: GalleryParts;
  readonly #corrections: Corrections;
  readonly #sectionsOf = keptSections();
  /** Images that the last step moved because of what was learnt. */
  #followed: readonly Following[] = [];
  #model: GalleryModel | undefined;
  /** While the slider for the number of clusters moves, while an edit is on its way, or where labels cannot be changed. */
  #preview: GalleryModel | undefined;
  #interaction: Interaction;
  /** What {@link followers} found last, and the wait for the next look. */
  #followerCount = 0;
  #counting = 0;
  readonly #keySheet: HTMLDialogElement;
  readonly #tellSelection: (() => void) | undefined;
  /** For when the gallery stands on the page. */
  #waiting: (() => void) | undefined;

  /**
   * @param overview stands below the header, and in the place of the settings line
   */
  constructor(
    readonly source: GallerySource,
    readonly view: ViewStateStore,
    readonly messages: Messages,
    readonly page: PageActions,
    overview?: HTMLElement,
  ) {
    this.#interaction = interactionOf(view.value);
    const showError = (error: unknown) => messages.showError(error);
    this.#loader = new TileLoader(source, showError);
    this.#tellSelection =
      source.selected &&
      selectionTeller(
        () => this.#interaction.selection,
        (path) => source.selected!(this.#shown.images.get(path)?.imagePath ?? path),
        showError,
      );
    this.#corrections = new Corrections(source, messages, {
      model: () => this.#shown,
      saved: () => this.#model!,
      selected: () => this.#selected,
      preview: (model) => this.#show(model),
      followed: (images) => (this.#followed = images),
    });
    this.#header = new GalleryHeader(
      {
        compute: source.compute && (() => messages.watch(source.compute?.())),
        compareWith: source.compareWith && (() => void messages.watch(source.compareWith?.())),
      },
      overview,
    );
    this.#keySheet = keySheet(this.#corrections.isPossible);
    this.#parts = this.#makeParts();
    const { toolbar, list, dock, selectionBar, zoom, review } = this.#parts;
    this.element = h(
      'div',
      { class: 'gallery' },
      this.#header.element,
      this.#header.notice,
      toolbar.element,
      h('div', { class: 'columns' }, h('div', { class: 'main-column' }, this.#empty, list.element), dock.element),
      selectionBar.element,
      zoom.element,
      review.element,
      this.#keySheet,
    );
    this.#listen();
  }

  /** The label file's word has come; {@link update} follows. */
  heardOfFile(): void {
    this.#corrections.heardOfFile();
  }

  /** The label file or its analysis is another now. */
  update(model: GalleryModel): void {
    const areOthers = model.labels !== this.#model?.labels;
    this.#model = model;
    this.#countFollowersSoon();
    if (this.#loader.setModel(model)) this.#parts.list.forgetKept();
    this.#show(this.#corrections.savedChanged(areOthers));
  }

  /** Makes all pictures ready, wherever they are. */
  loadAll(): void {
    this.#parts.list.loadAll();
  }

  #makeParts(): GalleryParts {
    const { source, view, messages } = this;
    const [corrections, loader] = [this.#corrections, this.#loader];
    return galleryParts(
      { source, view, messages, corrections, loader },
      {
        model: () => this.#shown,
        selected: () => this.#selected,
        change: (change) => this.#do(change),
        open: (path) => this.#model && this.#parts.zoom.open(path),
        leftAt: (path) => this.#goTo(path),
        reviewedTo: (path) => this.#selectWhereShown(path),
        viewChanged: () => this.#draw(),
        itemsChanged: () => this.page.itemsChanged(),
        startRename: (cluster) => this.#parts.list.startRename(cluster),
        moveToNew: () => void this.#moveToNew(),
        findSimilar: () => this.#findSimilar(),
        findRegion: (path, region) => this.#findRegion(path, region),
        review: () => void this.page.prepareToLearn().then(() => this.#parts.review.open()),
        help: () => this.#keySheet.showModal(),
        checkEscapes: () => this.#checkEscapes(),
        previewCut: (clusters, groups) => this.#previewCut(clusters, groups),
        chooseCut: (clusters, groups) => this.#chooseCut(clusters, groups),
      },
    );
  }

  #listen(): void {
    const { toolbar, list } = this.#parts;
    this.element.addEventListener('keydown', (event) => this.#onKey(event));
    document.addEventListener('keydown', (event) => this.#onEditorKey(event), { capture: true });
    this.source.onSelect?.((chosen) =>
      this.#onceOnPage(() => {
        const paths = this.#itemsOf(chosen);
        this.#do({ kind: 'selectAll', paths, how: 'only' }, false);
        if (paths[0] !== undefined) this.#reveal(paths[0], false);
      }),
    );
    this.source.onShowCluster?.((cluster) =>
      this.#onceOnPage(() => {
        this.#do({ kind: 'resetFilter' });
        list.revealCluster(cluster);
      }),
    );
    // Headings stick below the toolbar, however many lines it takes.
    new ResizeObserver(() => {
      const height = toolbar.element.offsetHeight;
      this.element.style.setProperty('--toolbar-height', `${height}px`);
      list.setToolbarHeight(height);
    }).observe(toolbar.element);
  }

  /** What the person chose elsewhere while the page waited for what it shows is done once that is there. */
  #onceOnPage(act: () => void): void {
    if (this.element.isConnected) act();
    else this.#waiting = act;
  }

  /** The gallery stands on the page now. @returns whether it shows a place that was chosen elsewhere */
  placed(): boolean {
    const act = this.#waiting;
    this.#waiting = undefined;
    act?.();
    return act !== undefined;
  }

  /** The side panel speaks of images. */
  #itemsOf(paths: readonly string[]): string[] {
    const { shows, images } = this.#shown;
    if (shows !== 'regions') return [...paths];
    const wanted = new Set(paths);
    return images.all.filter(({ imagePath }) => wanted.has(imagePath)).map(({ path }) => path);
  }

  get #shown(): GalleryModel {
    return this.#preview ?? this.#model!;
  }

  #selectedInWords(count: number): string {
    return l10n.t('{0} selected', numberOfItems(count, this.#shown.shows === 'regions'));
  }

  get #selected(): string[] {
    return [...this.#interaction.selection];
  }

  /** Shows labels that the label file does not have yet, or those that it has. */
  #show(preview: GalleryModel | undefined): void {
    this.#preview = preview;
    const place = this.#placeInQueue();
    const { images } = this.#shown;
    for (const { path, cluster, why } of this.#followed) {
      const image = images.get(path);
      // Not where it was taken back.
      if (image && !image.pinned && image.cluster === cluster) image.followed = why;
    }
    this.#interaction = reduce(this.#interaction, { kind: 'labels', paths: images }, () => []);
    this.#draw();
    this.#parts.review.update();
    this.#parts.zoom.update();
    if (place !== undefined) this.#goOn(place);
  }

  #draw(): void {
    if (!this.#model) return;
    const model = this.#shown;
    const { imageCount, analysis } = model;
    const { filter, sort, selection } = this.#interaction;
    const { list, toolbar, dock, selectionBar } = this.#parts;
    this.#drawHeader(model);
    this.#applyView();
    const sections = this.#sectionsOf(model, this.#interaction);
    this.#empty.hidden = imageCount === 0 || sections.length > 0;
    this.#empty.textContent = filter.list?.isQueue
      ? l10n.t('Nothing is left to check. Escape shows all images.')
      : l10n.t('No image passes the filter.');
    list.update(sections, selection);
    this.#updateToolbar(model, filter, sort, this.view.value, this.#followerCount);
    const { possible, open } = dock.update(model, selection, this.view.value.panel);
    toolbar.showPanels(possible, open);
    const allPinned = [...selection].every((path) => model.images.get(path)?.pinned);
    selectionBar.update(
      selection.size,
      this.#selectedInWords(selection.size),
      allPinned,
      analysis?.coordinates !== undefined,
    );
  }

  readonly #drawHeader = latest((model: GalleryModel) => {
    this.#header.update(model);
    this.#parts.toolbar.element.hidden = model.imageCount === 0;
  });

  readonly #updateToolbar = latest(
    (model: GalleryModel, filter: Filter, sort: SortOrder, view: Readonly<ViewState>, followers: number) =>
      this.#parts.toolbar.update(model, filter, sort, view, followers),
  );

  /**
   * Counts the images that would follow the person's decisions, once the page is at rest: learning from many images takes a moment, in which it
   * does not answer. Of the label file's own labels: while a slider moves nothing is learnt.
   */
  #countFollowersSoon(): void {
    if (!this.#corrections.isPossible) return;
    window.clearTimeout(this.#counting);
    this.#counting = window.setTimeout(() => void this.#countFollowers(), restBeforeCount);
  }

  async #countFollowers(): Promise<void> {
    const hasDecisions = this.#model!.labels.images.some(isPinned);
    if (hasDecisions) await this.page.prepareToLearn();
    const { labels, analysis } = this.#model!;
    this.#followerCount = hasDecisions ? followers(labels, analysis).length : 0;
    this.#draw();
  }

  #applyView(): void {
    const { heatMaps, opacity, size, colors } = this.view.value;
    this.element.style.setProperty('--heat-map-opacity', String(opacity));
    this.element.style.setProperty('--tile-size', `${size}px`);
    this.element.classList.toggle('without-heat-maps', !heatMaps);
    this.#loader.showHeatMaps(heatMaps, colors);
    this.#parts.list.setTileSize(size);
  }

  /** @param tells whether the side panel hears of a new selection */
  #do(change: InteractionChange, tells = true): void {
    const before = this.#interaction;
    this.#interaction = reduce(before, change, () => this.#parts.list.shown);
    const { selection } = this.#interaction;
    this.view.update(viewOf(this.#interaction));
    // The person went on.
    this.#parts.list.markChanged(new Set());
    if (selection !== before.selection) {
      if (tells) this.#tellSelection?.();
      if (selection.size !== 1) this.messages.announce(this.#selectedInWords(selection.size));
    }
    this.#draw();
  }

  /** Selects one image and brings it into view. */
  #goTo(path: string): void {
    this.#do({ kind: 'select', path, how: 'only' });
    this.#reveal(path);
  }

  /** Selects an image where it can be seen: an overview stays one. */
  #selectWhereShown(path: string): void {
    if (!this.#parts.list.shown.includes(path)) return;
    this.#do({ kind: 'select', path, how: 'only' });
    this.#parts.list.reveal(path);
  }

  /** Brings an image into view, wherever it is: its cluster is opened where its row has no room for it. */
  #reveal(path: string, focus = true): void {
    const { list } = this.#parts;
    if (list.reveal(path, focus)) return;
    const cluster = this.#shown.images.get(path)?.cluster;
    if (cluster === undefined) return;
    this.#do({ kind: 'open', cluster, isOpen: true }, false);
    list.reveal(path, focus);
  }

  async #moveToNew(): Promise<void> {
    const before = new Set(this.#shown.clusters.map(({ id }) => id));
    const isDone = this.#corrections.moveToNew();
    // The page shows it at once.
    const added = this.#shown.clusters.find(({ id }) => !before.has(id));
    if (added) {
      this.#do({ kind: 'open', cluster: added.id, isOpen: true }, false);
      this.#parts.list.startRename(added.id);
    }
    await isDone;
  }

  /** Another number of clusters is shown: those that are new, or larger or smaller than they were. */
  #markChanged(before: GalleryModel, after: GalleryModel): void {
    const sizes = new Map(before.clusters.map(({ id, images }) => [id, images.length]));
    const changed = after.clusters.filter(({ id, images }) => images.length > 0 && sizes.get(id) !== images.length);
    this.#parts.list.markChanged(new Set(changed.map(({ id }) => id)));
    const [first] = changed;
    if (first) this.#parts.list.revealCluster(first.id);
  }

  /** Where the first selected image stands in the queue that is being reviewed. */
  #placeInQueue(): number | undefined {
    const [path] = this.#interaction.selection;
    if (!this.#interaction.filter.list?.isQueue || path === undefined) return undefined;
    const at = this.#parts.list.shown.indexOf(path);
    return at < 0 ? undefined : at;
  }

  /** The image that was decided on has left the queue: the next one takes its place. */
  #goOn(place: number): void {
    const { shown } = this.#parts.list;
    if (this.#selected.some((path) => shown.includes(path))) return;
    const next = shown[Math.min(place, shown.length - 1)];
    if (next === undefined) this.#do({ kind: 'clear' });
    else this.#goTo(next);
  }

  #showList(list: ImageList): void {
    this.#do({ kind: 'filter', filter: { list } });
  }

  #findSimilar(): void {
    const [path] = this.#selected;
    const list = path === undefined ? undefined : similarImages(this.#shown, path);
    if (!list) return;
    this.#showList(list);
    window.scrollTo({ top: 0 });
  }

  async #findRegion(path: string, region: Region): Promise<void> {
    const matches = await this.source.similarRegion!(path, region, listLength);
    this.#showList(similarPlaces(this.#shown, path, matches));
    window.scrollTo({ top: 0 });
  }

  #checkEscapes(): void {
    const list = escapeCheck(this.#shown);
    this.#showList(list);
    const [first] = list.paths;
    if (first !== undefined) this.#goTo(first);
  }

  #chooseCut(clusters: number, groups: Int32Array): void {
    const before = this.#shown;
    if (this.#corrections.isPossible) void this.#corrections.regroup(clusters, groups);
    else this.#corrections.previewRegroup(clusters, groups);
    // What was seen while the slider moved stays marked.
    if (this.#shown !== before) this.#markChanged(before, this.#shown);
  }

  #previewCut(clusters: number, groups: Int32Array): void {
    const before = this.#shown;
    this.#corrections.previewRegroup(clusters, groups);
    this.#markChanged(before, this.#shown);
  }

  #onKey(event: KeyboardEvent): void {
    const { target } = event;
    if (isTyping(event) || (target instanceof Element && target.closest('.menu, dialog'))) return;
    const action = galleryAction(event, {
      hasSelection: this.#interaction.selection.size > 0,
      isEditable: this.#corrections.isPossible,
      clusters: this.#shown.clusters.length,
    });
    if (!action) return;
    // Escape has a meaning for VS Code, too.
    if (action.kind !== 'leave') event.preventDefault();
    this.#perform(action);
  }

  #perform(action: GalleryAction): void {
    switch (action.kind) {
      case 'leave': {
        const isReview = this.#interaction.filter.list?.isQueue === true;
        if (isReview || this.#interaction.selection.size === 0) this.#do({ kind: 'resetFilter' });
        this.#do({ kind: 'clear' });
        return;
      }
      case 'search':
        return this.#parts.toolbar.focusSearch();
      case 'help':
        return this.#keySheet.showModal();
      case 'toggleHeatMaps':
        this.view.update({ heatMaps: !this.view.value.heatMaps });
        return this.#draw();
      case 'findSimilar':
        return this.#findSimilar();
      case 'moveToNew':
        return void this.#moveToNew();
      case 'togglePin':
        return void this.#corrections.togglePin();
      case 'moveTo':
        return void this.#corrections.moveTo(this.#shown.clusters[action.place]!.id);
    }
  }

  /** The page shows an edit before the editor has it. Keys that are meant for the editor wait for that, or they would come too early. */
  #onEditorKey(event: KeyboardEvent): void {
    const { pending } = this.#corrections;
    const command = editorCommandOf(event);
    if (!pending || !command || !this.source.runInEditor || isTyping(event)) return;
    event.preventDefault();
    event.stopPropagation();
    void pending.then(() => this.messages.watch(this.source.runInEditor?.(command)));
  }
}

/** Milliseconds without another edit, after which what follows from decisions is counted. */
const restBeforeCount = 700;
/** Selections of more images are not kept. */
const mostKept = 500;

/** What is kept of an interaction. */
function viewOf({ sort, isOverview, opened, folded, selection }: Interaction): Partial<ViewState> {
  return {
    sort,
    overview: isOverview,
    opened: [...opened],
    folded: [...folded],
    selection: selection.size > mostKept ? [] : [...selection],
  };
}

/** The interaction of a page that comes back. */
function interactionOf({ sort, overview, opened, folded, selection }: Readonly<ViewState>): Interaction {
  return {
    ...noInteraction,
    sort,
    isOverview: overview,
    opened: new Set(opened),
    folded: new Set(folded),
    selection: new Set(selection),
    anchor: selection[0],
  };
}
