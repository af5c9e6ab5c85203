// All clusters below each other. Only tiles near the viewport are elements; the sections keep the height of all.
import { ClusterSection, type SectionActions } from './cluster-section';
import { acceptDrops } from './drag-and-drop';
import { h, placeChildren } from '../kit/dom';
import type { ImageModel } from '../model/image-model';
import { layoutGrid, measures, tilePlace, tilesWithin, tileSpan, type GridLayout } from './grid-layout';
import type { Position } from './grid-navigation';
import type { Section } from '../model/interaction';
import { latest } from '../kit/memo';
import { listenToTiles, type ListGestures, type TileList } from './list-gestures';
import { Tile } from './tile';
import type { TileLoader } from './tile-loader';

export interface ClusterListActions extends SectionActions, ListGestures {
  /** The dragged images are dropped on a cluster. */
  drop?: ((cluster: number) => void) | undefined;
}

/** Of a page of rows, in CSS pixels: what is above the first and below the last of them. */
const roomBelow = 14;
/** How far outside the viewport tiles are made ready, in CSS pixels. */
const margin = 300;
/** Tiles off the page that are kept, because people scroll back. */
const keptTiles = 400;

export class ClusterList implements TileList {
  readonly element = h('div', { class: 'clusters' });
  readonly #known = new Map<number, ClusterSection>();
  readonly #onPage = new Map<string, Tile>();
  readonly #kept = new Map<string, Tile>();
  #views: ClusterSection[] = [];
  #sections: readonly Section[] = [];
  /** (sections) images that are placed: of a row, those that it has room for. */
  #placed: (readonly ImageModel[])[] = [];
  #layout: GridLayout = layoutGrid([], { width: 0, tileSize: 128, room: 0 });
  #selection: ReadonlySet<string> = new Set();
  #tileSize = 128;
  /** Of the last layout. */
  #width = 0;
  /** Whether the layout is that of the sections. */
  #isLaidOut = false;
  #toolbarHeight = 0;
  readonly #shownBy = latest((placed: readonly (readonly ImageModel[])[]) =>
    placed.flatMap((images) => images.map(({ path }) => path)),
  );
  readonly #orderBy = latest((sections: readonly Section[], placed: readonly (readonly ImageModel[])[]) =>
    sections.flatMap(({ images, arrangement }, i) => {
      if (arrangement !== 'row') return arrangement === 'open' ? images.map(({ path }) => path) : [];
      return [...new Set([...placed[i]!, ...images])].map(({ path }) => path);
    }),
  );
  /** The one image that the Tab key reaches. */
  #current: string | undefined;
  #keepsAll = false;
  /** For the next frame. */
  #isWaiting = false;

  constructor(
    readonly loader: TileLoader,
    readonly actions: ClusterListActions,
  ) {
    const { element } = this;
    window.addEventListener('scroll', () => this.#renderSoon(), { passive: true });
    // Its height is our own doing.
    new ResizeObserver(() => {
      if (element.clientWidth !== this.#width) this.#layOut();
    }).observe(element);
    window.addEventListener('resize', () => this.#layOut());
    listenToTiles(this, actions);
    const { drop, pick } = actions;
    if (!drop) return;
    acceptDrops(element, {
      isSelected: (path) => this.isSelected(path),
      pickOnly: (path) => pick(path, 'only'),
      selected: () => this.#selection,
      drop,
    });
  }

  /** Paths of the images that are placed, in their order. */
  get shown(): readonly string[] {
    return this.#shownBy(this.#placed);
  }

  /** Paths of all images, in the order in which they are shown; those that a row has no room for come after it. */
  get order(): readonly string[] {
    return this.#orderBy(this.#sections, this.#placed);
  }

  columnsOf(section: number): number {
    return this.#layout.sections[section]!.columns;
  }

  pathsOf(section: number): string[] {
    return this.#sections[section]!.images.map(({ path }) => path);
  }

  placedOf(section: number): string[] {
    return this.#placed[section]!.map(({ path }) => path);
  }

  sizes(): number[] {
    return this.#placed.map(({ length }) => length);
  }

  isSelected(path: string): boolean {
    return this.#selection.has(path);
  }

  /** Shows these sections; tiles, focus and scroll stay where they can. */
  update(sections: readonly Section[], selection: ReadonlySet<string>): void {
    const focused = document.activeElement;
    const hadFocus = focused instanceof HTMLElement && this.element.contains(focused);
    this.#selection = selection;
    if (sections === this.#sections) {
      this.#render();
      return;
    }
    this.#sections = sections;
    const ids = new Set(sections.map(({ cluster }) => cluster.id));
    for (const id of this.#known.keys()) if (!ids.has(id)) this.#known.delete(id);
    this.#views = sections.map((section) => {
      const view = this.#known.get(section.cluster.id) ?? new ClusterSection(section, this.actions);
      this.#known.set(section.cluster.id, view);
      return view;
    });
    placeChildren(
      this.element,
      this.#views.map(({ element }) => element),
    );
    this.#layOut();
    // An image that moved to another cluster lost the focus on its way.
    if (hadFocus && !this.element.contains(document.activeElement)) {
      if (focused.isConnected) focused.focus({ preventScroll: true });
      else if (this.#current !== undefined) this.#onPage.get(this.#current)?.element.focus({ preventScroll: true });
    }
  }

  /** @param size side of a thumbnail in CSS pixels */
  setTileSize(size: number): void {
    if (size === this.#tileSize) return;
    // What is at the top of the window stays there.
    const anchor = this.#topImage();
    this.#tileSize = size;
    this.#layOut();
    if (anchor) this.#scrollTo(anchor.path, anchor.offset);
  }

  /** @param height in CSS pixels: so much of the window is covered */
  setToolbarHeight(height: number): void {
    if (height === this.#toolbarHeight) return;
    this.#toolbarHeight = height;
    this.#layOut();
  }

  /** Puts a field in the place of the cluster's name. */
  startRename(cluster: number): void {
    this.revealCluster(cluster);
    this.#known.get(cluster)?.startRename();
  }

  /** Brings a cluster into view, as much of it as there is room for. */
  revealCluster(cluster: number): void {
    const layout = this.#layout.sections[this.#sections.findIndex((each) => each.cluster.id === cluster)];
    if (!layout) return;
    const start = this.#top() + layout.top - this.#toolbarHeight;
    const height = Math.min(layout.height, window.innerHeight - this.#toolbarHeight);
    if (start < window.scrollY) window.scrollTo({ top: start });
    else if (start + this.#toolbarHeight + height > window.scrollY + window.innerHeight) {
      window.scrollTo({ top: start + this.#toolbarHeight + height - window.innerHeight });
    }
    this.#render();
  }

  /** Marks the clusters that a change of their number split or joined. */
  markChanged(clusters: ReadonlySet<number>): void {
    for (const [id, view] of this.#known) view.element.classList.toggle('changed', clusters.has(id));
  }

  /** Brings an image into view and gives it the focus. @returns whether it is placed anywhere */
  reveal(path: string, focus = true): boolean {
    const position = this.positionOf(path);
    if (!position) return false;
    this.setCurrent(path);
    const layout = this.#layout.sections[position.section]!;
    const span = tileSpan(layout, position.index);
    const top = this.#top();
    const headings = this.#toolbarHeight + (layout.hasHeadingBeside ? 0 : measures.heading);
    if (top + span.top < window.scrollY + headings) window.scrollTo({ top: top + span.top - headings - measures.gap });
    else if (top + span.bottom > window.scrollY + window.innerHeight) {
      window.scrollTo({ top: top + span.bottom - window.innerHeight + measures.gap });
    }
    this.#render();
    if (focus) this.#onPage.get(path)?.element.focus({ preventScroll: true });
    return true;
  }

  /** Throws away tiles off the page, because pictures have changed. */
  forgetKept(): void {
    this.#kept.clear();
  }

  /** Makes every tile and keeps it: for printing. */
  loadAll(): void {
    this.#keepsAll = true;
    this.#render();
  }

  #layOut(): void {
    const { clientWidth: width } = this.element;
    this.#width = width;
    // Not on the page now. When it is, its width is another one than this.
    this.#isLaidOut = width > 0;
    if (!this.#isLaidOut) return;
    const room = Math.max(0, window.innerHeight - this.#top() - roomBelow);
    this.#layout = layoutGrid(
      this.#sections.map(({ arrangement, images }) => ({ arrangement, count: images.length })),
      { width, tileSize: this.#tileSize, room },
    );
    this.#placed = this.#sections.map(({ images, row }, i) => {
      const { arrangement, count } = this.#layout.sections[i]!;
      return arrangement === 'row' ? row(count) : arrangement === 'open' ? images : [];
    });
    if (!this.positionOf(this.#current)) this.#current = this.#placed.find(([first]) => first)?.[0]?.path;
    for (const [i, view] of this.#views.entries()) view.update(this.#sections[i]!, this.#layout.sections[i]!);
    this.#render();
  }

  #renderSoon(): void {
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    requestAnimationFrame(() => {
      this.#isWaiting = false;
      this.#render();
    });
  }

  #render(): void {
    // It has come to the page just now, and nobody has told yet.
    if (!this.#isLaidOut) {
      if (this.element.clientWidth > 0) this.#layOut();
      return;
    }
    const top = this.#top();
    const [from, to] = this.#keepsAll
      ? [0, Infinity]
      : [window.scrollY - top - margin, window.scrollY - top + window.innerHeight + margin];
    const wanted = new Map<string, { image: ImageModel; position: Position }>();
    const add = (position: Position) => {
      const image = this.#placed[position.section]![position.index]!;
      wanted.set(image.path, { image, position });
    };
    for (const section of this.#sections.keys()) {
      const layout = this.#layout.sections[section]!;
      const end = layout.top + layout.height;
      if (layout.top > to || end < from) continue;
      const [first, last] = tilesWithin(layout, from, Math.min(to, end));
      for (let index = first; index < last; index++) add({ section, index });
    }
    // The Tab key and the focus need theirs wherever it is.
    const current = this.positionOf(this.#current);
    if (current) add(current);

    for (const [path, tile] of this.#onPage) if (!wanted.has(path)) this.#takeOff(path, tile);
    const bySection = new Map<number, HTMLElement[]>();
    for (const [path, { image, position }] of wanted) {
      const tile = this.#onPage.get(path) ?? this.#putOn(path);
      const section = this.#sections[position.section]!;
      const { x, y } = tilePlace(this.#layout.sections[position.section]!, position.index);
      tile.describe(image, section.captionOf?.(image));
      tile.place(x, y, position.index + 1, section.images.length);
      tile.select(this.#selection.has(path));
      tile.mark(section.places?.get(path));
      tile.element.tabIndex = path === this.#current ? 0 : -1;
      const list = bySection.get(position.section) ?? [];
      list.push(tile.element);
      bySection.set(position.section, list);
    }
    for (const [section, view] of this.#views.entries()) {
      const tiles = bySection.get(section) ?? [];
      view.grid.hidden = tiles.length === 0;
      // Screen readers go through them in this order.
      placeChildren(
        view.grid,
        tiles.sort((a, b) => Number(a.ariaPosInSet) - Number(b.ariaPosInSet)),
      );
    }
  }

  /** Looked for when it is needed, which is seldom: a table of all images would be made anew with every change. */
  positionOf(path: string | undefined): Position | undefined {
    if (path === undefined) return undefined;
    for (const [section, images] of this.#placed.entries()) {
      const index = images.findIndex((image) => image.path === path);
      if (index >= 0) return { section, index };
    }
    return undefined;
  }

  #putOn(path: string): Tile {
    const tile = this.#kept.get(path) ?? new Tile(path);
    this.#kept.delete(path);
    this.#onPage.set(path, tile);
    this.loader.enter(tile);
    return tile;
  }

  #takeOff(path: string, tile: Tile): void {
    this.#onPage.delete(path);
    this.loader.leave(tile);
    this.#kept.set(path, tile);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > keptTiles && oldest !== undefined) this.#kept.delete(oldest);
  }

  /** Of the clusters on the page, from its top. */
  #top(): number {
    return this.element.getBoundingClientRect().top + window.scrollY;
  }

  /** The first image that is fully below the headings. */
  #topImage(): { path: string; offset: number } | undefined {
    const top = this.#top();
    const edge = window.scrollY - top + this.#toolbarHeight + measures.heading;
    for (const [section, layout] of this.#layout.sections.entries()) {
      if (layout.top + layout.height < edge) continue;
      const [first, end] = tilesWithin(layout, edge, edge + window.innerHeight);
      const image = first < end ? this.#placed[section]?.[first] : undefined;
      if (!image) continue;
      return { path: image.path, offset: tileSpan(layout, first).top - (window.scrollY - top) };
    }
    return undefined;
  }

  #scrollTo(path: string, offset: number): void {
    const position = this.positionOf(path);
    if (!position || window.scrollY === 0) return;
    const layout = this.#layout.sections[position.section]!;
    window.scrollTo({ top: this.#top() + tileSpan(layout, position.index).top - offset });
  }

  /** Makes an image the one that the Tab key reaches. */
  setCurrent(path: string | undefined): void {
    if (path === undefined || path === this.#current) return;
    if (this.#current !== undefined) {
      const tile = this.#onPage.get(this.#current);
      if (tile) tile.element.tabIndex = -1;
    }
    this.#current = path;
    const tile = this.#onPage.get(path);
    if (tile) tile.element.tabIndex = 0;
  }
}
