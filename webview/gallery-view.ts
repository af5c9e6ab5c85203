// The gallery of a readable label file: brings toolbar, clusters, panels and the large view together. What the person does becomes a
// change of the interaction, which is drawn anew, or a correction of the label file.
import * as l10n from '@vscode/l10n';
import type { Region } from '../worker/api';
import { button, progress } from './controls';
import { ClusterList, type Pick } from './cluster-list';
import { Corrections } from './corrections';
import { CutPanel } from './cut-panel';
import { h } from './dom';
import { imagesInClusters, imagesSelected } from './format';
import { clusterMenu, exportMenu, imageMenu, moveMenu, type MenuActions } from './gallery-menus';
import type { GalleryModel } from './gallery-model';
import {
  noInteraction,
  reduce,
  reviewQueue,
  sectionsOf,
  type Filter,
  type Interaction,
  type InteractionChange,
  type SortOrder,
} from './interaction';
import { MapPanel } from './map-panel';
import { nearestRows } from './measures';
import { latest } from './memo';
import { below, openMenu } from './menu';
import type { Messages } from './messages';
import type { EditorCommand } from './protocol';
import { SelectionBar } from './selection-bar';
import type { GallerySource } from './source';
import { TileLoader } from './tile-loader';
import { Toolbar } from './toolbar';
import { TruthPanel } from './truth-panel';
import type { PanelName, ViewState, ViewStateStore } from './view-state';
import { ZoomView } from './zoom-view';

/** Images of a queue or of a search: more are not looked at in one go. */
const listLength = 60;
const millisecondsBeforeTelling = 150;
const nothing: ReadonlySet<string> = new Set();

/** Whether a key belongs to a field. */
function isTyping({ target }: KeyboardEvent): boolean {
  return target instanceof Element && target.closest('input, select, vscode-text-field') !== null;
}

/** Undo, redo and save, as their keys are on all platforms. */
function editorCommandOf({ key, ctrlKey, metaKey, shiftKey }: KeyboardEvent): EditorCommand | undefined {
  if (!ctrlKey && !metaKey) return undefined;
  switch (key.toLowerCase()) {
    case 'z':
      return shiftKey ? 'redo' : 'undo';
    case 'y':
      return 'redo';
    case 's':
      return shiftKey ? undefined : 'save';
    default:
      return undefined;
  }
}

export class GalleryView {
  readonly element: HTMLElement;
  readonly #loader: TileLoader;
  readonly #title = h('h1');
  readonly #summary = h('p', { class: 'summary' });
  readonly #settings = h('dl', { class: 'settings' });
  readonly #notice = h('div', { class: 'notice' });
  readonly #noticeText = h('span');
  readonly #empty = h('p', { class: 'empty-note', hidden: true });
  readonly #dock = h('aside', { class: 'dock', hidden: true });
  readonly #toolbar: Toolbar;
  readonly #list: ClusterList;
  readonly #selectionBar: SelectionBar;
  readonly #zoom: ZoomView;
  readonly #panels: { cut: CutPanel; map: MapPanel; truth: TruthPanel };
  readonly #corrections: Corrections;
  readonly #menus: MenuActions;
  readonly #sectionsOf = latest(
    (
      model: GalleryModel,
      filter: Filter,
      sort: SortOrder,
      folded: ReadonlySet<number>,
      selection: ReadonlySet<string>,
    ) => sectionsOf(model, { filter, sort, folded, selection }),
  );
  #model: GalleryModel | undefined;
  /** While the slider for the number of clusters moves, while an edit is on its way, or where labels cannot be changed. */
  #preview: GalleryModel | undefined;
  #interaction: Interaction;
  #telling: number | undefined;

  /** @param overview stands below the header, and in the place of the settings line */
  constructor(
    readonly source: GallerySource,
    readonly view: ViewStateStore,
    readonly messages: Messages,
    overview?: HTMLElement,
  ) {
    this.#interaction = { ...noInteraction, sort: view.value.sort };
    this.#loader = new TileLoader(source, (error) => messages.showError(error));
    this.#corrections = new Corrections(source, messages, {
      model: () => this.#shown,
      saved: () => this.#model!,
      selected: () => this.#selected,
      preview: (model) => this.#show(model),
    });
    const isEditable = this.#corrections.isPossible;
    const pickAll = (paths: readonly string[], how: 'only' | 'add') => this.#do({ kind: 'selectAll', paths, how });
    const open = (path: string) => this.#model && this.#zoom.open(path, this.#shown);
    this.#menus = {
      corrections: this.#corrections,
      model: () => this.#shown,
      selected: () => this.#selected,
      selectAll: (paths) => pickAll(paths, 'only'),
      showOnly: (cluster) => this.#do({ kind: 'filter', filter: { cluster } }),
      startRename: (cluster) => this.#list.startRename(cluster),
      look: open,
      findSimilar: () => this.#findSimilar(),
      openImage: source.openImage && ((path) => void messages.watch(source.openImage?.(path))),
      copy: source.copy && ((text) => void messages.watch(source.copy?.(text))),
    };
    this.#list = new ClusterList(this.#loader, {
      rename: isEditable ? (id, name) => this.#corrections.rename(id, name) : undefined,
      fold: (cluster, folded) => this.#do({ kind: 'fold', cluster, folded }),
      menu: (id, anchor) => openMenu(l10n.t('Cluster'), clusterMenu(this.#menus, id), below(anchor)),
      pick: (path, how) => this.#pick(path, how),
      pickAll,
      open,
      imageMenu: (place) => openMenu(l10n.t('Images'), imageMenu(this.#menus), place),
      drop: isEditable ? (cluster) => void this.#corrections.moveTo(cluster) : undefined,
    });
    this.#selectionBar = new SelectionBar({
      move: isEditable ? (anchor) => openMenu(l10n.t('Move to'), moveMenu(this.#menus), below(anchor)) : undefined,
      newCluster: isEditable ? () => void this.#corrections.moveToNew() : undefined,
      pin: isEditable ? () => void this.#corrections.togglePin() : undefined,
      similar: () => this.#findSimilar(),
      clear: () => this.#do({ kind: 'clear' }),
    });
    this.#zoom = new ZoomView(source, view, {
      order: () => this.#list.shown,
      closed: (path) => {
        this.#pick(path, 'only');
        this.#list.reveal(path);
      },
      viewChanged: () => this.#draw(),
      onError: (error) => messages.showError(error),
      announce: (text) => messages.announce(text),
      openInEditor: this.#menus.openImage,
      findRegion: source.similarRegion && ((path, region) => this.#findRegion(path, region)),
      cancelSearch: () => void source.cancelSearch?.(),
    });
    this.#panels = {
      cut: new CutPanel({
        preview: (clusters, groups) => this.#corrections.previewRegroup(clusters, groups),
        choose: (clusters, groups) => this.#chooseCut(clusters, groups),
      }),
      map: new MapPanel(source, {
        pickAll,
        clear: () => this.#do({ kind: 'clear' }),
        open,
        onError: (error) => messages.showError(error),
      }),
      truth: new TruthPanel({ filter: (truth, cluster) => this.#do({ kind: 'filter', filter: { truth, cluster } }) }),
    };
    this.#toolbar = new Toolbar(view, {
      viewChanged: () => this.#draw(),
      filter: (filter) => this.#do({ kind: 'filter', filter }),
      resetFilter: () => this.#do({ kind: 'resetFilter' }),
      sort: (order) => this.#do({ kind: 'sort', order }),
      review: () => this.#review(),
      export:
        source.export &&
        ((anchor) =>
          openMenu(
            l10n.t('Export'),
            exportMenu((format) => void messages.watch(source.export?.(format))),
            below(anchor),
          )),
    });
    this.#showNotice();
    this.element = h(
      'div',
      { class: 'gallery' },
      h('header', { class: 'page-header' }, this.#title, this.#summary, overview ?? this.#settings),
      this.#notice,
      this.#toolbar.element,
      h('div', { class: 'columns' }, h('div', { class: 'main-column' }, this.#empty, this.#list.element), this.#dock),
      this.#selectionBar.element,
      this.#zoom.element,
    );
    this.element.addEventListener('keydown', (event) => this.#onKey(event));
    document.addEventListener('keydown', (event) => this.#onEditorKey(event), { capture: true });
    source.onSelect?.((paths) => {
      this.#do({ kind: 'selectAll', paths, how: 'only' }, false);
      if (paths[0] !== undefined) this.#list.reveal(paths[0], false);
    });
    // Headings stick below the toolbar, however many lines it takes.
    new ResizeObserver(() => {
      const height = this.#toolbar.element.offsetHeight;
      this.element.style.setProperty('--toolbar-height', `${height}px`);
      this.#list.setToolbarHeight(height);
    }).observe(this.#toolbar.element);
  }

  /** The label file or its analysis is another now. */
  update(model: GalleryModel): void {
    this.#model = model;
    if (this.#loader.setAnalysis(model)) this.#list.forgetKept();
    this.#show(this.#corrections.savedChanged());
  }

  loadAll(): void {
    this.#list.loadAll();
  }

  get #shown(): GalleryModel {
    return this.#preview ?? this.#model!;
  }

  get #selected(): string[] {
    return [...this.#interaction.selection];
  }

  /** Shows labels that the label file does not have yet, or those that it has. */
  #show(preview: GalleryModel | undefined): void {
    this.#preview = preview;
    const place = this.#placeInQueue();
    this.#interaction = reduce(this.#interaction, { kind: 'labels', paths: this.#shown.images }, () => []);
    this.#draw();
    if (place !== undefined) this.#goOn(place);
  }

  #draw(): void {
    if (!this.#model) return;
    const model = this.#shown;
    const { imageCount, analysis } = model;
    const { filter, sort, folded, selection } = this.#interaction;
    this.#drawHeader(model);
    this.#applyView();
    const sections = this.#sectionsOf(model, filter, sort, folded, filter.only === 'selected' ? selection : nothing);
    this.#empty.hidden = imageCount === 0 || sections.length > 0;
    this.#empty.textContent = filter.list?.isQueue
      ? l10n.t('Nothing is left to review. Escape shows all images.')
      : l10n.t('No image passes the filter.');
    this.#list.update(sections, selection);
    this.#updateToolbar(model, filter, sort, this.view.value);
    this.#drawPanels(model);
    const allPinned = [...selection].every((path) => model.images.get(path)?.pinned);
    this.#selectionBar.update(selection.size, allPinned, analysis?.coordinates !== undefined);
  }

  readonly #drawHeader = latest(({ title, imageCount, clusters, settings, analysis }: GalleryModel) => {
    this.#title.textContent = title;
    this.#summary.textContent = imagesInClusters(imageCount, clusters.length);
    this.#settings.replaceChildren(
      ...settings.map(({ label, value }) => h('div', {}, h('dt', {}, label), h('dd', {}, value))),
    );
    this.#notice.hidden = analysis !== null && imageCount > 0;
    this.#noticeText.textContent =
      imageCount > 0 ? l10n.t('Heat maps are not on this machine yet.') : l10n.t('The label file lists no images.');
    this.#toolbar.element.hidden = imageCount === 0;
  });

  readonly #updateToolbar = latest((model: GalleryModel, filter: Filter, sort: SortOrder, view: Readonly<ViewState>) =>
    this.#toolbar.update(model, filter, sort, view),
  );

  #drawPanels(model: GalleryModel): void {
    const { analysis, classes } = model;
    const possible = new Set<PanelName>([
      ...(CutPanel.canShow(analysis) ? (['cut'] as const) : []),
      ...(analysis?.coordinates ? (['map'] as const) : []),
      ...(classes.length > 0 ? (['truth'] as const) : []),
    ]);
    const { panel } = this.view.value;
    const open = panel !== 'none' && possible.has(panel) ? panel : 'none';
    this.#toolbar.showPanels(possible, open);
    this.#dock.hidden = open === 'none';
    if (open === 'none') {
      this.#dock.replaceChildren();
      return;
    }
    const { element } = this.#panels[open];
    if (!element.isConnected) this.#dock.replaceChildren(element);
    if (open === 'cut') this.#panels.cut.update(model);
    else if (open === 'map') this.#panels.map.update(model, this.#interaction.selection);
    else this.#panels.truth.update(model);
  }

  #applyView(): void {
    const { heatMaps, opacity, size, colors } = this.view.value;
    this.element.style.setProperty('--heat-map-opacity', String(opacity));
    this.element.style.setProperty('--tile-size', `${size}px`);
    this.element.classList.toggle('without-heat-maps', !heatMaps);
    this.#loader.showHeatMaps(heatMaps, colors);
    this.#list.setTileSize(size);
  }

  /** @param tells whether the side panel hears of a new selection */
  #do(change: InteractionChange, tells = true): void {
    const before = this.#interaction;
    this.#interaction = reduce(before, change, () => this.#list.shown);
    if (change.kind === 'sort') this.view.update({ sort: change.order });
    const { selection } = this.#interaction;
    if (selection !== before.selection) {
      if (tells) this.#tellSelection();
      if (selection.size !== 1) this.messages.announce(imagesSelected(selection.size));
    }
    this.#draw();
  }

  /** The side panel can show one image. */
  #tellSelection(): void {
    const { source } = this;
    if (!source.selected) return;
    window.clearTimeout(this.#telling);
    this.#telling = window.setTimeout(() => {
      const [path] = this.#interaction.selection;
      if (path === undefined || this.#interaction.selection.size > 1) return;
      void source.selected?.(path).catch((error: unknown) => this.messages.showError(error));
    }, millisecondsBeforeTelling);
  }

  #pick(path: string, how: Pick): void {
    this.#do({ kind: 'select', path, how });
  }

  /** Where the first selected image stands in the queue that is being reviewed. */
  #placeInQueue(): number | undefined {
    const [path] = this.#interaction.selection;
    if (!this.#interaction.filter.list?.isQueue || path === undefined) return undefined;
    const at = this.#list.shown.indexOf(path);
    return at < 0 ? undefined : at;
  }

  /** The image that was decided on has left the queue: the next one takes its place. */
  #goOn(place: number): void {
    const { shown } = this.#list;
    if (this.#selected.some((path) => shown.includes(path))) return;
    const next = shown[Math.min(place, shown.length - 1)];
    if (next === undefined) {
      this.#do({ kind: 'clear' });
      return;
    }
    this.#pick(next, 'only');
    this.#list.reveal(next);
  }

  #findSimilar(): void {
    const { analysis, images } = this.#shown;
    const [path] = this.#selected;
    if (!analysis?.coordinates || path === undefined) return;
    const row = analysis.images.findIndex((image) => image.path === path);
    if (row < 0) return;
    const paths = nearestRows(analysis.coordinates, row)
      .slice(0, listLength)
      .map((each) => analysis.images[each]!.path);
    this.#do({
      kind: 'filter',
      filter: { list: { title: l10n.t('Similar to {0}', images.get(path)?.fileName ?? path), paths } },
    });
    window.scrollTo({ top: 0 });
  }

  async #findRegion(path: string, region: Region): Promise<void> {
    const matches = await this.source.similarRegion!(path, region, listLength);
    const places = new Map(matches.map((match) => [match.path, match.place]));
    const title = l10n.t('Similar to a place in {0}', this.#shown.images.get(path)?.fileName ?? path);
    const list = { title, paths: matches.map((match) => match.path), places };
    this.#do({ kind: 'filter', filter: { list } });
    window.scrollTo({ top: 0 });
  }

  #review(): void {
    const paths = reviewQueue(this.#shown, listLength);
    this.#do({ kind: 'filter', filter: { list: { title: l10n.t('Next to review'), paths, isQueue: true } } });
    if (paths[0] === undefined) return;
    this.#do({ kind: 'select', path: paths[0], how: 'only' });
    this.#list.reveal(paths[0]);
  }

  #chooseCut(clusters: number, groups: string[][]): void {
    if (this.#corrections.isPossible) void this.#corrections.regroup(clusters, groups);
    else this.#corrections.previewRegroup(clusters, groups);
  }

  #onKey(event: KeyboardEvent): void {
    const { target } = event;
    if (isTyping(event) || (target instanceof Element && target.closest('.menu, dialog'))) return;
    const control = event.ctrlKey || event.metaKey;
    if (event.key === 'Escape') {
      const isReview = this.#interaction.filter.list?.isQueue === true;
      if (isReview || this.#interaction.selection.size === 0) this.#do({ kind: 'resetFilter' });
      this.#do({ kind: 'clear' });
      return;
    }
    if (control && event.key === 'f') {
      event.preventDefault();
      this.#toolbar.focusSearch();
      return;
    }
    if (control || event.altKey || this.#interaction.selection.size === 0) return;
    const action = this.#actionOf(event.key.toLowerCase());
    if (!action) return;
    action();
    event.preventDefault();
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

  /** What a key does with the selected images. */
  #actionOf(key: string): (() => void) | undefined {
    const corrections = this.#corrections;
    if (key === 's') return () => this.#findSimilar();
    if (!corrections.isPossible) return undefined;
    if (key === 'n') return () => void corrections.moveToNew();
    if (key === 'p') return () => void corrections.togglePin();
    const chosen = /^[1-9]$/.test(key) ? this.#shown.clusters[Number(key) - 1] : undefined;
    return chosen && (() => void corrections.moveTo(chosen.id));
  }

  #showNotice(): void {
    this.#notice.replaceChildren(this.#noticeText);
    if (this.source.compute) this.#notice.append(button(l10n.t('Compute'), () => void this.#compute()));
  }

  async #compute(): Promise<void> {
    this.#notice.replaceChildren(progress(l10n.t('Clustering the images …')));
    await this.messages.watch(this.source.compute?.());
    this.#showNotice();
  }
}
