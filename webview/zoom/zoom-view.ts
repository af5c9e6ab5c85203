// One image large: arrows go to the neighbours; with heat map, what is known of the patch under the pointer, mask, and a search for places.
import * as l10n from '@vscode/l10n';
import type { Region } from '../../worker/api/requests';
import type { AnalysedRegion, Analysis, HeatMap } from '../../worker/api/analysis';
import { heatMapSwitches } from '../bars/heat-switches';
import { button, checkbox, closeButton, iconButton, toggleButton } from '../kit/controls';
import { regionOutlines } from '../grid/region-outlines';
import { h } from '../kit/dom';
import { finePercent, threeDigits } from '../kit/format';
import { isControl, isTyping } from '../kit/keys';
import type { Point } from '../kit/pan-zoom';
import type { GalleryModel } from '../model/gallery-model';
import { describe, titleOf } from '../model/image-model';
import { heatValues } from '../model/heat-map';
import { outlinedRegions } from '../model/outlined-regions';
import { hottestRegion, patchAt } from '../model/patch';
import type { ViewStateStore } from '../model/view-state';
import type { GallerySource } from '../source/source';
import type { OneCorrection } from '../model/one-correction';
import { AreaEditor } from './area-editor';
import { factsOf } from './image-facts';
import { RegionPicker } from './region-picker';
import { ZoomStage } from './zoom-stage';

const zoomStep = 1.25;

export interface ZoomActions {
  /** What is shown now. */
  model: () => GalleryModel;
  /** Paths in the order in which they are shown. */
  order: () => readonly string[];
  closed: (path: string) => void;
  /** Heat maps are shown with other settings. */
  viewChanged: () => void;
  onError: (error: unknown) => void;
  announce: (text: string) => void;
  /** Corrects the image that is shown; absent where labels cannot be changed. */
  correct?: ((path: string, correction: OneCorrection) => void) | undefined;
  openInEditor?: ((path: string) => void) | undefined;
  /** Shows the images that look somewhere as this one does in a region; rejects with what to tell. */
  findRegion?: ((path: string, region: Region) => Promise<void>) | undefined;
  cancelSearch: () => void;
}

export class ZoomView {
  readonly element: HTMLDialogElement;
  readonly #region: RegionPicker;
  readonly #area: AreaEditor;
  readonly #stage: ZoomStage;
  readonly #title = h('h2', { class: 'zoom-title' });
  readonly #facts = h('p', { class: 'zoom-facts' });
  readonly #pointer = h('p', { class: 'zoom-pointer' });
  readonly #maskBox: HTMLElement;
  readonly #regionToggle: HTMLButtonElement;
  readonly #heatControls = h('span', { class: 'zoom-heat-controls' });
  #path = '';
  #regions: readonly AnalysedRegion[] = [];
  #map: HeatMap | undefined;
  #weights: Float64Array | undefined;

  constructor(
    readonly source: GallerySource,
    readonly view: ViewStateStore,
    readonly actions: ZoomActions,
  ) {
    this.#region = new RegionPicker({
      search: async (region) => {
        await actions.findRegion?.(this.#path, region);
        this.close();
      },
      cancel: actions.cancelSearch,
      onError: actions.onError,
      changed: () => this.#onDrawing(),
    });
    this.#area = new AreaEditor({
      save: (area) => Promise.resolve(source.saveArea?.(area ?? null)),
      onError: actions.onError,
      changed: () => this.#onDrawing(),
    });
    source.onSearchProgress?.((done, total) => this.#region.showProgress(done, total));
    this.#stage = new ZoomStage({
      isDrawing: () => this.#region.isActive || this.#area.isActive,
      draw: (from, to) => (this.#area.isActive ? this.#area.preview(from, to) : this.#region.draw(from, to)),
      drawn: (from, to) => this.#area.isActive && this.#area.drawn(from, to),
      tap: (at) => this.#area.isActive && this.#area.tap(at),
      hover: (at) => this.#onHover(at),
    });
    for (const layer of [this.#region.frame, ...this.#area.layers]) this.#stage.append(layer);
    this.#stage.element.setAttribute(
      'aria-label',
      l10n.t(
        'Plus and minus zoom, 0 fits, Z shows pixels, arrows go to other images, digits move the image to a cluster',
      ),
    );
    this.#stage.element.setAttribute('role', 'application');
    this.#maskBox = checkbox(l10n.t('Mask'), true, (checked) => this.#stage.hideMask(!checked));
    this.#regionToggle = toggleButton(l10n.t('Find similar places'), false, (pressed) => this.#toggleRegion(pressed));
    this.#regionToggle.title = l10n.t('Frame a part of the image and find what looks like it (F)');
    this.#regionToggle.hidden = !actions.findRegion;
    this.element = h(
      'dialog',
      { class: 'zoom', 'aria-label': l10n.t('Image') },
      this.#bar(),
      // Not below the image: there VS Code's messages would cover it, the one about its own saving first.
      this.#area.bar,
      this.#stage.element,
      this.#region.bar,
      this.#pointer,
    );
    this.element.addEventListener('close', () => {
      this.#region.stop();
      this.#area.stop();
      actions.closed(this.#path);
    });
    this.element.addEventListener('keydown', (event) => this.#onKey(event));
  }

  /** Shows an image; the neighbours are those of the gallery's order. */
  open(path: string): void {
    this.#drawHeatControls();
    this.#showArea();
    if (!this.element.open) this.element.showModal();
    this.#stage.element.focus();
    void this.#show(path);
  }

  /** The labels are others now. */
  update(): void {
    if (!this.element.open) return;
    const image = this.#model.images.get(this.#path);
    if (image) this.#facts.replaceChildren(...factsOf(image, this.#model, this.actions.order()));
    this.#drawRegions();
    this.#showArea();
  }

  get #model(): GalleryModel {
    return this.actions.model();
  }

  /** Goes back to the gallery, at the image that was looked at last. */
  close(): void {
    this.element.close();
  }

  #bar(): HTMLElement {
    const { openInEditor } = this.actions;
    return h(
      'header',
      { class: 'zoom-bar' },
      iconButton(l10n.t('Previous image (Left)'), 'previous', () => this.#step(-1)),
      iconButton(l10n.t('Next image (Right)'), 'next', () => this.#step(1)),
      h('div', { class: 'zoom-names' }, this.#title, this.#facts),
      closeButton(l10n.t('Close (Escape)'), () => this.close()),
      h(
        'div',
        { class: 'zoom-controls' },
        this.#heatControls,
        this.#maskBox,
        this.#regionToggle,
        this.source.saveArea && button(l10n.t('Area to Ignore…'), () => this.#drawArea(), 'secondary'),
        button(l10n.t('Fit'), () => this.#stage.fit(), 'secondary'),
        button('1:1', () => this.#stage.showPixels(), 'secondary'),
        openInEditor && button(l10n.t('Open'), () => openInEditor(this.#path), 'secondary'),
      ),
    );
  }

  async #show(path: string): Promise<void> {
    const image = this.#model.images.get(path);
    if (!image) return;
    this.#path = path;
    this.#map = this.#weights = undefined;
    this.#region.stop();
    this.#regionToggle.disabled = true;
    this.#pointer.textContent = '';
    this.#stage.outline(undefined);
    this.#title.textContent = titleOf(image);
    this.#facts.replaceChildren(...factsOf(image, this.#model, this.actions.order()));
    this.#stage.clear();
    this.actions.announce(describe(image));
    const { imagePath } = image;
    const [picture, maps, regions] = await Promise.allSettled([
      this.source.picture(imagePath),
      this.source.heatMaps([imagePath]),
      this.#model.shows === 'images' ? [] : this.source.regions?.([imagePath]),
    ]);
    // Somebody went on meanwhile.
    if (this.#path !== path) return;
    this.#regions = regions.status === 'fulfilled' ? (regions.value ?? []) : [];
    this.#drawRegions();
    if (picture.status === 'rejected') this.actions.onError(picture.reason);
    else {
      const { uri, mask } = picture.value;
      this.#stage.showImage(uri);
      this.#maskBox.hidden = mask === undefined;
      this.#stage.showMask(mask);
    }
    if (maps.status === 'fulfilled') this.#drawHeat(maps.value[0]);
  }

  #drawRegions(): void {
    const outlined = outlinedRegions(this.#model, this.#regions, this.#path);
    this.#stage.showRegions(outlined.length === 0 ? undefined : regionOutlines(outlined));
  }

  /** The same switches as in the toolbar, which the dialog covers. */
  #drawHeatControls(): void {
    const changed = () => {
      this.#styleHeatMap();
      this.actions.viewChanged();
    };
    this.#styleHeatMap();
    const { box, slider } = heatMapSwitches(l10n.t('Heat map'), this.view, changed);
    this.#heatControls.hidden = this.#analysis === null;
    this.#heatControls.replaceChildren(box, slider);
  }

  #toggleHeatMap(): void {
    this.view.update({ heatMaps: !this.view.value.heatMaps });
    this.#drawHeatControls();
    this.actions.viewChanged();
  }

  #styleHeatMap(): void {
    const { heatMaps, opacity } = this.view.value;
    this.#stage.styleHeatMap(heatMaps, opacity);
  }

  #drawHeat(map: HeatMap | undefined): void {
    const analysis = this.#analysis;
    this.#map = map;
    this.#regionToggle.disabled = !map;
    // What is found are images.
    this.#regionToggle.hidden = !this.actions.findRegion || this.#model.shows === 'regions';
    if (!map || !analysis) return;
    const { weightsOf } = this.#model;
    this.#weights = weightsOf?.(map.distances);
    const { values, scale } = heatValues(map.distances, { ...analysis, weightsOf, coloring: this.view.value.colors });
    this.#stage.drawHeatMap(values, map.grid, scale);
  }

  get #analysis(): Analysis | null {
    return this.#model.analysis;
  }

  #step(by: number): void {
    const order = this.actions.order();
    const next = order[order.indexOf(this.#path) + by];
    if (next !== undefined) void this.#show(next);
  }

  #onKey(event: KeyboardEvent): void {
    const actions: Record<string, () => void> = {
      ArrowLeft: () => this.#step(-1),
      ArrowRight: () => this.#step(1),
      '+': () => this.#stage.zoomBy(zoomStep),
      '=': () => this.#stage.zoomBy(zoomStep),
      '-': () => this.#stage.zoomBy(1 / zoomStep),
      '0': () => this.#stage.fit(),
      z: () => this.#stage.showPixels(),
      a: () => this.#drawArea(),
      f: () => this.#toggleRegion(!this.#region.isActive),
      h: () => this.#toggleHeatMap(),
    };
    const action = actions[event.key] ?? this.#correction(event.key);
    event.stopPropagation();
    if (!action || isTyping(event) || isControl(event) || event.altKey) return;
    event.preventDefault();
    action();
  }

  /** Digits, N and P, as in the gallery. */
  #correction(key: string): (() => void) | undefined {
    const { correct } = this.actions;
    const path = this.#path;
    if (!correct) return undefined;
    if (key === 'n') return () => correct(path, { kind: 'moveToNew' });
    if (key === 'p') return () => correct(path, { kind: 'togglePin' });
    const place = /^[1-9]$/.test(key) ? Number(key) - 1 : Infinity;
    return place < this.#model.clusters.length ? () => correct(path, { kind: 'moveTo', place }) : undefined;
  }

  /** The frame starts around what stands out most. */
  #toggleRegion(on: boolean): void {
    const map = this.#map;
    if (on) this.#area.stop();
    if (on && this.#analysis && map && !this.#regionToggle.hidden) {
      this.#region.start(hottestRegion(map.grid, map.distances), map.grid);
    } else this.#region.stop();
  }

  /** Of every image, so it stays while one goes on to the next. */
  #showArea(): void {
    const { state } = this.source;
    this.#area.show(state.kind === 'labels' ? state.area : undefined);
  }

  #drawArea(): void {
    if (!this.source.saveArea) return;
    this.#region.stop();
    if (this.#area.isActive) this.#area.stop();
    else this.#area.start();
  }

  #onDrawing(): void {
    const isActive = this.#region.isActive || this.#area.isActive;
    this.#regionToggle.setAttribute('aria-pressed', String(this.#region.isActive));
    this.#stage.element.classList.toggle('framing', isActive);
    if (!isActive && this.element.open) this.#stage.element.focus();
  }

  /** The patch under the pointer: its outline, its distance and its weight. */
  #onHover({ x, y }: Point): void {
    this.#area.hover({ x, y });
    const map = this.#analysis ? this.#map : undefined;
    const patch = map && patchAt(map.grid, x, y);
    this.#stage.outline(patch);
    if (!patch || !map) {
      this.#pointer.textContent = '';
      return;
    }
    const place = [patch.row + 1, patch.column + 1, threeDigits(map.distances[patch.index]!)] as const;
    const weight = this.#weights?.[patch.index];
    this.#pointer.textContent =
      weight === undefined
        ? l10n.t('Patch {0}, {1}: score {2}', ...place)
        : l10n.t('Patch {0}, {1}: score {2}, weight {3}', ...place, finePercent(weight));
  }
}
