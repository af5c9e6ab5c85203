// The gallery of a readable label file: brings toolbar, clusters, panels and the large view together. What the person does becomes a
// change of the interaction, which is drawn anew, or a change of the label file, which comes back from its source.
import { changeLabels, type LabelChange } from '../worker/labels/change';
import { clusterColor, paletteSize } from '../worker/labels/view';
import { button, progress } from './controls';
import { ClusterList, type Pick } from './cluster-list';
import { CutPanel } from './cut-panel';
import { h } from './dom';
import { count } from './format';
import { galleryModel, type GalleryModel } from './gallery-model';
import {
  noInteraction,
  reduce,
  reviewQueue,
  sectionsOf,
  type Interaction,
  type InteractionChange,
} from './interaction';
import { MapPanel } from './map-panel';
import { nearestRows } from './measures';
import { below, openMenu, type MenuItem } from './menu';
import type { Messages } from './messages';
import { exportFormats, type ExportFormat } from './protocol';
import { SelectionBar } from './selection-bar';
import type { GallerySource } from './source';
import { TileLoader } from './tile-loader';
import { Toolbar } from './toolbar';
import { TruthPanel } from './truth-panel';
import type { PanelName, ViewStateStore } from './view-state';
import { ZoomView } from './zoom-view';

/** Images of a queue or of a search: more are not looked at in one go. */
const listLength = 60;
const millisecondsBeforeTelling = 150;

const exportTitles: Record<ExportFormat, string> = {
  csv: 'Table (CSV) …',
  folders: 'Folder for each cluster …',
  coco: 'COCO categories (JSON) …',
  fiftyone: 'FiftyOne dataset (JSON) …',
  report: 'Report with pictures (HTML) …',
};

export class GalleryView {
  readonly element: HTMLElement;
  readonly #loader: TileLoader;
  readonly #title = h('h1');
  readonly #summary = h('p', { class: 'summary' });
  readonly #settings = h('dl', { class: 'settings' });
  readonly #notice = h('div', { class: 'notice' });
  readonly #noticeText = h('span');
  readonly #empty = h('p', { class: 'empty-note', hidden: true }, 'No image passes the filter.');
  readonly #dock = h('aside', { class: 'dock', hidden: true });
  readonly #toolbar: Toolbar;
  readonly #list: ClusterList;
  readonly #selectionBar: SelectionBar;
  readonly #zoom: ZoomView;
  readonly #panels: { cut: CutPanel; map: MapPanel; truth: TruthPanel };
  #model: GalleryModel | undefined;
  /** While the slider for the number of clusters moves, or where labels cannot be changed. */
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
    const isEditable = source.change !== undefined;
    const pickAll = (paths: readonly string[], how: 'only' | 'add') => this.#do({ kind: 'selectAll', paths, how });
    const open = (path: string) => this.#model && this.#zoom.open(path, this.#shown);
    this.#list = new ClusterList(this.#loader, {
      rename: isEditable ? (id, name) => this.#rename(id, name) : undefined,
      fold: (cluster, folded) => this.#do({ kind: 'fold', cluster, folded }),
      menu: (id, anchor) => openMenu('Cluster', this.#clusterMenu(id), below(anchor)),
      pick: (path, how) => this.#pick(path, how),
      pickAll,
      open,
      imageMenu: (place) => openMenu('Images', this.#imageMenu(), place),
      drop: isEditable ? (cluster) => void this.#move(cluster) : undefined,
    });
    this.#selectionBar = new SelectionBar({
      move: isEditable ? (anchor) => openMenu('Move to', this.#moveMenu(), below(anchor)) : undefined,
      newCluster: isEditable ? () => void this.#moveToNew() : undefined,
      pin: isEditable ? (pinned) => void this.#change({ kind: 'pin', paths: this.#selected, pinned }) : undefined,
      similar: () => this.#findSimilar(),
      clear: () => this.#do({ kind: 'clear' }),
    });
    this.#zoom = new ZoomView(source, view, {
      order: () => this.#list.shown,
      closed: (path) => {
        this.#pick(path, 'only');
        this.#list.reveal(path);
      },
      onError: (error) => messages.showError(error),
      announce: (text) => messages.announce(text),
      openInEditor: source.openImage && ((path) => void messages.watch(source.openImage?.(path))),
    });
    this.#panels = {
      cut: new CutPanel({
        preview: (clusters, groups) => this.#previewCut(clusters, groups),
        choose: (clusters, groups) => void this.#chooseCut(clusters, groups),
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
      export: source.export && ((anchor) => openMenu('Export', this.#exportMenu(), below(anchor))),
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

  update(model: GalleryModel): void {
    this.#model = model;
    this.#preview = undefined;
    this.#interaction = reduce(this.#interaction, { kind: 'labels', paths: new Set(model.images.keys()) }, []);
    if (this.#loader.setAnalysis(model.analysis)) this.#list.forgetKept();
    this.#draw();
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

  #draw(): void {
    if (!this.#model) return;
    const model = this.#shown;
    const { title, imageCount, clusters, settings, analysis } = model;
    this.#title.textContent = title;
    this.#summary.textContent = `${count(imageCount, 'image')} in ${count(clusters.length, 'cluster')}`;
    this.#settings.replaceChildren(
      ...settings.map(({ label, value }) => h('div', {}, h('dt', {}, label), h('dd', {}, value))),
    );
    this.#notice.hidden = analysis !== null && imageCount > 0;
    this.#noticeText.textContent =
      imageCount > 0 ? 'Heat maps are not on this machine yet.' : 'The label file lists no images.';
    this.#toolbar.element.hidden = imageCount === 0;
    this.#applyView();
    const sections = sectionsOf(model, this.#interaction);
    this.#empty.hidden = imageCount === 0 || sections.length > 0;
    this.#list.update(sections, this.#interaction.selection);
    this.#toolbar.update(model, this.#interaction.filter, this.#interaction.sort);
    this.#drawPanels(model);
    const { selection } = this.#interaction;
    const allPinned = [...selection].every((path) => model.images.get(path)?.pinned);
    this.#selectionBar.update(selection.size, allPinned, analysis?.coordinates !== undefined);
  }

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
    const { heatMaps, opacity, size, ownScales } = this.view.value;
    this.element.style.setProperty('--heat-map-opacity', String(opacity));
    this.element.style.setProperty('--tile-size', `${size}px`);
    this.element.classList.toggle('without-heat-maps', !heatMaps);
    this.#loader.showHeatMaps(heatMaps, ownScales);
    this.#list.setTileSize(size);
  }

  /** @param tells whether the side panel hears of a new selection */
  #do(change: InteractionChange, tells = true): void {
    const before = this.#interaction;
    this.#interaction = reduce(before, change, this.#list.shown);
    if (change.kind === 'sort') this.view.update({ sort: change.order });
    const { selection } = this.#interaction;
    if (selection !== before.selection) {
      if (tells) this.#tellSelection();
      if (selection.size !== 1) this.messages.announce(`${count(selection.size, 'image')} selected`);
    }
    this.#draw();
  }

  #tellSelection(): void {
    if (!this.source.selected) return;
    window.clearTimeout(this.#telling);
    this.#telling = window.setTimeout(() => {
      void this.source.selected?.(this.#selected).catch((error: unknown) => this.messages.showError(error));
    }, millisecondsBeforeTelling);
  }

  #pick(path: string, how: Pick): void {
    this.#do({ kind: 'select', path, how });
  }

  /** One edit of the label file; what it did is announced. */
  async #change(change: LabelChange, done?: string): Promise<boolean> {
    const changed = await this.messages.watch(this.source.change?.(change));
    if (changed && done !== undefined) this.messages.announce(done);
    return changed;
  }

  #rename(id: number, name: string): Promise<boolean> {
    return this.#change({ kind: 'rename', cluster: id, name }, name === '' ? 'Name removed' : `Renamed to ${name}`);
  }

  #move(cluster: number): Promise<boolean> {
    const paths = this.#selected;
    const title = this.#shown.clusters.find(({ id }) => id === cluster)?.title ?? '';
    if (paths.length === 0) return Promise.resolve(false);
    return this.#change({ kind: 'move', paths, cluster }, `${count(paths.length, 'image')} moved to ${title}`);
  }

  #moveToNew(): Promise<boolean> {
    const paths = this.#selected;
    if (paths.length === 0) return Promise.resolve(false);
    return this.#change({ kind: 'moveToNew', paths }, `${count(paths.length, 'image')} moved to a new cluster`);
  }

  #moveMenu(): MenuItem[] {
    const clusters = this.#shown.clusters.map(({ id, title, color }, i) => ({
      label: title,
      color,
      keys: i < 9 ? String(i + 1) : undefined,
      run: () => void this.#move(id),
    }));
    return [...clusters, { label: 'New cluster', keys: 'N', startsGroup: true, run: () => void this.#moveToNew() }];
  }

  #imageMenu(): MenuItem[] {
    const paths = this.#selected;
    const [path] = paths;
    if (path === undefined) return [];
    const allPinned = paths.every((each) => this.#shown.images.get(each)?.pinned);
    const { source } = this;
    const isSingle = paths.length === 1;
    const place = { x: window.innerWidth / 2, y: window.innerHeight / 3 };
    return [
      ...(isSingle ? [{ label: 'Look closely', keys: 'Enter', run: () => this.#zoom.open(path, this.#shown) }] : []),
      ...(isSingle && source.openImage
        ? [{ label: 'Open in the editor', run: () => void this.messages.watch(source.openImage?.(path)) }]
        : []),
      ...(isSingle && this.#shown.analysis?.coordinates
        ? [{ label: 'Find similar images', keys: 'S', run: () => this.#findSimilar() }]
        : []),
      ...(source.change
        ? [
            {
              label: 'Move to …',
              keys: '1 … 9',
              startsGroup: true,
              run: () => openMenu('Move to', this.#moveMenu(), place),
            },
            { label: 'Move to a new cluster', keys: 'N', run: () => void this.#moveToNew() },
            {
              label: allPinned ? 'Unpin' : 'Pin to this cluster',
              keys: 'P',
              run: () => void this.#change({ kind: 'pin', paths, pinned: !allPinned }),
            },
          ]
        : []),
      ...(source.copy
        ? [
            {
              label: 'Copy paths',
              startsGroup: true,
              run: () => void this.messages.watch(source.copy?.(paths.join('\n'))),
            },
          ]
        : []),
    ];
  }

  #clusterMenu(id: number): MenuItem[] {
    const cluster = this.#shown.clusters.find((each) => each.id === id);
    if (!cluster) return [];
    const paths = cluster.images.map(({ path }) => path);
    const place = { x: window.innerWidth / 2, y: window.innerHeight / 3 };
    const parts = this.#partsOf(paths);
    const edits: MenuItem[] = [
      { label: 'Rename', keys: 'F2', startsGroup: true, run: () => this.#list.startRename(id) },
      { label: 'Change colour …', run: () => openMenu('Colour', this.#colorMenu(id), place) },
      { label: 'Merge into …', run: () => openMenu('Merge into', this.#mergeMenu(id), place) },
      ...(parts
        ? [
            {
              label: `Split into ${parts.map((part) => part.length).join(' and ')}`,
              run: () => void this.#change({ kind: 'split', cluster: id, parts }, `${cluster.title} was split`),
            },
          ]
        : []),
      { label: 'Pin all images', run: () => void this.#change({ kind: 'pin', paths, pinned: true }) },
    ];
    return [
      { label: 'Select all images', keys: 'Ctrl+A', run: () => this.#do({ kind: 'selectAll', paths, how: 'only' }) },
      {
        label: 'Show only this cluster',
        run: () => this.#do({ kind: 'filter', filter: { cluster: id } }),
      },
      ...(this.source.change ? edits : []),
    ];
  }

  #colorMenu(id: number): MenuItem[] {
    const own = this.#shown.clusters.find((each) => each.id === id)?.color;
    return Array.from({ length: paletteSize }, (_, color) => ({
      label: `Colour ${color + 1}`,
      color: clusterColor(color, id),
      isChecked: clusterColor(color, id) === own,
      run: () => void this.#change({ kind: 'recolor', cluster: id, color }),
    }));
  }

  #mergeMenu(id: number): MenuItem[] {
    return this.#shown.clusters
      .filter((other) => other.id !== id)
      .map((other) => ({
        label: other.title,
        color: other.color,
        run: () => void this.#change({ kind: 'merge', clusters: [other.id, id] }, `Merged into ${other.title}`),
      }));
  }

  #exportMenu(): MenuItem[] {
    return exportFormats.map((format) => ({
      label: exportTitles[format],
      run: () => void this.messages.watch(this.source.export?.(format)),
    }));
  }

  /** The two parts that the highest merge within some images joins; undefined where the dendrogram has none. */
  #partsOf(paths: readonly string[]): [string[], string[]] | undefined {
    const { analysis } = this.#shown;
    if (!analysis) return undefined;
    const wanted = new Set(paths);
    const members = new Map<number, string[]>();
    for (const [i, { path }] of analysis.images.entries()) if (wanted.has(path)) members.set(i, [path]);
    let parts: [string[], string[]] | undefined;
    for (const [row, [left, right]] of analysis.merges.entries()) {
      const [a, b] = [members.get(left), members.get(right)];
      if (!a && !b) continue;
      // The last merge of two that both hold some of them.
      if (a && b) parts = a.length >= b.length ? [a, b] : [b, a];
      members.set(analysis.images.length + row, [...(a ?? []), ...(b ?? [])]);
      members.delete(left);
      members.delete(right);
    }
    return parts;
  }

  #findSimilar(): void {
    const { analysis } = this.#shown;
    const [path] = this.#selected;
    if (!analysis?.coordinates || path === undefined) return;
    const row = analysis.images.findIndex((image) => image.path === path);
    if (row < 0) return;
    const paths = nearestRows(analysis.coordinates, row)
      .slice(0, listLength)
      .map((each) => analysis.images[each]!.path);
    const name = this.#shown.images.get(path)?.fileName ?? path;
    this.#do({ kind: 'filter', filter: { list: { title: `Similar to ${name}`, paths } } });
    window.scrollTo({ top: 0 });
  }

  #review(): void {
    const paths = reviewQueue(this.#shown, listLength);
    this.#do({ kind: 'filter', filter: { list: { title: 'Next to review', paths } } });
    if (paths[0] === undefined) return;
    this.#do({ kind: 'select', path: paths[0], how: 'only' });
    this.#list.reveal(paths[0]);
  }

  #previewCut(clusters: number, groups: string[][]): void {
    if (!this.#model) return;
    const { title, labels, analysis } = this.#model;
    const changed = changeLabels(labels, { kind: 'regroup', clusters, groups });
    this.#preview = galleryModel(title, changed, analysis);
    this.#draw();
  }

  async #chooseCut(clusters: number, groups: string[][]): Promise<void> {
    if (!this.source.change) {
      this.#previewCut(clusters, groups);
      return;
    }
    const changed = await this.#change({ kind: 'regroup', clusters, groups }, `${count(clusters, 'cluster')} now`);
    if (changed) return;
    this.#preview = undefined;
    this.#draw();
  }

  #onKey(event: KeyboardEvent): void {
    const { target } = event;
    if (target instanceof Element && target.closest('input, select, vscode-text-field, .menu, dialog')) return;
    const control = event.ctrlKey || event.metaKey;
    if (event.key === 'Escape') {
      if (this.#interaction.selection.size > 0) this.#do({ kind: 'clear' });
      else this.#do({ kind: 'resetFilter' });
      return;
    }
    if (control && event.key === 'f') {
      event.preventDefault();
      this.#toolbar.focusSearch();
      return;
    }
    if (control || event.altKey || this.#interaction.selection.size === 0) return;
    const key = event.key.toLowerCase();
    const chosen = this.#shown.clusters[Number(key) - 1];
    if (this.source.change && /^[1-9]$/.test(key) && chosen) void this.#move(chosen.id);
    else if (this.source.change && key === 'n') void this.#moveToNew();
    else if (this.source.change && key === 'p') {
      const paths = this.#selected;
      const pinned = !paths.every((path) => this.#shown.images.get(path)?.pinned);
      void this.#change({ kind: 'pin', paths, pinned }, pinned ? 'Pinned' : 'Unpinned');
    } else if (key === 's') this.#findSimilar();
    else return;
    event.preventDefault();
  }

  #showNotice(): void {
    this.#notice.replaceChildren(this.#noticeText);
    if (this.source.compute) this.#notice.append(button('Compute', () => void this.#compute()));
  }

  async #compute(): Promise<void> {
    this.#notice.replaceChildren(progress('Clustering the images …'));
    await this.messages.watch(this.source.compute?.());
    this.#showNotice();
  }
}
