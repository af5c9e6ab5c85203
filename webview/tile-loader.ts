// Fetches pictures for the tiles near the viewport only, many in one request, and lets go of what has scrolled away.
import type { Analysis } from '../worker/api';
import type { GallerySource } from './source';
import type { Tile } from './tile';

/** Images in one request: a few rows, so that the first pictures come soon. */
const batchSize = 32;

/** How far outside the viewport tiles are made ready. */
const margin = '600px 0px';

export class TileLoader {
  readonly #observer = new IntersectionObserver((entries) => this.#moved(entries), { rootMargin: margin });
  readonly #tiles = new Map<Element, Tile>();
  readonly #near = new Set<Tile>();
  readonly #thumbnails = new Batches((tiles) => this.#loadThumbnails(tiles));
  readonly #heatMaps = new Batches((tiles) => this.#loadHeatMaps(tiles));
  #analysis: Analysis | null = null;
  #showsHeatMaps = false;
  #keepsAll = false;

  constructor(
    readonly source: GallerySource,
    readonly onError: (error: unknown) => void,
  ) {}

  add(tile: Tile): void {
    this.#tiles.set(tile.element, tile);
    if (this.#keepsAll) this.#enter(tile);
    else this.#observer.observe(tile.element);
  }

  remove(tile: Tile): void {
    this.#tiles.delete(tile.element);
    this.#observer.unobserve(tile.element);
    this.#leave(tile);
  }

  /** Shows heat maps of this analysis, or none. Those of another analysis are forgotten, and failed thumbnails tried again. */
  setAnalysis(analysis: Analysis | null): void {
    if (JSON.stringify(analysis) === JSON.stringify(this.#analysis)) return;
    this.#analysis = analysis;
    for (const tile of this.#tiles.values()) {
      tile.forgetHeatMap();
      if (tile.thumbnail === 'failed') tile.thumbnail = 'missing';
    }
    for (const tile of this.#near) this.#fill(tile);
  }

  showHeatMaps(show: boolean): void {
    this.#showsHeatMaps = show;
    for (const tile of this.#near) this.#fill(tile);
  }

  /** Makes every tile ready, wherever it is, and keeps it so: for printing. */
  loadAll(): void {
    this.#keepsAll = true;
    this.#observer.disconnect();
    for (const tile of this.#tiles.values()) this.#enter(tile);
  }

  #moved(entries: IntersectionObserverEntry[]): void {
    for (const { target, isIntersecting } of entries) {
      const tile = this.#tiles.get(target);
      if (tile && isIntersecting) this.#enter(tile);
      else if (tile) this.#leave(tile);
    }
  }

  #enter(tile: Tile): void {
    this.#near.add(tile);
    this.#fill(tile);
  }

  #leave(tile: Tile): void {
    this.#near.delete(tile);
    this.#thumbnails.delete(tile);
    this.#heatMaps.delete(tile);
    tile.releaseHeatMap();
  }

  /** Asks for what a tile lacks. */
  #fill(tile: Tile): void {
    if (tile.thumbnail === 'missing') this.#thumbnails.add(tile);
    if (!this.#analysis || !this.#showsHeatMaps) return;
    if (tile.heatMap === 'missing') this.#heatMaps.add(tile);
    else tile.paintHeatMap(this.#analysis.grid, this.#analysis.scale);
  }

  async #loadThumbnails(tiles: Tile[]): Promise<void> {
    for (const tile of tiles) tile.thumbnail = 'requested';
    try {
      const found = byPath(await this.source.thumbnails(tiles.map(({ path }) => path)));
      for (const tile of tiles) tile.showThumbnail(found.get(tile.path) ?? {});
    } catch (error) {
      for (const tile of tiles) tile.showThumbnail({});
      this.onError(error);
    }
  }

  async #loadHeatMaps(tiles: Tile[]): Promise<void> {
    const analysis = this.#analysis;
    for (const tile of tiles) tile.heatMap = 'requested';
    const found = await this.source.heatMaps(tiles.map(({ path }) => path)).catch((error: unknown) => {
      this.onError(error);
      return [];
    });
    // Those of an analysis that has been replaced meanwhile are asked for again already.
    if (analysis !== this.#analysis) return;
    const maps = byPath(found);
    for (const tile of tiles) {
      tile.setHeatMap(maps.get(tile.path)?.distances);
      if (this.#near.has(tile)) this.#fill(tile);
    }
  }
}

function byPath<Item extends { path: string }>(items: Item[]): Map<string, Item> {
  return new Map(items.map((item) => [item.path, item]));
}

/** Collects tiles and loads them a batch at a time; a tile that leaves while it waits is not loaded. */
class Batches {
  readonly #waiting = new Set<Tile>();
  #running = false;

  constructor(readonly load: (tiles: Tile[]) => Promise<void>) {}

  add(tile: Tile): void {
    this.#waiting.add(tile);
    if (!this.#running) void this.#run();
  }

  delete(tile: Tile): void {
    this.#waiting.delete(tile);
  }

  async #run(): Promise<void> {
    this.#running = true;
    while (this.#waiting.size > 0) {
      // Lets the page draw, and more tiles join.
      await new Promise((resolve) => setTimeout(resolve));
      const batch = [...this.#waiting].slice(0, batchSize);
      for (const tile of batch) this.#waiting.delete(tile);
      if (batch.length > 0) await this.load(batch);
    }
    this.#running = false;
  }
}
