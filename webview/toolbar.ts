// The bar above the clusters: what is shown (text, filters, order), how (heat maps, size), and what is open beside the images.
import type { Analysis } from '../worker/api';
import { button, checkbox, choiceList, range, searchField, toggleButton, type Choice } from './controls';
import { h } from './dom';
import { distance, percent } from './format';
import type { GalleryModel } from './gallery-model';
import { heatColors, type HeatColoring } from './heat-map';
import type { Filter, SortOrder } from './interaction';
import { sizeLimits, type PanelName, type ViewStateStore } from './view-state';

/** What one list of choices filters by: `all`, a mark, `cluster:3` or `class:scratch`. */
type Shown = string;

const colorings: { value: HeatColoring; label: string }[] = [
  { value: 'folder', label: 'Distance, one scale' },
  { value: 'image', label: 'Distance, scale per image' },
  { value: 'weight', label: 'Weight (alpha)' },
];

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
  readonly #heatMapDetails = h('div', { class: 'heat-map-details' });
  readonly #heatMaps: ReturnType<typeof checkbox>;
  readonly #opacity: HTMLElement;
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
    const { heatMaps, opacity, size, colors } = view.value;
    const update = (changes: Parameters<ViewStateStore['update']>[0]) => {
      view.update(changes);
      actions.viewChanged();
    };
    this.#opacity = range({
      label: 'Opacity',
      min: 0,
      max: 1,
      step: 0.05,
      value: opacity,
      describe: percent,
      onInput: (value) => update({ opacity: value }),
    });
    const coloring = choiceList<HeatColoring>('Colours of heat maps', colorings, colors, (value) =>
      update({ colors: value }),
    ).element;
    this.#heatMapDetails.append(this.#opacity, coloring, this.#legend);
    this.#heatMaps = checkbox('Heat maps', heatMaps, (checked) => update({ heatMaps: checked }));
    this.#heatMapControls = h('div', { class: 'heat-map-controls' }, this.#heatMaps, this.#heatMapDetails);
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

  update({ analysis, classes, clusters }: GalleryModel, filter: Filter, sort: SortOrder): void {
    this.#showView();
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
    const shown: Choice<Shown>[] = [
      { value: 'all', label: 'All images' },
      { value: 'selected', label: 'Selected' },
      { value: 'pinned', label: 'Pinned' },
      ...(hasCoordinates ? [{ value: 'doubtful', label: 'Doubtful' }] : []),
      ...(classes.length > 0 ? [{ value: 'minority', label: 'Not of the main class' }] : []),
      ...clusters.map(({ id, title }) => ({ value: `cluster:${id}`, label: title, group: 'Clusters' })),
      ...classes.map((name) => ({ value: `class:${name}`, label: name, group: 'Classes' })),
    ];
    place(this.#only, choiceList<Shown>('Show', shown, shownBy(filter), (value) => this.#filterBy(value)).element);
    const { text, truth, cluster, list } = filter;
    const isFiltered = [truth, cluster, list, filter.only].some((each) => each !== undefined) || text !== '';
    this.#reset.hidden = !isFiltered;
    if (!isFiltered) this.#search.clear();
    this.#review.hidden = !hasCoordinates;
  }

  /** What the large view has changed meanwhile. */
  #showView(): void {
    const { heatMaps, opacity } = this.view.value;
    this.#heatMaps.checked = heatMaps;
    this.#heatMapDetails.hidden = !heatMaps;
    const slider = this.#opacity.querySelector('input')!;
    if (slider.valueAsNumber !== opacity) slider.valueAsNumber = opacity;
  }

  #filterBy(value: Shown): void {
    const [kind, name] = [value.split(':', 1)[0]!, value.slice(value.indexOf(':') + 1)];
    const only = (['selected', 'pinned', 'doubtful', 'minority'] as const).find((each) => each === value);
    this.actions.filter({
      only,
      cluster: kind === 'cluster' ? Number(name) : undefined,
      truth: kind === 'class' ? name : undefined,
    });
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
    const { min, max, title } = legend(this.view.value.colors, analysis.scale);
    if (this.#legend.title === title) return;
    this.#legend.setAttribute('aria-label', title);
    this.#legend.title = title;
    this.#legend.replaceChildren(h('span', {}, min), colorBar(), h('span', {}, max));
  }
}

/** Of the choices, the one that says what is filtered. */
function shownBy({ only, cluster, truth }: Filter): Shown {
  if (only !== undefined) return only;
  // A cell of the confusion matrix filters by both; the list names one.
  if (cluster !== undefined) return `cluster:${cluster}`;
  return truth === undefined ? 'all' : `class:${truth}`;
}

/** What the ends of the colours are, and what they mean. */
function legend(coloring: HeatColoring, scale: Analysis['scale']): { min: string; max: string; title: string } {
  switch (coloring) {
    case 'folder': {
      const [min, max] = [distance(scale.min), distance(scale.max)];
      const title = `Distance of a patch to the most similar ones in other images, from ${min} to ${max}`;
      return { min, max, title };
    }
    case 'image': {
      const title = 'Distance of a patch to the most similar ones in other images, over the range of each image';
      return { min: 'least', max: 'most', title };
    }
    case 'weight': {
      const title =
        'Weight of a patch in its image: all of an image sum to one; up to the largest weight of each image';
      return { min: '0', max: 'most', title };
    }
  }
}

/** Puts a control in its place, unless the person is at it or the same is there already. */
function place(slot: HTMLElement, control: HTMLElement): void {
  const [select, old] = [control.querySelector('select')!, slot.querySelector('select')];
  const isSame = old?.innerHTML === select.innerHTML;
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
