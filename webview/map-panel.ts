// A map of the images: alike ones lie near each other. Drag draws around images or opens a box, Shift adds; wheel zooms, Alt-drag moves.
import * as l10n from '@vscode/l10n';
import { choiceList, progress } from './controls';
import { h } from './dom';
import type { GalleryModel, ImageModel } from './gallery-model';
import { heatColors } from './heat-map';
import { language } from './l10n';
import { boxCorners, insidePolygon, nearestPoint, sizeOf, type Point } from './map-geometry';
import type { GallerySource } from './source';

type ColorBy = 'cluster' | 'class' | 'score';
/** What dragging does. */
type Drag = 'lasso' | 'box' | 'move';

export interface MapActions {
  pickAll: (paths: readonly string[], how: 'only' | 'add') => void;
  clear: () => void;
  open: (path: string) => void;
  onError: (error: unknown) => void;
}

const pointRadius = 3;
const margin = 14;
/** In CSS pixels: how near the pointer must be to an image. */
const reach = 10;
/** Shorter drags are clicks. */
const dragLength = 4;
/** Above this, images are drawn as small squares, which is several times as fast. */
const manyImages = 5000;

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
  #images: ImageModel[] = [];
  /** (images, 2) in CSS pixels of the canvas. */
  #points = new Float32Array(0);
  #colorBy: ColorBy = 'cluster';
  #drag: Drag = 'lasso';
  #zoom = 1;
  #offset: Point = { x: 0, y: 0 };
  #lasso: Point[] = [];
  #hovered = '';
  #isWaiting = false;

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

  #drawTools({ classes }: GalleryModel): void {
    const choices = [
      { value: 'cluster' as const, label: l10n.t('Cluster') },
      ...(classes.length > 0 ? [{ value: 'class' as const, label: l10n.t('Class') }] : []),
      { value: 'score' as const, label: l10n.t('Anomaly score') },
    ];
    if (!choices.some(({ value }) => value === this.#colorBy)) this.#colorBy = 'cluster';
    const { element } = choiceList<ColorBy>(l10n.t('Colour by'), choices, this.#colorBy, (value) => {
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

  /** The context of a canvas that fills the stage, empty, in CSS pixels. */
  #clear(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    const ratio = window.devicePixelRatio;
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    const context = canvas.getContext('2d')!;
    context.scale(ratio, ratio);
    return context;
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
    const context = this.#clear(this.#canvas);
    const colors = this.#colors(model);
    this.#images = [];
    const points: number[] = [];
    const side = Math.min(width, height) - 2 * margin;
    const [left, top] = [(width - side) / 2, (height - side) / 2];
    for (const [i, { path }] of model.analysis.images.entries()) {
      const image = model.images.get(path);
      if (!image) continue;
      this.#images.push(image);
      points.push(
        (left + places[2 * i]! * side) * this.#zoom + this.#offset.x,
        (top + places[2 * i + 1]! * side) * this.#zoom + this.#offset.y,
      );
    }
    this.#points = Float32Array.from(points);
    const hasSelection = this.#selection.size > 0;
    const isMany = this.#images.length > manyImages;
    const radius = isMany ? pointRadius * 0.6 : pointRadius;
    const outline = getComputedStyle(this.#canvas).color;
    const draw = (isSelected: boolean) => {
      const size = isSelected ? radius + 1.5 : radius;
      context.globalAlpha = hasSelection && !isSelected ? 0.25 : 0.9;
      context.strokeStyle = outline;
      // One path a colour.
      const paths = new Map<string, Path2D>();
      for (const [i, image] of this.#images.entries()) {
        if (this.#selection.has(image.path) !== isSelected) continue;
        const [x, y] = [points[2 * i]!, points[2 * i + 1]!];
        if (x < -size || y < -size || x > width + size || y > height + size) continue;
        const color = colors(image);
        const path = paths.get(color) ?? new Path2D();
        paths.set(color, path);
        if (isMany) path.rect(x - size, y - size, 2 * size, 2 * size);
        else {
          path.moveTo(x + size, y);
          path.arc(x, y, size, 0, 2 * Math.PI);
        }
      }
      for (const [color, path] of paths) {
        context.fillStyle = color;
        context.fill(path);
        if (isSelected && !isMany) context.stroke(path);
      }
    };
    draw(false);
    draw(true);
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
    const context = this.#clear(this.#overlay);
    if (this.#lasso.length < 2) return;
    context.strokeStyle = getComputedStyle(this.#canvas).color;
    context.setLineDash([4, 3]);
    context.beginPath();
    for (const { x, y } of this.#lasso) context.lineTo(x, y);
    context.closePath();
    context.stroke();
  }

  #colors({ clusters, classes, analysis }: GalleryModel): (image: ImageModel) => string {
    const ofClusters = new Map(clusters.map(({ id, color }) => [id, color]));
    const entry = (color: string, label: string) => {
      const dot = h('span', { class: 'cluster-dot', 'aria-hidden': 'true' });
      dot.style.setProperty('--cluster-color', color);
      return h('span', { class: 'map-entry' }, dot, label);
    };
    if (this.#colorBy === 'score' && analysis) {
      this.#legend.replaceChildren(l10n.t('Dark: ordinary. Bright: stands out.'));
      const { min, max } = analysis.scale;
      return ({ score }) => {
        const level = Math.round((255 * ((score ?? min) - min)) / (max - min || 1)) * 4;
        return `rgb(${heatColors[level]} ${heatColors[level + 1]} ${heatColors[level + 2]})`;
      };
    }
    if (this.#colorBy === 'class') {
      const palette = clusters.map(({ color }) => color);
      const ofClasses = new Map(classes.map((name, i) => [name, palette[i % palette.length] ?? '#888']));
      this.#legend.replaceChildren(...classes.map((name) => entry(ofClasses.get(name)!, name)));
      return ({ truth }) => ofClasses.get(truth ?? '') ?? '#888';
    }
    this.#legend.replaceChildren(...clusters.map(({ color, title }) => entry(color, title)));
    return ({ cluster }) => ofClusters.get(cluster) ?? '#888';
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
    const before = this.#offset;
    this.#canvas.setPointerCapture(event.pointerId);
    this.#tip.hidden = true;
    this.#lasso = [start];
    const onMove = (moved: PointerEvent) => {
      const to = this.#placeOf(moved);
      if (drag === 'move') {
        this.#offset = { x: before.x + to.x - start.x, y: before.y + to.y - start.y };
        this.#drawSoon();
        return;
      }
      if (drag === 'box') this.#lasso = boxCorners(start, to);
      else this.#lasso.push(to);
      this.#drawLasso();
    };
    const onUp = (ended: PointerEvent) => {
      this.#canvas.removeEventListener('pointermove', onMove);
      const drawn = this.#lasso;
      this.#lasso = [];
      this.#drawLasso();
      const isClick = sizeOf([start, this.#placeOf(ended)]).longest < dragLength && sizeOf(drawn).longest < dragLength;
      if (drag !== 'move' || (isClick && event.button === 0)) this.#pick(isClick ? [] : drawn, ended);
    };
    this.#canvas.addEventListener('pointermove', onMove);
    this.#canvas.addEventListener('pointerup', onUp, { once: true });
  }

  /** @param drawn corners around images; none: the image under the pointer */
  #pick(drawn: Point[], event: PointerEvent): void {
    const adds = event.shiftKey || event.ctrlKey || event.metaKey;
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
    this.#zoomBy(Math.exp(-event.deltaY / 400), this.#placeOf(event));
  }

  #zoomBy(factor: number, at: Point): void {
    const zoom = Math.min(Math.max(this.#zoom * factor, 1), 64);
    const change = zoom / this.#zoom;
    this.#zoom = zoom;
    this.#offset =
      zoom === 1
        ? { x: 0, y: 0 }
        : { x: at.x - (at.x - this.#offset.x) * change, y: at.y - (at.y - this.#offset.y) * change };
    this.#drawSoon();
  }

  #onKey(event: KeyboardEvent): void {
    const middle = { x: this.#canvas.clientWidth / 2, y: this.#canvas.clientHeight / 2 };
    const step = 40;
    const shift = (x: number, y: number) => () => {
      this.#offset = { x: this.#offset.x + x, y: this.#offset.y + y };
      this.#drawSoon();
    };
    const actions: Record<string, () => void> = {
      '+': () => this.#zoomBy(1.5, middle),
      '=': () => this.#zoomBy(1.5, middle),
      '-': () => this.#zoomBy(1 / 1.5, middle),
      ArrowLeft: shift(step, 0),
      ArrowRight: shift(-step, 0),
      ArrowUp: shift(0, step),
      ArrowDown: shift(0, -step),
    };
    const action = actions[event.key];
    if (!action || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    action();
  }
}
