// One image of the gallery: thumbnail, heat map exactly over its pixels, and caption.
import type { PatchGrid } from '../worker/api';
import { h, icon } from './dom';
import type { ImageModel } from './gallery-model';
import { upsample } from '../worker/evaluation/upsample';
import { colorize, type Scale } from './heat-map';
import type { ThumbnailUri } from './protocol';

/** Side of a heat map's canvas. The browser smooths it further; a patch grid is far coarser than this. */
const canvasSide = 96;

/** Where a picture is on its way from the source to the page. */
export type Loading = 'missing' | 'requested' | 'done' | 'failed';

export class Tile {
  thumbnail: Loading = 'missing';
  heatMap: Loading = 'missing';
  readonly element = h('li', { class: 'tile' });
  /** What takes the focus. */
  readonly target: HTMLElement;
  readonly #image = h('img', { alt: '', decoding: 'async', draggable: 'false' });
  readonly #canvas = h('canvas', { class: 'heat-map', width: 0, height: 0 });
  /** Has the image's own aspect ratio, and image and canvas both fill it: so they coincide whatever the ratio is. */
  readonly #frame = h('span', { class: 'tile-frame' }, this.#image, this.#canvas);
  readonly #box = h('span', { class: 'tile-box' }, this.#frame);
  readonly #caption: HTMLElement;
  #distances: Float32Array | undefined;
  #description = '';
  #reason = '';

  constructor(
    readonly path: string,
    /** Whether the image can be opened. */
    opens: boolean,
  ) {
    this.#caption = h('span', { class: 'tile-caption', 'aria-hidden': 'true' });
    this.target = opens
      ? h('button', { class: 'tile-target', type: 'button', tabindex: -1 }, this.#box, this.#caption)
      : h('div', { class: 'tile-target', role: 'img', tabindex: -1 }, this.#box, this.#caption);
    this.target.dataset['path'] = path;
    this.element.append(this.target);
    this.#image.addEventListener('load', () => this.#fitFrame());
    this.#image.addEventListener('error', () => this.#fail('The thumbnail could not be loaded.'));
  }

  describe({ fileName, description }: ImageModel): void {
    this.#caption.textContent = fileName;
    this.#description = description;
    this.#updateName();
  }

  showThumbnail({ uri, reason }: Pick<ThumbnailUri, 'uri' | 'reason'>): void {
    if (uri === undefined) {
      this.#fail(reason ?? 'There is no thumbnail.');
      return;
    }
    this.thumbnail = 'done';
    this.#box.replaceChildren(this.#frame);
    this.element.classList.remove('failed');
    this.#reason = '';
    this.#updateName();
    this.#image.src = uri;
  }

  /** @param distances (rows, columns) of the grid; undefined when the image has no heat map */
  setHeatMap(distances: Float32Array | undefined): void {
    this.heatMap = distances ? 'done' : 'failed';
    this.#distances = distances;
    this.releaseHeatMap();
  }

  forgetHeatMap(): void {
    this.heatMap = 'missing';
    this.#distances = undefined;
    this.releaseHeatMap();
  }

  /** Draws the heat map where it is not drawn yet. */
  paintHeatMap(grid: PatchGrid, scale: Scale): void {
    if (this.#distances === undefined || this.#canvas.width > 0) return;
    this.#canvas.width = this.#canvas.height = canvasSide;
    const pixels = colorize(upsample(this.#distances, grid, canvasSide, canvasSide), scale);
    this.#canvas.getContext('2d')?.putImageData(new ImageData(pixels, canvasSide, canvasSide), 0, 0);
  }

  /** Gives the canvas's memory back; the distances stay. */
  releaseHeatMap(): void {
    this.#canvas.width = this.#canvas.height = 0;
  }

  #updateName(): void {
    const name = this.#reason === '' ? this.#description : `${this.#description}: ${this.#reason}`;
    this.target.setAttribute('aria-label', name);
    this.target.title = name;
  }

  #fitFrame(): void {
    const { naturalWidth: width, naturalHeight: height } = this.#image;
    this.#frame.style.setProperty('aspect-ratio', `${width} / ${height}`);
    this.#frame.classList.toggle('portrait', height > width);
    this.#frame.classList.add('loaded');
  }

  #fail(reason: string): void {
    this.thumbnail = 'failed';
    this.#reason = reason;
    this.#updateName();
    this.element.classList.add('failed');
    this.#box.replaceChildren(icon('warning'), h('span', { class: 'tile-reason' }, reason));
  }
}
