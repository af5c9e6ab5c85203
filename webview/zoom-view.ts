// One image large: wheel and keys zoom, dragging moves, arrows go to the neighbours; with heat map, patch under the pointer, and mask.
import * as l10n from '@vscode/l10n';
import type { Analysis, Region } from '../worker/api';
import { upsample } from '../worker/evaluation/upsample';
import { button, checkbox, closeButton, toggleButton } from './controls';
import { h, icon, placeOver } from './dom';
import { distance, finePercent } from './format';
import { describe, type GalleryModel, type ImageModel } from './gallery-model';
import { colorize, heatValues } from './heat-map';
import { heatMapSwitches } from './heat-switches';
import { language } from './l10n';
import { hottestRegion, patchAt } from './patch';
import { RegionPicker } from './region-picker';
import type { GallerySource } from './source';
import type { ViewStateStore } from './view-state';

const heatMapSide = 256;
const zoomStep = 1.25;
const largestZoom = 32;

export interface ZoomActions {
  /** Paths in the order in which they are shown. */
  order: () => readonly string[];
  closed: (path: string) => void;
  /** Heat maps are shown in another way. */
  viewChanged: () => void;
  onError: (error: unknown) => void;
  announce: (text: string) => void;
  openInEditor?: ((path: string) => void) | undefined;
  /** Shows the images that look somewhere as this one does in a region; rejects with what to tell. */
  findRegion?: ((path: string, region: Region) => Promise<void>) | undefined;
  cancelSearch: () => void;
}

export class ZoomView {
  readonly #image = h('img', { alt: '', draggable: 'false' });
  readonly #heat = h('canvas', { class: 'zoom-heat', width: heatMapSide, height: heatMapSide });
  readonly #mask = h('img', { class: 'zoom-mask', alt: '', draggable: 'false' });
  readonly #patch = h('div', { class: 'zoom-patch', hidden: true });
  readonly #region: RegionPicker;
  readonly #sheet = h('div', { class: 'zoom-sheet' }, this.#image, this.#heat, this.#mask, this.#patch);
  readonly #stage = h('div', { class: 'zoom-stage', tabindex: 0 }, this.#sheet);
  readonly #title = h('h2', { class: 'zoom-title' });
  readonly #facts = h('p', { class: 'zoom-facts' });
  readonly #pointer = h('p', { class: 'zoom-pointer' });
  readonly #maskBox: HTMLElement;
  readonly #regionToggle: HTMLButtonElement;
  readonly #heatControls = h('span', { class: 'zoom-heat-controls' });
  readonly #dialog: HTMLDialogElement;
  #model: GalleryModel | undefined;
  #path = '';
  #distances: Float32Array | undefined;
  #weights: Float64Array | undefined;
  /** Of the image's own pixels; undefined: fits the stage. */
  #zoom: number | undefined;
  #offset = { x: 0, y: 0 };

  constructor(
    readonly source: GallerySource,
    readonly view: ViewStateStore,
    readonly actions: ZoomActions,
  ) {
    this.#maskBox = checkbox(l10n.t('Mask'), true, (checked) => (this.#mask.hidden = !checked));
    this.#region = new RegionPicker({
      search: async (region) => {
        await actions.findRegion?.(this.#path, region);
        this.close();
      },
      cancel: actions.cancelSearch,
      onError: actions.onError,
      changed: () => this.#onRegion(),
    });
    this.#sheet.append(this.#region.frame);
    source.onSearchProgress?.((done, total) => this.#region.showProgress(done, total));
    this.#regionToggle = toggleButton(l10n.t('Find similar places'), false, (pressed) => this.#toggleRegion(pressed));
    this.#regionToggle.title = l10n.t('Frame a part of the image and find what looks like it (F)');
    this.#regionToggle.hidden = !actions.findRegion;
    const step = (by: number) => () => this.#step(by);
    this.#dialog = h(
      'dialog',
      { class: 'zoom', 'aria-label': l10n.t('Image') },
      h(
        'header',
        { class: 'zoom-bar' },
        iconButton(l10n.t('Previous image (Left)'), 'previous', step(-1)),
        iconButton(l10n.t('Next image (Right)'), 'next', step(1)),
        h('div', { class: 'zoom-names' }, this.#title, this.#facts),
        this.#heatControls,
        this.#maskBox,
        this.#regionToggle,
        button(l10n.t('Fit'), () => this.#fit(), 'secondary'),
        button('1:1', () => this.#actual(), 'secondary'),
        actions.openInEditor && button(l10n.t('Open'), () => actions.openInEditor?.(this.#path), 'secondary'),
        closeButton(l10n.t('Close (Escape)'), () => this.close()),
      ),
      this.#stage,
      this.#region.bar,
      this.#pointer,
    );
    this.#stage.setAttribute(
      'aria-label',
      l10n.t('Plus and minus zoom, 0 fits, 1 shows pixels, arrows go to other images'),
    );
    this.#stage.setAttribute('role', 'application');
    this.#dialog.addEventListener('close', () => {
      this.#region.stop();
      actions.closed(this.#path);
    });
    this.#dialog.addEventListener('keydown', (event) => this.#onKey(event));
    this.#image.addEventListener('load', () => this.#fit());
    this.#stage.addEventListener('wheel', (event) => this.#onWheel(event), { passive: false });
    this.#stage.addEventListener('pointerdown', (event) => this.#onDrag(event));
    this.#stage.addEventListener('pointermove', (event) => this.#onHover(event));
    this.#stage.addEventListener('pointerleave', () => (this.#patch.hidden = true));
    new ResizeObserver(() => this.#place()).observe(this.#stage);
  }

  get element(): HTMLElement {
    return this.#dialog;
  }

  open(path: string, model: GalleryModel): void {
    this.#model = model;
    this.#drawHeatControls();
    if (!this.#dialog.open) this.#dialog.showModal();
    this.#stage.focus();
    void this.#show(path);
  }

  close(): void {
    this.#dialog.close();
  }

  async #show(path: string): Promise<void> {
    const image = this.#model?.images.get(path);
    if (!image) return;
    this.#path = path;
    this.#distances = this.#weights = undefined;
    this.#region.stop();
    this.#regionToggle.disabled = true;
    this.#pointer.textContent = '';
    this.#patch.hidden = true;
    this.#title.textContent = image.path;
    this.#facts.textContent = this.#factsOf(image);
    this.#heat.getContext('2d')?.clearRect(0, 0, heatMapSide, heatMapSide);
    this.actions.announce(describe(image));
    const [picture, maps] = await Promise.allSettled([this.source.picture(path), this.source.heatMaps([path])]);
    // Somebody went on meanwhile.
    if (this.#path !== path) return;
    if (picture.status === 'rejected') this.actions.onError(picture.reason);
    else {
      this.#image.src = picture.value.uri;
      const { mask } = picture.value;
      this.#maskBox.hidden = mask === undefined;
      if (mask === undefined) this.#mask.removeAttribute('src');
      else this.#mask.src = mask;
    }
    if (maps.status === 'fulfilled') this.#drawHeat(maps.value[0]?.distances);
  }

  #factsOf(image: ImageModel): string {
    const cluster = this.#model?.clusters.find(({ id }) => id === image.cluster);
    const order = this.actions.order();
    const at = order.indexOf(image.path);
    return [
      cluster?.title ?? '',
      image.score === undefined ? '' : l10n.t('anomaly score {0}', distance(image.score)),
      image.truth === undefined ? '' : l10n.t('ground truth {0}', image.truth),
      image.margin === undefined ? '' : l10n.t('margin {0}', distance(image.margin)),
      at < 0 ? '' : l10n.t('{0} of {1}', (at + 1).toLocaleString(language), order.length.toLocaleString(language)),
    ]
      .filter(Boolean)
      .join(' · ');
  }

  /** The same switches as in the toolbar, which the dialog covers. */
  #drawHeatControls(): void {
    const changed = () => {
      this.#place();
      this.actions.viewChanged();
    };
    const { box, slider } = heatMapSwitches(l10n.t('Heat map'), this.view, changed);
    this.#heatControls.hidden = this.#analysis === null;
    this.#heatControls.replaceChildren(box, slider);
  }

  #drawHeat(distances: Float32Array | undefined): void {
    const analysis = this.#analysis;
    this.#distances = distances;
    this.#regionToggle.disabled = !distances;
    if (!distances || !analysis) return;
    const { grid } = analysis;
    const weightsOf = this.#model?.weightsOf;
    this.#weights = weightsOf?.(distances);
    const { values, scale } = heatValues(distances, { ...analysis, weightsOf, coloring: this.view.value.colors });
    const pixels = colorize(upsample(values, grid, heatMapSide, heatMapSide), scale);
    this.#heat.getContext('2d')?.putImageData(new ImageData(pixels, heatMapSide, heatMapSide), 0, 0);
  }

  get #analysis(): Analysis | null {
    return this.#model?.analysis ?? null;
  }

  #step(by: number): void {
    const order = this.actions.order();
    const next = order[order.indexOf(this.#path) + by];
    if (next !== undefined) void this.#show(next);
  }

  #fit(): void {
    this.#zoom = undefined;
    this.#offset = { x: 0, y: 0 };
    this.#place();
  }

  #actual(): void {
    this.#zoom = 1;
    this.#offset = { x: 0, y: 0 };
    this.#place();
  }

  get #fitting(): number {
    const { naturalWidth: width, naturalHeight: height } = this.#image;
    const { clientWidth, clientHeight } = this.#stage;
    return width > 0 ? Math.min(clientWidth / width, clientHeight / height) : 1;
  }

  /** @param at of the stage, stays where it is; its middle by default */
  #zoomBy(factor: number, at?: { x: number; y: number }): void {
    const before = this.#zoom ?? this.#fitting;
    const zoom = Math.min(Math.max(before * factor, Math.min(this.#fitting, 1)), largestZoom);
    const { clientWidth, clientHeight } = this.#stage;
    const from = at ?? { x: clientWidth / 2, y: clientHeight / 2 };
    const [dx, dy] = [from.x - clientWidth / 2 - this.#offset.x, from.y - clientHeight / 2 - this.#offset.y];
    this.#offset = { x: this.#offset.x - dx * (zoom / before - 1), y: this.#offset.y - dy * (zoom / before - 1) };
    this.#zoom = zoom;
    this.#place();
  }

  #place(): void {
    const zoom = this.#zoom ?? this.#fitting;
    const { naturalWidth, naturalHeight } = this.#image;
    const [width, height] = [naturalWidth * zoom, naturalHeight * zoom];
    const { clientWidth, clientHeight } = this.#stage;
    const { style } = this.#sheet;
    style.width = `${width}px`;
    style.height = `${height}px`;
    style.left = `${(clientWidth - width) / 2 + this.#offset.x}px`;
    style.top = `${(clientHeight - height) / 2 + this.#offset.y}px`;
    this.#image.classList.toggle('pixels', zoom >= 3);
    const { heatMaps, opacity } = this.view.value;
    this.#heat.hidden = !heatMaps;
    this.#heat.style.opacity = String(opacity);
  }

  #onKey(event: KeyboardEvent): void {
    const actions: Record<string, () => void> = {
      ArrowLeft: () => this.#step(-1),
      ArrowRight: () => this.#step(1),
      '+': () => this.#zoomBy(zoomStep),
      '=': () => this.#zoomBy(zoomStep),
      '-': () => this.#zoomBy(1 / zoomStep),
      '0': () => this.#fit(),
      '1': () => this.#actual(),
      f: () => this.#toggleRegion(!this.#region.isActive),
    };
    const action = actions[event.key];
    event.stopPropagation();
    if (!action || isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    action();
  }

  #onWheel(event: WheelEvent): void {
    event.preventDefault();
    const box = this.#stage.getBoundingClientRect();
    this.#zoomBy(Math.exp(-event.deltaY / 400), { x: event.clientX - box.left, y: event.clientY - box.top });
  }

  #onDrag(event: PointerEvent): void {
    if (event.button !== 0) return;
    this.#stage.setPointerCapture(event.pointerId);
    const draws = this.#region.isActive;
    const from = this.#placeOf(event);
    const start = { x: event.clientX - this.#offset.x, y: event.clientY - this.#offset.y };
    const move = (moved: PointerEvent) => {
      const { clientX, clientY } = moved;
      if (draws) {
        this.#region.draw(from, this.#placeOf(moved));
        return;
      }
      this.#zoom ??= this.#fitting;
      this.#offset = { x: clientX - start.x, y: clientY - start.y };
      this.#place();
    };
    this.#stage.addEventListener('pointermove', move);
    this.#stage.addEventListener('pointerup', () => this.#stage.removeEventListener('pointermove', move), {
      once: true,
    });
  }

  /** In parts of the image; outside of it beyond 0..1. */
  #placeOf({ clientX, clientY }: PointerEvent): { x: number; y: number } {
    const box = this.#sheet.getBoundingClientRect();
    return { x: (clientX - box.left) / box.width, y: (clientY - box.top) / box.height };
  }

  /** The frame starts around what stands out most. */
  #toggleRegion(on: boolean): void {
    const [analysis, distances] = [this.#analysis, this.#distances];
    if (on && analysis && distances && this.actions.findRegion) {
      this.#region.start(hottestRegion(analysis.grid, distances), analysis.grid);
    } else this.#region.stop();
  }

  #onRegion(): void {
    const { isActive } = this.#region;
    this.#regionToggle.setAttribute('aria-pressed', String(isActive));
    this.#stage.classList.toggle('framing', isActive);
    if (!isActive && this.#dialog.open) this.#stage.focus();
  }

  /** The patch under the pointer: its outline, its distance and its weight. */
  #onHover(event: PointerEvent): void {
    const [analysis, distances] = [this.#analysis, this.#distances];
    const { x, y } = this.#placeOf(event);
    const patch = analysis && distances ? patchAt(analysis.grid, x, y) : undefined;
    this.#patch.hidden = patch === undefined;
    if (!patch || !analysis || !distances) {
      this.#pointer.textContent = '';
      return;
    }
    placeOver(this.#patch, patch);
    const place = [patch.row + 1, patch.column + 1, distance(distances[patch.index]!)] as const;
    const weight = this.#weights?.[patch.index];
    this.#pointer.textContent =
      weight === undefined
        ? l10n.t('Patch {0}, {1}: distance {2}', ...place)
        : l10n.t('Patch {0}, {1}: distance {2}, weight {3}', ...place, finePercent(weight));
  }
}

/** Whether a key belongs to a control. */
function isTyping(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('input') !== null;
}

function iconButton(label: string, name: 'previous' | 'next', onClick: () => void): HTMLElement {
  const element = h('button', { class: 'icon-button', type: 'button', 'aria-label': label, title: label }, icon(name));
  element.addEventListener('click', onClick);
  return element;
}
