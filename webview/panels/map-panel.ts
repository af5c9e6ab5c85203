// A map of the images: alike ones lie near each other. Drag draws around images or opens a box, Shift adds; wheel zooms, Alt-drag moves.
import * as l10n from '@vscode/l10n';
import { choiceList, progress } from '../kit/controls';
import { clusterDot } from '../kit/cluster-dot';
import { h } from '../kit/dom';
import { isControl } from '../kit/keys';
import { language } from '../kit/l10n';
import { panned, unmoved, wheelFactor, zoomedAt, type PanZoom, type Point } from '../kit/pan-zoom';
import { latest } from '../kit/memo';
import { followPointer } from '../kit/pointer';
import type { GalleryModel } from '../model/gallery-model';
import type { ImageModel } from '../model/image-model';
import type { GallerySource } from '../source/source';
import { mapColors, type MapColors, type MapColoring } from './map-colors';
import { drawOutline, drawPoints } from './map-drawing';
import { boxCorners, insidePolygon, mapPlace, nearestPoint, sizeOf } from './map-geometry';

/** What dragging does. */
type Drag = 'lasso' | 'box' | 'move';

export interface MapActions {
  pickAll: (paths: readonly string[], how: 'only' | 'add') => void;
  clear: () => void;
  open: (path: string) => void;
  onError: (error: unknown) => void;
}

/** In CSS pixels: how near the pointer must be to an image. */
const reach = 10;
/** Shorter drags are clicks. */
const dragLength = 4;
/** Of one key press: a factor, and CSS pixels. */
const [keyZoom, keyStep] = [1.5, 40];
/** The whole map, and what its points can still be told apart at. */
const zoomLimits = { least: 1, most: 64 };

export class MapPanel {
  readonly element: HTMLElement;
  readonly #canvas = h('canvas', { class: 'map', tabindex: 0, role: 'img' });
  /** What is being drawn with the pointer: the images below it need not be drawn again for each of its moves. */
  readonly #overlay = h('canvas', { class: 'map-overlay', 'aria-hidden': 'true' });
  readonly #tip = h('div', { class: 'map-tip', hidden: true });
  readonly #stage = h('div', { class: 'map-stage' }, this.#canvas, this.#overlay, this.#tip);
  readonly #legend = h('div', { class: 'map-legend' });
  readonly #tools = h('div', { class: 'map-tools' });
  #model: GalleryModel | undefined;
  #selection: ReadonlySet<string> = new Set();
  #loadedFor: unknown;
  /** By index of the analysed image: 0..1. */
  #places: Float32Array | undefined;
  #images: readonly ImageModel[] = [];
  /** (images, 2) in CSS pixels of the canvas. */
  #points = new Float32Array(0);
  #colorBy: MapColoring = 'cluster';
  #drag: Drag = 'lasso';
  #view: PanZoom = unmoved;
  #lasso: Point[] = [];
  #hovered = '';
  #isWaiting = false;

  /** Those of the label file that have a place. */
  readonly #imagesOf = latest(({ images }: GalleryModel) => images.all.filter(({ row }) => row !== undefined));

  constructor(
    readonly source: GallerySource,
    readonly actions: MapActions,
  ) {
    this.element = h('div', { class: 'panel map-panel' }, this.#tools, this.#stage, this.#legend);
    new ResizeObserver(() => this.#draw()).observe(this.#stage);
    this.#canvas.addEventListener('pointerdown', (event) => this.#onPointerDown(event));
    this.#canvas.addEventListener('pointermove', (event) => void this.#onHover(event));
    this.#canvas.addEventListener('pointerleave', () => (this.#tip.hidden = true));
    this.#canvas.addEventListener('contextmenu', (event) => event.preventDefault());
    this.#canvas.addEventListener('wheel', (event) => this.#onWheel(event), { passive: false });
    this.#canvas.addEventListener('dblclick', (event) => {
      const image = this.#imageAt(event);
      if (image) actions.open(image.path);
    });
    this.#canvas.addEventListener('keydown', (event) => this.#onKey(event));
  }

  /** Draws the images in their colours; the places are asked for once an analysis. */
  update(model: GalleryModel, selection: ReadonlySet<string>): void {
    const isOther = model !== this.#model;
    if (!isOther && selection === this.#selection) return;
    this.#model = model;
    this.#selection = selection;
    if (isOther) this.#drawTools(model);
    if (this.#loadedFor !== model.analysis) void this.#load(model);
    else this.#draw();
  }

  async #load(model: GalleryModel): Promise<void> {
    this.#loadedFor = model.analysis;
    this.#places = undefined;
    this.#stage.replaceChildren(progress(l10n.t('Laying out the map …')));
    try {
      const places = await this.source.map();
      if (this.#loadedFor !== model.analysis) return;
      this.#places = places ?? undefined;
      this.#stage.replaceChildren(
        ...(places
          ? [this.#canvas, this.#overlay, this.#tip]
          : [h('p', {}, l10n.t('There is no map for this distance.'))]),
      );
      this.#draw();
    } catch (error) {
      this.#stage.replaceChildren(h('p', {}, l10n.t('The map could not be made.')));
      this.actions.onError(error);
    }
  }

  #drawTools({ facets }: GalleryModel): void {
    const choices = [
      { value: 'cluster', label: l10n.t('Cluster') },
      ...facets.map(({ id, label }) => ({ value: id, label })),
      { value: 'score', label: l10n.t('Anomaly score') },
    ];
    if (!choices.some(({ value }) => value === this.#colorBy)) this.#colorBy = 'cluster';
    const { element } = choiceList<MapColoring>(l10n.t('Colour by'), choices, this.#colorBy, (value) => {
      this.#colorBy = value;
      this.#draw();
    });
    const drags: { value: Drag; label: string }[] = [
      { value: 'lasso', label: l10n.t('Lasso') },
      { value: 'box', label: l10n.t('Box') },
      { value: 'move', label: l10n.t('Move') },
    ];
    const drag = choiceList<Drag>(l10n.t('Dragging'), drags, this.#drag, (value) => (this.#drag = value)).element;
    this.#tools.replaceChildren(
      h('span', {}, `${l10n.t('Colour by')} `, element),
      h('span', { title: l10n.t('What dragging over the map does') }, `${l10n.t('Drag')} `, drag),
    );
  }

  /** In the next frame, however often it is asked for. */
  #drawSoon(): void {
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    requestAnimationFrame(() => {
      this.#isWaiting = false;
      this.#draw();
    });
  }

  #draw(): void {
    const [model, places] = [this.#model, this.#places];
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    if (!model?.analysis || !places || width === 0) return;
    const colors = mapColors(model, this.#colorBy);
    this.#drawLegend(colors);
    this.#images = this.#imagesOf(model);
    this.#points = new Float32Array(2 * this.#images.length);
    for (const [i, { row = 0 }] of this.#images.entries()) {
      const { x, y } = mapPlace({ x: places[2 * row]!, y: places[2 * row + 1]! }, { width, height }, this.#view);
      this.#points.set([x, y], 2 * i);
    }
    drawPoints(this.#canvas, {
      places: this.#points,
      colorOf: (point) => colors.of(this.#images[point]!),
      isSelected: (point) => this.#selection.has(this.#images[point]!.path),
      hasSelection: this.#selection.size > 0,
    });
    this.#drawLasso();
    this.#canvas.setAttribute(
      'aria-label',
      l10n.t(
        'Map of {0} images, {1} selected. Plus and minus zoom, arrows move.',
        this.#images.length.toLocaleString(language),
        this.#selection.size.toLocaleString(language),
      ),
    );
  }

  #drawLasso(): void {
    drawOutline(this.#overlay, this.#canvas, this.#lasso);
  }

  #drawLegend({ names }: MapColors): void {
    if (!names) {
      this.#legend.replaceChildren(l10n.t('Dark: ordinary. Bright: stands out.'));
      return;
    }
    const entries = names.map(({ color, name }) => {
      return h('span', { class: 'map-entry' }, clusterDot(color), name);
    });
    this.#legend.replaceChildren(...entries);
  }

  #placeOf({ clientX, clientY }: MouseEvent): Point {
    const box = this.#canvas.getBoundingClientRect();
    return { x: clientX - box.left, y: clientY - box.top };
  }

  #imageAt(event: MouseEvent): ImageModel | undefined {
    const at = nearestPoint(this.#points, this.#placeOf(event), reach);
    return at === undefined ? undefined : this.#images[at];
  }

  #onPointerDown(event: PointerEvent): void {
    const start = this.#placeOf(event);
    const drag = event.altKey || event.button !== 0 ? 'move' : this.#drag;
    let last = start;
    this.#tip.hidden = true;
    this.#lasso = [start];
    const onMove = (moved: PointerEvent) => {
      const to = this.#placeOf(moved);
      if (drag === 'move') {
        this.#moveTo(panned(this.#view, last, to));
        last = to;
        return;
      }
      if (drag === 'box') this.#lasso = boxCorners(start, to);
      else this.#lasso.push(to);
      this.#drawLasso();
    };
    const onUp = (ended: PointerEvent) => {
      const drawn = this.#lasso;
      this.#lasso = [];
      this.#drawLasso();
      const isClick = sizeOf([start, this.#placeOf(ended)]).longest < dragLength && sizeOf(drawn).longest < dragLength;
      if (drag !== 'move' || (isClick && event.button === 0)) this.#pick(isClick ? [] : drawn, ended);
    };
    followPointer(this.#canvas, event, onMove, onUp);
  }

  /** @param drawn corners around images; none: the image under the pointer */
  #pick(drawn: Point[], event: PointerEvent): void {
    const adds = event.shiftKey || isControl(event);
    if (drawn.length === 0) {
      const image = this.#imageAt(event);
      if (image) this.actions.pickAll([image.path], adds ? 'add' : 'only');
      else if (!adds) this.actions.clear();
      return;
    }
    const inside = this.#images.filter((_, i) =>
      insidePolygon({ x: this.#points[2 * i]!, y: this.#points[2 * i + 1]! }, drawn),
    );
    this.actions.pickAll(
      inside.map(({ path }) => path),
      adds ? 'add' : 'only',
    );
  }

  async #onHover(event: PointerEvent): Promise<void> {
    if (event.buttons !== 0) return;
    const image = this.#imageAt(event);
    this.#tip.hidden = !image;
    if (!image) {
      this.#hovered = '';
      return;
    }
    const { x, y } = this.#placeOf(event);
    this.#tip.style.left = `${Math.min(x + 12, this.#canvas.clientWidth - 140)}px`;
    this.#tip.style.top = `${y + 12}px`;
    if (this.#hovered === image.path) return;
    this.#hovered = image.path;
    const picture = h('img', { alt: '' });
    this.#tip.replaceChildren(picture, h('span', {}, image.fileName));
    const [thumbnail] = await this.source.thumbnails([image.path]).catch(() => []);
    if (thumbnail?.uri !== undefined && this.#hovered === image.path) picture.src = thumbnail.uri;
  }

  #onWheel(event: WheelEvent): void {
    event.preventDefault();
    this.#zoomBy(wheelFactor(event.deltaY), this.#placeOf(event));
  }

  /** The whole map lies where it lay at first. */
  #zoomBy(factor: number, at: Point): void {
    const next = zoomedAt(this.#view, factor, at, zoomLimits);
    this.#moveTo(next.scale === unmoved.scale ? unmoved : next);
  }

  #moveTo(view: PanZoom): void {
    this.#view = view;
    this.#drawSoon();
  }

  #onKey(event: KeyboardEvent): void {
    const middle = { x: this.#canvas.clientWidth / 2, y: this.#canvas.clientHeight / 2 };
    const shift = (x: number, y: number) => () => this.#moveTo(panned(this.#view, { x: 0, y: 0 }, { x, y }));
    const actions: Record<string, () => void> = {
      '+': () => this.#zoomBy(keyZoom, middle),
      '=': () => this.#zoomBy(keyZoom, middle),
      '-': () => this.#zoomBy(1 / keyZoom, middle),
      ArrowLeft: shift(keyStep, 0),
      ArrowRight: shift(-keyStep, 0),
      ArrowUp: shift(0, keyStep),
      ArrowDown: shift(0, -keyStep),
    };
    const action = actions[event.key];
    if (!action || isControl(event)) return;
    event.preventDefault();
    action();
  }
}
