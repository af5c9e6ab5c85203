// One image of the gallery: thumbnail, heat map exactly over its pixels, marks, and caption. It exists while it is near the viewport.
import * as l10n from '@vscode/l10n';
import type { AnalysedRegion, HeatMap } from '../../worker/api/analysis';
import type { Region } from '../../worker/api/requests';
import { clusterDot } from '../kit/cluster-dot';
import { h, icon, placeOver, setAttributes } from '../kit/dom';
import { describe, type ImageModel } from '../model/image-model';
import { heatValues, type HeatMapView } from '../model/heat-map';
import type { Caption } from '../model/interaction';
import type { ThumbnailUri } from '../source/protocol';
import type { OutlinedRegion } from '../model/outlined-regions';
import { drawHeatMap } from './draw-heat-map';
import { regionOutlines } from './region-outlines';

/** Side of a heat map's canvas. The browser smooths it further; a patch grid is far coarser than this. */
const canvasSide = 96;

/** Where a picture is on its way from the source to the page. */
export type Loading = 'missing' | 'requested' | 'done' | 'failed';

export class Tile {
  thumbnail: Loading = 'missing';
  heatMap: Loading = 'missing';
  /** Of the image; undefined until they are known. */
  regions: readonly AnalysedRegion[] | undefined;
  #outlines: SVGElement | undefined;
  /** Takes the focus. */
  readonly element = h('li', { class: 'tile', role: 'option', tabindex: -1, draggable: 'true' });
  readonly #image = h('img', { alt: '', decoding: 'async', draggable: 'false' });
  readonly #canvas = h('canvas', { class: 'heat-map', width: 0, height: 0 });
  /** Has the image's own aspect ratio, and image and canvas both fill it: so they coincide whatever the ratio is. */
  readonly #place = h('span', { class: 'tile-place', hidden: true });
  readonly #frame = h('span', { class: 'tile-frame' }, this.#image, this.#canvas, this.#place);
  readonly #box = h('span', { class: 'tile-box' }, this.#frame);
  readonly #marks = h('span', { class: 'tile-marks', 'aria-hidden': 'true' });
  readonly #caption = h('span', { class: 'tile-caption', 'aria-hidden': 'true' });
  #map: HeatMap | undefined;
  #description = '';
  #reason = '';
  #shown: ImageModel | undefined;
  #captioned: string | undefined;

  /** Of a region: shows the whole image while the pointer is over it. */
  around: (() => Promise<{ uri: string; place: Region } | undefined>) | undefined;
  #isHovered = false;
  #uri = '';

  constructor(readonly path: string) {
    this.element.dataset['path'] = path;
    this.element.append(this.#box, this.#marks, this.#caption);
    this.#image.addEventListener('load', () => this.#fitFrame());
    this.element.addEventListener('pointerenter', () => void this.#showAround());
    this.element.addEventListener('pointerleave', () => this.#showItself());
    this.#image.addEventListener('error', () => this.#fail(l10n.t('The thumbnail could not be loaded.')));
  }

  /** Caption, marks and the name for screen readers. @param caption stands in the place of the file's name */
  describe(image: ImageModel, caption: Caption | undefined): void {
    const key = caption && `${caption.color} ${caption.text}`;
    if (this.#shown === image && this.#captioned === key) return;
    this.#shown = image;
    this.#captioned = key;
    const { fileName, isMedoid, isOutlier, isMinority, pinned, isNew, followed } = image;
    this.#caption.replaceChildren(...captionOf(caption ?? { text: fileName }));
    this.#description = caption === undefined ? describe(image) : `${describe(image)}, ${caption.text}`;
    this.element.classList.toggle('minority', isMinority);
    this.#marks.replaceChildren(
      ...(isMedoid ? [icon('star')] : []),
      ...(isOutlier ? [icon('outlier')] : []),
      ...(pinned ? [icon('pin')] : []),
      ...(followed === undefined ? [] : [icon('follow')]),
      ...(isNew ? [icon('new')] : []),
    );
    this.#updateName();
  }

  /** @param position from 1, among `size` of its cluster */
  place(x: number, y: number, position: number, size: number): void {
    this.element.style.transform = `translate(${x}px, ${y}px)`;
    setAttributes(this.element, { 'aria-posinset': position, 'aria-setsize': size });
  }

  /** Outlines a part of the image. */
  mark(region: Region | undefined): void {
    this.#place.hidden = region === undefined;
    if (region) placeOver(this.#place, region);
  }

  /** Shows whether the image is selected. */
  select(isSelected: boolean): void {
    this.element.setAttribute('aria-selected', String(isSelected));
  }

  /** Shows the thumbnail, or why there is none. */
  showThumbnail({ uri, reason }: Pick<ThumbnailUri, 'uri' | 'reason'>): void {
    if (uri === undefined) {
      this.#fail(reason ?? l10n.t('There is no thumbnail.'));
      return;
    }
    this.thumbnail = 'done';
    this.#box.replaceChildren(this.#frame);
    this.element.classList.remove('failed');
    this.#reason = '';
    this.#updateName();
    this.#uri = uri;
    this.#image.src = uri;
  }

  async #showAround(): Promise<void> {
    if (!this.around) return;
    this.#isHovered = true;
    const whole = await this.around();
    if (!whole || !this.#isHovered) return;
    this.#image.src = whole.uri;
    this.mark(whole.place);
  }

  #showItself(): void {
    if (!this.#isHovered) return;
    this.#isHovered = false;
    this.mark(undefined);
    this.#image.src = this.#uri;
  }

  /** @param map undefined when the image has no heat map */
  setHeatMap(map: HeatMap | undefined): void {
    this.heatMap = map ? 'done' : 'failed';
    this.#map = map;
    this.releaseHeatMap();
  }

  /** The analysis is another now: the heat map is missing again. */
  forgetHeatMap(): void {
    this.heatMap = 'missing';
    this.#map = undefined;
    this.releaseHeatMap();
  }

  /** Shows regions in their clusters' colours, in the place of those that were shown. */
  outline(regions: readonly OutlinedRegion[]): void {
    this.#outlines?.remove();
    this.#outlines = regions.length === 0 ? undefined : regionOutlines(regions);
    if (this.#outlines) this.#frame.append(this.#outlines);
  }

  /** The analysis is another now: regions are to be asked for again. */
  forgetRegions(): void {
    this.regions = undefined;
    this.outline([]);
  }

  /** Draws the heat map where it is not drawn yet. */
  paintHeatMap(view: HeatMapView): void {
    if (this.#map === undefined || this.#canvas.width > 0) return;
    const { values, scale } = heatValues(this.#map.distances, view);
    drawHeatMap(this.#canvas, values, this.#map.grid, scale, canvasSide);
  }

  /** Gives the canvas's memory back; the distances stay. */
  releaseHeatMap(): void {
    this.#canvas.width = this.#canvas.height = 0;
  }

  #updateName(): void {
    const name = this.#reason === '' ? this.#description : `${this.#description}: ${this.#reason}`;
    this.element.setAttribute('aria-label', name);
    this.element.title = name;
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

function captionOf({ text, color }: Caption): (HTMLElement | string)[] {
  if (color === undefined) return [text];
  return [clusterDot(color), text];
}
