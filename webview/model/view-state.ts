// How the person looks at the gallery: what survives when the page is hidden or reloaded.
import { heatColorings, type HeatColoring } from './heat-map';
import { sortOrders, type SortOrder } from './interaction';
import type { ViewStorage } from '../source/source';

export const panelNames = ['cut', 'map', 'truth'] as const;
export type PanelName = (typeof panelNames)[number];

export interface ViewState {
  /** Whether heat maps lie over the images. */
  heatMaps: boolean;
  /** Of the heat maps, 0 to 1. */
  opacity: number;
  /** What the colours of heat maps mean. */
  colors: HeatColoring;
  sort: SortOrder;
  /** Whether clusters are a row each, unless they are opened. */
  overview: boolean;
  /** Whether regions are shown in the place of images, where there are any. */
  regions: boolean;
  /** Ids of clusters that are opened in the overview, and of those that are folded elsewhere. */
  opened: readonly number[];
  folded: readonly number[];
  /** Paths of the selected images, while they are not many. */
  selection: readonly string[];
  /** What is open beside the images. */
  panel: PanelName | 'none';
  /** Side of a thumbnail in CSS pixels. */
  size: number;
  /** Whether images that nobody has decided on follow every answer of a review. */
  learns: boolean;
  /** Scroll position in CSS pixels. */
  scroll: number;
}

export const sizeLimits = { min: 80, max: 256, step: 8 } as const;

const defaults: ViewState = {
  heatMaps: true,
  opacity: 0.8,
  colors: 'folder',
  sort: 'typical',
  overview: true,
  regions: false,
  opened: [],
  folded: [],
  selection: [],
  panel: 'none',
  size: 128,
  learns: true,
  scroll: 0,
};

/** Reads what an earlier version of the page may have saved; what is not usable becomes the default. */
export function parseViewState(saved: unknown): ViewState {
  const values: Partial<Record<keyof ViewState, unknown>> = typeof saved === 'object' && saved !== null ? saved : {};
  const number = (key: 'opacity' | 'size' | 'scroll', min: number, max: number) => {
    const value = values[key];
    return typeof value === 'number' && value >= min && value <= max ? value : defaults[key];
  };
  return {
    heatMaps: typeof values.heatMaps === 'boolean' ? values.heatMaps : defaults.heatMaps,
    opacity: number('opacity', 0, 1),
    colors: heatColorings.find((coloring) => coloring === values.colors) ?? defaults.colors,
    sort: sortOrders.find((order) => order === values.sort) ?? defaults.sort,
    overview: typeof values.overview === 'boolean' ? values.overview : defaults.overview,
    regions: typeof values.regions === 'boolean' ? values.regions : defaults.regions,
    opened: listOf(values.opened, isWhole),
    folded: listOf(values.folded, isWhole),
    selection: listOf(values.selection, isText),
    panel: panelNames.find((name) => name === values.panel) ?? defaults.panel,
    size: number('size', sizeLimits.min, sizeLimits.max),
    learns: typeof values.learns === 'boolean' ? values.learns : defaults.learns,
    scroll: number('scroll', 0, Infinity),
  };
}

function listOf<Item>(value: unknown, isItem: (item: unknown) => item is Item): Item[] {
  return Array.isArray(value) ? value.filter(isItem) : [];
}

function isWhole(value: unknown): value is number {
  return Number.isInteger(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

/** The view state of one page. */
export class ViewStateStore {
  readonly #storage: ViewStorage | undefined;
  #value: ViewState;
  #pending: number | undefined;

  constructor(storage: ViewStorage | undefined) {
    this.#storage = storage;
    this.#value = parseViewState(storage?.load());
  }

  get value(): Readonly<ViewState> {
    return this.#value;
  }

  /** Changes it, and keeps it a moment later. */
  update(changes: Partial<ViewState>): void {
    this.#value = { ...this.#value, ...changes };
    // Scrolling and sliders change it many times a second.
    if (this.#pending !== undefined) return;
    this.#pending = window.setTimeout(() => {
      this.#pending = undefined;
      this.#storage?.save(this.#value);
    }, 100);
  }
}
