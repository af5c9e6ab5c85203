// All clusters below each other. A change of the model moves the elements that are there, so pictures, focus and scroll stay.
import { ClusterSection, sectionId, type Rename } from './cluster-section';
import { h, placeChildren } from './dom';
import type { GalleryModel } from './gallery-model';
import { move } from './grid-navigation';
import { Tile } from './tile';
import type { TileLoader } from './tile-loader';

export interface ClusterListActions {
  rename?: Rename | undefined;
  open?: ((path: string) => void) | undefined;
}

export class ClusterList {
  readonly element = h('div', { class: 'clusters' });
  readonly #loader: TileLoader;
  readonly #actions: ClusterListActions;
  readonly #tiles = new Map<string, Tile>();
  #sections: ClusterSection[] = [];
  /** The one tile that the Tab key reaches. */
  #current: Tile | undefined;

  constructor(loader: TileLoader, actions: ClusterListActions) {
    this.#loader = loader;
    this.#actions = actions;
    this.element.addEventListener('keydown', (event) => this.#onKey(event));
    this.element.addEventListener('focusin', ({ target }) => this.#setCurrent(this.#tileOf(target)));
    this.element.addEventListener('click', (event) => {
      const tile = this.#tileOf(event.target);
      // One click selects, two open; keyboards and screen readers click without a count.
      if (tile && (event.detail === 0 || event.detail === 2)) this.#actions.open?.(tile.path);
    });
  }

  update(model: GalleryModel): void {
    const focused = document.activeElement;
    const wanted = new Set(model.clusters.flatMap(({ images }) => images.map(({ path }) => path)));
    for (const [path, tile] of this.#tiles) if (!wanted.has(path)) this.#remove(path, tile);

    const old = new Map(this.#sections.map((section) => [section.element.id, section]));
    this.#sections = model.clusters.map((cluster) => {
      const section = old.get(sectionId(cluster.id)) ?? new ClusterSection(cluster, this.#actions.rename);
      const tiles = cluster.images.map((image) => {
        const tile = this.#tiles.get(image.path) ?? this.#add(image.path);
        tile.describe(image);
        return tile;
      });
      section.update(cluster, tiles);
      return section;
    });
    placeChildren(
      this.element,
      this.#sections.map(({ element }) => element),
    );

    if (!this.#current?.element.isConnected) this.#setCurrent(this.#sections.find(({ tiles }) => tiles[0])?.tiles[0]);
    // An image that moved to another cluster lost the focus on its way.
    if (focused instanceof HTMLElement && focused !== document.activeElement && this.element.contains(focused)) {
      focused.focus({ preventScroll: true });
    }
  }

  #add(path: string): Tile {
    const tile = new Tile(path, this.#actions.open !== undefined);
    this.#tiles.set(path, tile);
    this.#loader.add(tile);
    return tile;
  }

  #remove(path: string, tile: Tile): void {
    this.#tiles.delete(path);
    this.#loader.remove(tile);
    tile.element.remove();
  }

  #tileOf(target: EventTarget | null): Tile | undefined {
    const element = target instanceof Element ? target.closest<HTMLElement>('.tile-target') : null;
    return element ? this.#tiles.get(element.dataset['path'] ?? '') : undefined;
  }

  #setCurrent(tile: Tile | undefined): void {
    if (tile === undefined || tile === this.#current) return;
    if (this.#current) this.#current.target.tabIndex = -1;
    this.#current = tile;
    tile.target.tabIndex = 0;
  }

  #onKey(event: KeyboardEvent): void {
    const tile = this.#tileOf(event.target);
    if (!tile || event.altKey || event.shiftKey) return;
    const section = this.#sections.findIndex(({ tiles }) => tiles.includes(tile));
    const { grid, tiles } = this.#sections[section]!;
    const to = move(
      this.#sections.map((each) => each.tiles.length),
      { section, index: tiles.indexOf(tile) },
      event,
      getComputedStyle(grid).gridTemplateColumns.split(' ').length,
    );
    if (!to) return;
    event.preventDefault();
    this.#sections[to.section]?.tiles[to.index]?.target.focus();
  }
}
