// The bar above the clusters: what is shown (text, filters, order), how (heat maps, size), and what is open beside the images.
import type { Analysis } from '../worker/api';
import { button, checkbox, choiceList, range, searchField, toggleButton } from './controls';
import { h } from './dom';
import { distance, percent } from './format';
import type { GalleryModel } from './gallery-model';
import { heatColors } from './heat-map';
import type { Filter, SortOrder } from './interaction';
import { sizeLimits, type PanelName, type ViewStateStore } from './view-state';

type Only = NonNullable<Filter['only']> | 'all';

export interface ToolbarActions {
  /** The view state changed. */
  viewChanged: () => void;
  filter: (filter: Partial<Filter>) => void;
  resetFilter: () => void;
  sort: (order: SortOrder) => void;
  review: () => void;
  export?: ((anchor: HTMLElement) => void) | undefined;
}

const panelTitles: Record<PanelName, string> = { cut: 'Clusters', map: 'Map', truth: 'Ground truth' };

export class Toolbar {
  readonly element: HTMLElement;
  readonly #heatMapControls: HTMLElement;
  readonly #legend = h('div', { class: 'legend', role: 'img' });
  readonly #search: ReturnType<typeof searchField>;
  readonly #only = h('span');
  readonly #sort = h('span');
  readonly #reset: HTMLElement;
  readonly #review: HTMLElement;
  readonly #panels = new Map<PanelName, HTMLButtonElement>();

  constructor(
    readonly view: ViewStateStore,
    readonly actions: ToolbarActions,
  ) {
    const { heatMaps, opacity, size, ownScales } = view.value;
    const update = (changes: Parameters<ViewStateStore['update']>[0]) => {
      view.update(changes);
      actions.viewChanged();
    };
    const opacitySlider = range({
      label: 'Opacity',
      min: 0,
      max: 1,
      step: 0.05,
      value: opacity,
      describe: percent,
      onInput: (value) => update({ opacity: value }),
    });
    const own = checkbox('Scale per image', ownScales, (checked) => update({ ownScales: checked }));
    own.title = 'Colours from the smallest to the largest distance of each image, instead of the whole folder';
    const dependent = h('div', { class: 'heat-map-details' }, opacitySlider, own, this.#legend);
    dependent.hidden = !heatMaps;
    this.#heatMapControls = h(
      'div',
      { class: 'heat-map-controls' },
      checkbox('Heat maps', heatMaps, (checked) => {
        dependent.hidden = !checked;
        update({ heatMaps: checked });
      }),
      dependent,
    );
    const sizeSlider = range({
      ...sizeLimits,
      label: 'Size',
      value: size,
      describe: (value) => `${value} pixels`,
      onInput: (value) => update({ size: value }),
    });
    this.#search = searchField('Filter by name, cluster or class', (text) => actions.filter({ text }));
    this.#reset = button('Show all', () => actions.resetFilter(), 'secondary');
    this.#review = button('Review doubts', () => actions.review(), 'secondary');
    this.#review.title = 'Images that are nearly as close to another cluster, the most doubtful first';
    const panels = (Object.keys(panelTitles) as PanelName[]).map((name) => {
      const toggle = toggleButton(panelTitles[name], false, (pressed) => update({ panel: pressed ? name : 'none' }));
      this.#panels.set(name, toggle);
      return toggle;
    });
    const exportButton: HTMLElement | undefined =
      actions.export && button('Export …', () => actions.export?.(exportButton!), 'secondary');
    this.element = h(
      'div',
      { class: 'toolbar', role: 'group', 'aria-label': 'View' },
      h(
        'div',
        { class: 'toolbar-row' },
        this.#search.element,
        this.#only,
        this.#sort,
        this.#reset,
        this.#review,
        h('span', { class: 'spring' }),
        ...panels,
        exportButton,
      ),
      h('div', { class: 'toolbar-row' }, this.#heatMapControls, sizeSlider),
    );
  }

  focusSearch(): void {
    this.#search.element.querySelector('input')?.focus();
  }

  update({ analysis, classes }: GalleryModel, filter: Filter, sort: SortOrder): void {
    const hasCoordinates = analysis?.coordinates !== undefined;
    this.#setAnalysis(analysis);
    const orders: { value: SortOrder; label: string }[] = [
      ...(hasCoordinates ? [{ value: 'typical' as const, label: 'Typical first' }] : []),
      ...(analysis ? [{ value: 'score' as const, label: 'Anomaly score' }] : []),
      ...(hasCoordinates ? [{ value: 'doubt' as const, label: 'Doubtful first' }] : []),
      { value: 'name', label: 'Name' },
    ];
    const shownSort = orders.some(({ value }) => value === sort) ? sort : 'name';
    place(this.#sort, choiceList('Sort', orders, shownSort, this.actions.sort).element);
    const only: { value: Only; label: string }[] = [
      { value: 'all', label: 'All images' },
      { value: 'selected', label: 'Selected' },
      { value: 'pinned', label: 'Pinned' },
      ...(hasCoordinates ? [{ value: 'doubtful' as const, label: 'Doubtful' }] : []),
      ...(classes.length > 0 ? [{ value: 'minority' as const, label: 'Not of the main class' }] : []),
    ];
    const { element } = choiceList<Only>('Show', only, filter.only ?? 'all', (value) =>
      this.actions.filter({ only: value === 'all' ? undefined : value }),
    );
    place(this.#only, element);
    const { text, truth, cluster, list } = filter;
    const isFiltered = [truth, cluster, list, filter.only].some((each) => each !== undefined) || text !== '';
    this.#reset.hidden = !isFiltered;
    if (!isFiltered) this.#search.clear();
    this.#review.hidden = !hasCoordinates;
  }

  /** @param panels those that there is something to show in */
  showPanels(panels: ReadonlySet<PanelName>, open: PanelName | 'none'): void {
    for (const [name, toggle] of this.#panels) {
      toggle.hidden = !panels.has(name);
      toggle.setAttribute('aria-pressed', String(name === open));
    }
  }

  #setAnalysis(analysis: Analysis | null): void {
    this.#heatMapControls.hidden = analysis === null;
    if (!analysis) return;
    const isOwn = this.view.value.ownScales;
    const [min, max] = isOwn ? ['least', 'most'] : [distance(analysis.scale.min), distance(analysis.scale.max)];
    const title = isOwn
      ? 'Distance of a patch to the most similar ones in other images, from the least to the most of each image'
      : `Distance of a patch to the most similar ones in other images, from ${min} to ${max}`;
    if (this.#legend.title === title) return;
    this.#legend.setAttribute('aria-label', title);
    this.#legend.title = title;
    this.#legend.replaceChildren(h('span', {}, min), colorBar(), h('span', {}, max), h('span', {}, 'distance'));
  }
}

/** Puts a control in its place, unless the person is at it or the same is there already. */
function place(slot: HTMLElement, control: HTMLElement): void {
  const [select, old] = [control.querySelector('select')!, slot.querySelector('select')];
  const isSame = old?.textContent === select.textContent;
  if (isSame) old.value = select.value;
  else slot.replaceChildren(control);
}

/** The colours in order. Opaque: how much of the image shines through is the slider's matter. */
function colorBar(): HTMLCanvasElement {
  const canvas = h('canvas', { class: 'color-bar', width: 256, height: 1 });
  const pixels = Uint8ClampedArray.from(heatColors, (value, i) => (i % 4 === 3 ? 255 : value));
  canvas.getContext('2d')?.putImageData(new ImageData(pixels, 256, 1), 0, 0);
  return canvas;
}
