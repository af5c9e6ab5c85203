// The bar above the clusters: what is shown (text, filters, order), how (heat maps, size), and what is open beside the images.
import * as l10n from '@vscode/l10n';
import type { Analysis } from '../../worker/api/analysis';
import { button, choiceList, range, searchField, toggleButton, type Choice } from '../kit/controls';
import { h } from '../kit/dom';
import { threeDigits } from '../kit/format';
import { language } from '../kit/l10n';
import type { GalleryModel } from '../model/gallery-model';
import { heatColors } from '../../worker/evaluation/heat-colors';
import { type HeatColoring } from '../model/heat-map';
import { heatMapSwitches } from './heat-switches';
import { isFiltered, type Filter, type SortOrder } from '../model/interaction';
import { sizeLimits, type PanelName, type ViewState, type ViewStateStore } from '../model/view-state';

/** What one list of choices filters by: `all`, a mark, `cluster:3` or `class:scratch`. */
type Shown = string;

const colorings: { value: HeatColoring; label: string }[] = [
  { value: 'folder', label: l10n.t('Unusual in the folder') },
  { value: 'image', label: l10n.t('Unusual in each image') },
  { value: 'weight', label: l10n.t('Weight (alpha)') },
];

export interface ToolbarActions {
  /** The view state changed. */
  viewChanged: () => void;
  /** Whether regions are shown in the place of images has changed in it; absent where they cannot be. */
  itemsChanged?: (() => void) | undefined;
  filter: (filter: Partial<Filter>) => void;
  resetFilter: () => void;
  sort: (order: SortOrder) => void;
  /** Whether clusters are a row each. */
  overview: (isOverview: boolean) => void;
  /** Shows keys and marks. */
  help: () => void;
  /** Absent where labels cannot be changed. */
  review?: (() => void) | undefined;
  applyToOthers?: (() => void) | undefined;
  export?: ((anchor: HTMLElement) => void) | undefined;
}

const panelTitles: Record<PanelName, string> = {
  cut: l10n.t('Clusters'),
  map: l10n.t('Map'),
  truth: l10n.t('Counts'),
};

export class Toolbar {
  readonly element: HTMLElement;
  readonly #heatMapControls: HTMLElement;
  readonly #heatMapDetails = h('div', { class: 'heat-map-details' });
  readonly #heatMaps: ReturnType<typeof heatMapSwitches>['box'];
  readonly #opacity: HTMLElement;
  readonly #coloring = h('span');
  readonly #legend = h('div', { class: 'legend', role: 'img' });
  readonly #search: ReturnType<typeof searchField>;
  readonly #only = h('span');
  readonly #sort = h('span');
  readonly #overview: HTMLButtonElement;
  readonly #regions: HTMLButtonElement;
  readonly #reset: HTMLElement;
  readonly #review: HTMLElement | undefined;
  readonly #apply: HTMLElement | undefined;
  readonly #panels = new Map<PanelName, HTMLButtonElement>();

  constructor(
    readonly view: ViewStateStore,
    readonly actions: ToolbarActions,
  ) {
    const { size } = view.value;
    const { box, slider } = heatMapSwitches(l10n.t('Heat maps'), view, actions.viewChanged);
    [this.#heatMaps, this.#opacity] = [box, slider];
    this.#heatMapDetails.append(slider, this.#coloring, this.#legend);
    this.#heatMapControls = h('div', { class: 'heat-map-controls' }, box, this.#heatMapDetails);
    const sizeSlider = range({
      ...sizeLimits,
      label: l10n.t('Size'),
      value: size,
      describe: (value) => l10n.t('{0} pixels', value),
      onInput: (value) => this.#update({ size: value }),
    });
    this.#search = searchField(l10n.t('Filter images'), (text) => actions.filter({ text }));
    this.#overview = toggleButton(l10n.t('Overview'), true, (pressed) => actions.overview(pressed));
    this.#overview.title = l10n.t('One row for each cluster: its most typical images, and those that vary most');
    this.#regions = toggleButton(l10n.t('Regions'), false, (pressed) => {
      view.update({ regions: pressed });
      actions.itemsChanged?.();
    });
    this.#regions.title = l10n.t('The places where something stands out, each by itself, in the place of whole images');
    this.#reset = button(l10n.t('Show all'), () => actions.resetFilter(), 'secondary');
    const { review, applyToOthers } = actions;
    this.#review = review && button(l10n.t('Review'), review, 'secondary');
    if (this.#review)
      this.#review.title = l10n.t('Decide on a few images, those that tell most first; the others follow');
    this.#apply = applyToOthers && button('', applyToOthers, 'secondary');
    if (this.#apply)
      this.#apply.title = l10n.t('Moves images that you have not decided on to where your decisions say');
    const panels = (Object.keys(panelTitles) as PanelName[]).map((name) => {
      const toggle = toggleButton(panelTitles[name], false, (pressed) =>
        this.#update({ panel: pressed ? name : 'none' }),
      );
      this.#panels.set(name, toggle);
      return toggle;
    });
    const exportButton: HTMLElement | undefined =
      actions.export && button(l10n.t('Export …'), () => actions.export?.(exportButton!), 'secondary');
    const helpButton = h('button', { class: 'help-button', type: 'button' }, '?');
    helpButton.setAttribute('aria-label', l10n.t('Help: keys and marks'));
    helpButton.title = l10n.t('Help: keys and marks (?)');
    helpButton.addEventListener('click', () => actions.help());
    const viewToggle = toggleButton(l10n.t('View'), false, (pressed) => {
      viewToggle.setAttribute('aria-pressed', String(pressed));
      this.element.classList.toggle('shows-view', pressed);
    });
    viewToggle.classList.add('view-toggle');
    this.element = h(
      'div',
      { class: 'toolbar', role: 'group', 'aria-label': l10n.t('View') },
      h(
        'div',
        { class: 'toolbar-row' },
        this.#search.element,
        this.#only,
        this.#sort,
        this.#reset,
        this.#review,
        this.#apply,
        h('div', { class: 'toolbar-end' }, ...panels, exportButton, viewToggle, helpButton),
      ),
      h('div', { class: 'toolbar-row view-row' }, this.#overview, this.#regions, this.#heatMapControls, sizeSlider),
    );
  }

  #update(changes: Parameters<ViewStateStore['update']>[0]): void {
    this.view.update(changes);
    this.actions.viewChanged();
  }

  /** Puts the cursor into the field that filters by words. */
  focusSearch(): void {
    this.#search.element.querySelector('input')?.focus();
  }

  /** Offers what the model has something for, and shows what is chosen. */
  update(
    { analysis, classes, clusters, facets, weightsOf, images, shows }: GalleryModel,
    filter: Filter,
    sort: SortOrder,
    view: Readonly<ViewState>,
    followers: number,
  ): void {
    this.#showView(view);
    this.#regions.hidden = shows === 'images' || !this.actions.itemsChanged;
    this.#regions.setAttribute('aria-pressed', String(shows === 'regions'));
    const truthTitle = facets.find(({ isTruth }) => isTruth)?.label ?? '';
    const hasCoordinates = analysis?.coordinates !== undefined;
    const hasFollowed = filter.only === 'followed' || images.all.some(({ followed }) => followed !== undefined);
    // What an earlier run had weights for, another may not have.
    const coloring = weightsOf || view.colors !== 'weight' ? view.colors : 'folder';
    const offered = colorings.filter(({ value }) => weightsOf || value !== 'weight');
    place(
      this.#coloring,
      choiceList(l10n.t('Colours of heat maps'), offered, coloring, (colors) => this.#update({ colors })).element,
    );
    this.#setAnalysis(analysis, coloring);
    const orders: { value: SortOrder; label: string }[] = [
      ...(hasCoordinates ? [{ value: 'typical' as const, label: l10n.t('Typical first') }] : []),
      ...(analysis ? [{ value: 'score' as const, label: l10n.t('Anomaly score') }] : []),
      ...(hasCoordinates ? [{ value: 'doubt' as const, label: l10n.t('Doubtful first') }] : []),
      { value: 'name', label: l10n.t('Name') },
    ];
    const shownSort = orders.some(({ value }) => value === sort) ? sort : 'name';
    place(this.#sort, choiceList(l10n.t('Sort'), orders, shownSort, this.actions.sort).element);
    const shown: Choice<Shown>[] = [
      { value: 'all', label: shows === 'regions' ? l10n.t('All regions') : l10n.t('All images') },
      { value: 'selected', label: l10n.t('Selected') },
      { value: 'pinned', label: l10n.t('Pinned') },
      ...(hasCoordinates ? [{ value: 'doubtful', label: l10n.t('Doubtful') }] : []),
      ...(analysis?.added || filter.only === 'new' ? [{ value: 'new', label: l10n.t('New in the last run') }] : []),
      ...(hasFollowed ? [{ value: 'followed', label: l10n.t('Moved by your decisions') }] : []),
      ...(classes.length > 0 ? [{ value: 'minority', label: l10n.t('Not of the main class') }] : []),
      ...clusters.map(({ id, title }) => ({ value: `cluster:${id}`, label: title, group: l10n.t('Clusters') })),
      ...classes.map((name) => ({ value: `class:${name}`, label: name, group: truthTitle })),
    ];
    place(
      this.#only,
      choiceList<Shown>(l10n.t('Show'), shown, shownBy(filter), (value) => this.#filterBy(value)).element,
    );
    const hidesSome = isFiltered(filter);
    this.#reset.hidden = !hidesSome;
    if (!hidesSome) this.#search.clear();
    // One of them at a time: the row has room for no more.
    if (this.#review) this.#review.hidden = !hasCoordinates || hidesSome;
    if (!this.#apply) return;
    this.#apply.hidden = followers === 0 || hidesSome;
    this.#apply.textContent =
      followers === 1 ? l10n.t('Apply to 1 other') : l10n.t('Apply to {0} others', followers.toLocaleString(language));
  }

  /** What the large view has changed meanwhile. */
  #showView({ heatMaps, opacity, overview }: Readonly<ViewState>): void {
    this.#overview.setAttribute('aria-pressed', String(overview));
    this.#heatMaps.checked = heatMaps;
    this.#heatMapDetails.hidden = !heatMaps;
    const slider = this.#opacity.querySelector('input')!;
    if (slider.valueAsNumber !== opacity) slider.valueAsNumber = opacity;
  }

  #filterBy(value: Shown): void {
    const [kind, name] = [value.split(':', 1)[0]!, value.slice(value.indexOf(':') + 1)];
    const only = (['selected', 'pinned', 'doubtful', 'minority', 'followed', 'new'] as const).find(
      (each) => each === value,
    );
    this.actions.filter({
      only,
      facet: undefined,
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

  #setAnalysis(analysis: Analysis | null, coloring: HeatColoring): void {
    this.#heatMapControls.hidden = analysis === null;
    if (!analysis) return;
    const { min, max, title } = legend(coloring, analysis.scale);
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
      const title = l10n.t(
        'How much a place stands out in this folder: clear up to what nine of ten patches have (score {0}), full colour from what half of the images reach (score {1})',
        threeDigits(scale.usual),
        threeDigits(scale.unusual),
      );
      return { min: l10n.t('normal'), max: l10n.t('unusual'), title };
    }
    case 'image': {
      const title = l10n.t(
        'How much a place stands out in its own image: four fifths of each image stay clear, the rest goes up to its most unusual place',
      );
      return { min: l10n.t('normal'), max: l10n.t('unusual'), title };
    }
    case 'weight': {
      const title = l10n.t(
        'Weight of a patch in its image: all of an image sum to one; up to the largest weight of each image',
      );
      return { min: '0', max: l10n.t('most'), title };
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

/** The colours in order; its clear end lets the page shine through. */
function colorBar(): HTMLCanvasElement {
  const canvas = h('canvas', { class: 'color-bar', width: 256, height: 1 });
  canvas.getContext('2d')?.putImageData(new ImageData(Uint8ClampedArray.from(heatColors), 256, 1), 0, 0);
  return canvas;
}
