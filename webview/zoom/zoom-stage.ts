// Where one image is looked at: image, heat map and mask over each other, which are zoomed and moved together.
import type { PatchGrid } from '../../worker/api/analysis';
import { drawHeatMap } from '../grid/draw-heat-map';
import { h, placeOver } from '../kit/dom';
import { fittingScale, panned, wheelFactor, zoomedAt, type PanZoom, type Point } from '../kit/pan-zoom';
import { followPointer } from '../kit/pointer';
import type { Scale } from '../model/patch';

const heatMapSide = 256;
const largestZoom = 32;
/** A hand that clicks moves less, in CSS pixels. */
const dragDistance = 4;
/** From this zoom on, pixels of the image are seen as squares. */
const pixelZoom = 3;

export interface ZoomStageActions {
  /** Whether dragging draws instead of moving the image. */
  isDrawing: () => boolean;
  /** While the pointer is dragged. Both in parts of the image. */
  draw: (from: Point, to: Point) => void;
  /** It was dragged and is released. */
  drawn?: (from: Point, to: Point) => void;
  /** It was pressed and released at one place. */
  tap?: (at: Point) => void;
  /** The pointer is over this part of the image; outside of it beyond 0..1. */
  hover: (at: Point) => void;
}

export class ZoomStage {
  readonly #image = h('img', { alt: '', draggable: 'false' });
  readonly #heat = h('canvas', { class: 'zoom-heat', width: heatMapSide, height: heatMapSide });
  readonly #mask = h('img', { class: 'zoom-mask', alt: '', draggable: 'false' });
  readonly #patch = h('div', { class: 'zoom-patch', hidden: true });
  readonly #sheet = h('div', { class: 'zoom-sheet' }, this.#image, this.#heat, this.#mask, this.#patch);
  readonly element = h('div', { class: 'zoom-stage', tabindex: 0 }, this.#sheet);
  #regions: SVGElement | undefined;
  /** From the stage's middle to the image's, in screen pixels an image pixel; undefined: fits the stage. */
  #view: PanZoom | undefined;

  constructor(readonly actions: ZoomStageActions) {
    this.#image.addEventListener('load', () => {
      this.#sheet.classList.remove('waiting');
      this.fit();
    });
    this.element.addEventListener('wheel', (event) => this.#onWheel(event), { passive: false });
    this.element.addEventListener('pointerdown', (event) => this.#onDrag(event));
    this.element.addEventListener('pointermove', (event) => actions.hover(this.#placeOf(event)));
    this.element.addEventListener('pointerleave', () => (this.#patch.hidden = true));
    new ResizeObserver(() => this.#place()).observe(this.element);
  }

  /** Puts an element over the image and all that lies over it. */
  append(element: Element): void {
    this.#sheet.append(element);
  }

  /** It fits the stage once it is loaded. */
  showImage(uri: string): void {
    this.#image.src = uri;
  }

  /** @param uri of the mask's outline, as large as the image; undefined for none */
  showMask(uri: string | undefined): void {
    if (uri === undefined) this.#mask.removeAttribute('src');
    else this.#mask.src = uri;
  }

  /** Whatever image is shown. */
  hideMask(isHidden: boolean): void {
    this.#mask.hidden = isHidden;
  }

  /** Outlines over the image, in the place of those that were there. */
  showRegions(outlines: SVGElement | undefined): void {
    this.#regions?.remove();
    this.#regions = outlines;
    if (outlines) this.#sheet.append(outlines);
  }

  /** Until the next image is there: another one's picture never stands under its name. */
  clear(): void {
    this.#sheet.classList.add('waiting');
    this.showRegions(undefined);
    this.#heat.getContext('2d')?.clearRect(0, 0, this.#heat.width, this.#heat.height);
  }

  /** @param values (rows, columns) of the grid, coloured over the scale */
  drawHeatMap(values: ArrayLike<number>, grid: PatchGrid, scale: Scale): void {
    drawHeatMap(this.#heat, values, grid, scale, heatMapSide);
  }

  /** @param opacity 0 to 1 */
  styleHeatMap(isShown: boolean, opacity: number): void {
    this.#heat.hidden = !isShown;
    this.#heat.style.opacity = String(opacity);
  }

  /** Outlines a part of the image, or none. */
  outline(part: Parameters<typeof placeOver>[1] | undefined): void {
    this.#patch.hidden = part === undefined;
    if (part) placeOver(this.#patch, part);
  }

  /** The whole image, whatever size the stage has. */
  fit(): void {
    this.#view = undefined;
    this.#place();
  }

  /** One pixel of the image on one of the screen. */
  showPixels(): void {
    this.#view = { scale: 1, offset: { x: 0, y: 0 } };
    this.#place();
  }

  /** @param at from the stage's middle, stays where it is; the middle by default */
  zoomBy(factor: number, at: Point = { x: 0, y: 0 }): void {
    const limits = { least: Math.min(this.#fitting, 1), most: largestZoom };
    this.#view = zoomedAt(this.#shown, factor, at, limits);
    this.#place();
  }

  get #fitting(): number {
    const { naturalWidth: width, naturalHeight: height } = this.#image;
    const { clientWidth, clientHeight } = this.element;
    return fittingScale({ width, height }, { width: clientWidth, height: clientHeight });
  }

  get #shown(): PanZoom {
    return this.#view ?? { scale: this.#fitting, offset: { x: 0, y: 0 } };
  }

  #place(): void {
    const { scale, offset } = this.#shown;
    const { naturalWidth, naturalHeight } = this.#image;
    const [width, height] = [naturalWidth * scale, naturalHeight * scale];
    const { clientWidth, clientHeight } = this.element;
    const { style } = this.#sheet;
    style.width = `${width}px`;
    style.height = `${height}px`;
    style.left = `${(clientWidth - width) / 2 + offset.x}px`;
    style.top = `${(clientHeight - height) / 2 + offset.y}px`;
    this.#image.classList.toggle('pixels', scale >= pixelZoom);
  }

  #onWheel(event: WheelEvent): void {
    event.preventDefault();
    const { left, top } = this.element.getBoundingClientRect();
    const { clientWidth, clientHeight } = this.element;
    const at = { x: event.clientX - left - clientWidth / 2, y: event.clientY - top - clientHeight / 2 };
    this.zoomBy(wheelFactor(event.deltaY), at);
  }

  #onDrag(event: PointerEvent): void {
    if (event.button !== 0) return;
    const draws = this.actions.isDrawing();
    const from = this.#placeOf(event);
    const start = pointOf(event);
    let last = start;
    const isTap = (at: Point) => Math.hypot(at.x - start.x, at.y - start.y) < dragDistance;
    followPointer(
      this.element,
      event,
      (moved) => {
        if (draws) {
          this.actions.draw(from, this.#placeOf(moved));
          return;
        }
        this.#view = panned(this.#shown, last, pointOf(moved));
        last = pointOf(moved);
        this.#place();
      },
      (released) => {
        if (!draws) return;
        if (isTap(pointOf(released))) this.actions.tap?.(from);
        else this.actions.drawn?.(from, this.#placeOf(released));
      },
    );
  }

  /** In parts of the image; outside of it beyond 0..1. */
  #placeOf({ clientX, clientY }: PointerEvent): Point {
    const box = this.#sheet.getBoundingClientRect();
    return { x: (clientX - box.left) / box.width, y: (clientY - box.top) / box.height };
  }
}

/** In the window, in CSS pixels. */
function pointOf({ clientX, clientY }: PointerEvent): Point {
  return { x: clientX, y: clientY };
}
