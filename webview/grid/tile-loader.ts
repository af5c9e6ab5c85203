// Fetches pictures for the tiles that are on the page, many in one request; a tile that leaves while it waits is not loaded.
import type { Analysis } from '../../worker/api/analysis';
import type { Region } from '../../worker/api/requests';
import { regionKey } from '../../worker/labels/view';
import type { GalleryModel } from '../model/gallery-model';
import { outlinedRegions } from '../model/outlined-regions';
import type { HeatColoring, HeatMapView } from '../model/heat-map';
import type { GallerySource } from '../source/source';
import type { Tile } from './tile';
import type { WeightsOf } from '../model/patch-weights';

/** Images in one request: a few rows, so that the first pictures come soon. */
const batchSize = 16;
/** Of a frame, for drawing heat maps. */
const paintMilliseconds = 6;

export class TileLoader {
  readonly #shown = new Set<Tile>();
  readonly #thumbnails = new Batches((tiles) => this.#loadThumbnails(tiles));
  readonly #heatMaps = new Batches((tiles) => this.#loadHeatMaps(tiles));
  readonly #regions = new Batches((tiles) => this.#loadRegions(tiles));
  /** Tiles whose heat map is to be drawn. */
  readonly #unpainted = new Set<Tile>();
  #analysis: Analysis | null = null;
  #model: GalleryModel | undefined;
  #weightsOf: WeightsOf | undefined;
  #showsHeatMaps = false;
  #coloring: HeatColoring = 'folder';

  constructor(
    readonly source: GallerySource,
    readonly onError: (error: unknown) => void,
  ) {}

  /** The tile is on the page now. */
  enter(tile: Tile): void {
    this.#shown.add(tile);
    if (this.#model?.shows === 'regions') tile.around = () => this.#around(tile.path);
    this.#fill(tile);
  }

  /** The tile is not on the page any more: what it waits for is not loaded. */
  leave(tile: Tile): void {
    this.#shown.delete(tile);
    this.#thumbnails.delete(tile);
    this.#heatMaps.delete(tile);
    this.#regions.delete(tile);
    tile.releaseHeatMap();
  }

  /** Shows heat maps of this analysis, or none. Returns whether it is another one: tiles off the page are to be thrown away then. */
  setModel(model: GalleryModel): boolean {
    const { analysis, weightsOf } = model;
    const isSameLabels = model.labels === this.#model?.labels;
    this.#model = model;
    this.#weightsOf = weightsOf;
    if (!isSameLabels) this.#outline();
    if (analysis === this.#analysis) return false;
    this.#analysis = analysis;
    for (const tile of this.#shown) {
      tile.forgetHeatMap();
      tile.forgetRegions();
      if (tile.thumbnail === 'failed') tile.thumbnail = 'missing';
      this.#fill(tile);
    }
    return true;
  }

  /** Shows or hides the heat maps of all tiles on the page. */
  showHeatMaps(show: boolean, coloring: HeatColoring): void {
    const isOther = coloring !== this.#coloring;
    if (!isOther && show === this.#showsHeatMaps) return;
    this.#showsHeatMaps = show;
    this.#coloring = coloring;
    for (const tile of this.#shown) {
      if (isOther) tile.releaseHeatMap();
      this.#fill(tile);
    }
  }

  get heatMapView(): HeatMapView | undefined {
    if (!this.#analysis) return undefined;
    const { scale } = this.#analysis;
    return { scale, weightsOf: this.#weightsOf, coloring: this.#coloring };
  }

  /** Asks for what a tile lacks. */
  #fill(tile: Tile): void {
    if (tile.thumbnail === 'missing') this.#thumbnails.add(tile);
    if (this.#model?.shows === 'images with regions') {
      if (tile.regions === undefined) this.#regions.add(tile);
      else this.#outlineOne(tile);
    }
    const view = this.heatMapView;
    if (!view || !this.#showsHeatMaps) return;
    if (tile.heatMap === 'missing') this.#heatMaps.add(tile);
    else this.#paintSoon(tile);
  }

  /** A few in every frame: all that arrive at once would make scrolling stutter. */
  #paintSoon(tile: Tile): void {
    this.#unpainted.add(tile);
    if (this.#unpainted.size === 1) requestAnimationFrame(() => this.#paint());
  }

  #paint(): void {
    const view = this.heatMapView;
    const end = performance.now() + paintMilliseconds;
    for (const tile of this.#unpainted) {
      if (performance.now() > end) break;
      this.#unpainted.delete(tile);
      if (view && this.#showsHeatMaps && this.#shown.has(tile)) tile.paintHeatMap(view);
    }
    if (this.#unpainted.size > 0) requestAnimationFrame(() => this.#paint());
  }

  /** The whole image of a region, and where in it that lies; undefined where that is not known. */
  async #around(key: string): Promise<{ uri: string; place: Region } | undefined> {
    const imagePath = this.#model?.images.get(key)?.imagePath;
    if (imagePath === undefined || imagePath === key) return undefined;
    try {
      const [[thumbnail], regions = []] = await Promise.all([
        this.source.thumbnails([imagePath]),
        this.source.regions?.([imagePath]),
      ]);
      const region = regions.find(({ path, box }) => regionKey(path, box) === key);
      if (thumbnail?.uri === undefined || !region) return undefined;
      const { box, size } = region;
      const place = {
        ...{ left: box[0] / size[0], top: box[1] / size[1] },
        ...{ width: box[2] / size[0], height: box[3] / size[1] },
      };
      return { uri: thumbnail.uri, place };
    } catch (error) {
      this.onError(error);
      return undefined;
    }
  }

  /** The clusters of regions are others now. */
  #outline(): void {
    for (const tile of this.#shown) this.#outlineOne(tile);
  }

  #outlineOne(tile: Tile): void {
    if (this.#model && tile.regions) tile.outline(outlinedRegions(this.#model, tile.regions, tile.path));
  }

  async #loadRegions(tiles: Tile[]): Promise<void> {
    const analysis = this.#analysis;
    const found = await this.source.regions?.(tiles.map(({ path }) => path)).catch((error: unknown) => {
      this.onError(error);
      return [];
    });
    if (analysis !== this.#analysis) return;
    for (const tile of tiles) {
      tile.regions = (found ?? []).filter(({ path }) => path === tile.path);
      this.#outlineOne(tile);
    }
  }

  async #loadThumbnails(tiles: Tile[]): Promise<void> {
    for (const tile of tiles) tile.thumbnail = 'requested';
    try {
      const thumbnails = byPath(await this.source.thumbnails(tiles.map(({ path }) => path)));
      for (const tile of tiles) tile.showThumbnail(thumbnails.get(tile.path) ?? {});
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
      tile.setHeatMap(maps.get(tile.path));
      if (this.#shown.has(tile)) this.#fill(tile);
    }
  }
}

function byPath<Item extends { path: string }>(items: Item[]): Map<string, Item> {
  return new Map(items.map((item) => [item.path, item]));
}

/** Collects tiles and loads them a batch at a time. */
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
