// What the person does on the page beyond the label file: selection, sorting, filters, clusters opened or folded. Pure.
import * as l10n from '@vscode/l10n';
import type { Region } from '../../worker/api/requests';
import { sortedBy } from '../../worker/base/sorting';
import { threeDigits } from '../kit/format';
import { latest } from '../kit/memo';
import type { Facet } from './facets';
import type { ClusterModel, GalleryModel } from './gallery-model';
import type { ImageModel } from './image-model';

export const sortOrders = ['typical', 'score', 'doubt', 'name'] as const;
export type SortOrder = (typeof sortOrders)[number];

export interface Filter {
  /** Part of the path, of the cluster's name or of the class, in any case. */
  text: string;
  /** Ground-truth class. */
  truth?: string | undefined;
  cluster?: number | undefined;
  /** What a facet says of the image. */
  facet?: { id: string; value: string } | undefined;
  only?: 'pinned' | 'doubtful' | 'minority' | 'selected' | 'followed' | 'new' | undefined;
  list?: ImageList | undefined;
}

/** Some images only, in this order and in one section: those that are similar to one, or a queue to review. */
export interface ImageList {
  title: string;
  paths: readonly string[];
  /** What is said of an image in the list, by path: how far it is, or how much in doubt. */
  values?: ReadonlyMap<string, string>;
  /** Whether images go from the list once a person has decided on them. */
  isQueue?: boolean;
  /** What is marked in each image, by path. */
  places?: ReadonlyMap<string, Region>;
}

export interface Interaction {
  selection: ReadonlySet<string>;
  /** Where a range starts. */
  anchor: string | undefined;
  sort: SortOrder;
  filter: Filter;
  /** Whether clusters are a row each, unless they are opened; otherwise all of their images are there, unless they are folded. */
  isOverview: boolean;
  /** Ids of clusters that show all of their images in the overview. */
  opened: ReadonlySet<number>;
  /** Ids of clusters whose images are hidden where it is not the overview. */
  folded: ReadonlySet<number>;
}

/** How a cluster's images lie: all of them, the first ones in one row, or none. */
export type Arrangement = 'open' | 'row' | 'folded';

export const noInteraction: Interaction = {
  selection: new Set(),
  anchor: undefined,
  sort: 'typical',
  filter: { text: '' },
  isOverview: true,
  opened: new Set(),
  folded: new Set(),
};

export type InteractionChange =
  /** Only this image; or also; or no longer; or everything from the anchor to it. */
  | { kind: 'select'; path: string; how: 'only' | 'toggle' | 'range' | 'addRange' }
  | { kind: 'selectAll'; paths: readonly string[]; how: 'only' | 'add' }
  | { kind: 'clear' }
  | { kind: 'sort'; order: SortOrder }
  | { kind: 'filter'; filter: Partial<Filter> }
  | { kind: 'resetFilter' }
  /** Shows all images of a cluster, or only a row of them, or none. */
  | { kind: 'open'; cluster: number; isOpen: boolean }
  | { kind: 'overview'; isOverview: boolean }
  /** The label file changed: what is no longer in it is no longer selected. */
  | { kind: 'labels'; paths: { has(path: string): boolean } };

/** @param shown gives the paths in the order in which they are shown; only asked for ranges */
export function reduce(state: Interaction, action: InteractionChange, shown: () => readonly string[]): Interaction {
  switch (action.kind) {
    case 'select':
      return select(state, action.path, action.how, shown);
    case 'selectAll': {
      const before = action.how === 'add' ? state.selection : [];
      return { ...state, selection: new Set([...before, ...action.paths]), anchor: action.paths[0] ?? state.anchor };
    }
    case 'clear':
      if (state.selection.size === 0) return state;
      return { ...state, selection: new Set(), anchor: undefined };
    case 'sort':
      return { ...state, sort: action.order };
    case 'filter':
      return { ...state, filter: { ...state.filter, ...action.filter } };
    case 'resetFilter':
      return { ...state, filter: noInteraction.filter };
    case 'open': {
      const { cluster, isOpen } = action;
      return hasRows(state)
        ? { ...state, opened: withOrWithout(state.opened, cluster, isOpen) }
        : { ...state, folded: withOrWithout(state.folded, cluster, !isOpen) };
    }
    case 'overview':
      return { ...state, isOverview: action.isOverview, opened: noInteraction.opened, folded: noInteraction.folded };
    case 'labels': {
      const kept = [...state.selection].filter((path) => action.paths.has(path));
      const selection = kept.length === state.selection.size ? state.selection : new Set(kept);
      const anchor = state.anchor !== undefined && action.paths.has(state.anchor) ? state.anchor : undefined;
      return { ...state, selection, anchor };
    }
  }
}

function withOrWithout(set: ReadonlySet<number>, id: number, isIn: boolean): ReadonlySet<number> {
  const changed = new Set(set);
  if (isIn) changed.add(id);
  else changed.delete(id);
  return changed;
}

/** Whoever filters wants to see all that passes. */
function hasRows({ isOverview, filter }: Pick<Interaction, 'isOverview' | 'filter'>): boolean {
  return isOverview && !isFiltered(filter);
}

/** Whether some images may be left out. */
export function isFiltered({ text, truth, cluster, facet, only, list }: Filter): boolean {
  return text !== '' || [truth, cluster, facet, only, list].some((each) => each !== undefined);
}

function select(
  state: Interaction,
  path: string,
  how: 'only' | 'toggle' | 'range' | 'addRange',
  shown: () => readonly string[],
): Interaction {
  if (how === 'only') return { ...state, selection: new Set([path]), anchor: path };
  if (how === 'toggle') {
    const selection = new Set(state.selection);
    if (!selection.delete(path)) selection.add(path);
    return { ...state, selection, anchor: path };
  }
  const order = shown();
  const [from, to] = [order.indexOf(state.anchor ?? path), order.indexOf(path)];
  if (from < 0 || to < 0) return select(state, path, 'only', shown);
  const range = order.slice(Math.min(from, to), Math.max(from, to) + 1);
  const before = how === 'addRange' ? state.selection : [];
  return { ...state, selection: new Set([...before, ...range]), anchor: state.anchor ?? path };
}

/** One heading and the images below it or beside it. */
export interface Section {
  cluster: ClusterModel;
  /** Those that pass the filter, sorted. */
  images: readonly ImageModel[];
  arrangement: Arrangement;
  /** Key that moves images here: 1 to 9; undefined for other clusters, and where labels cannot be changed. */
  digit?: number | undefined;
  /** The images that a row shows of them, so many. */
  row: (count: number) => readonly ImageModel[];
  /** What stands below an image; its file's name by default. */
  captionOf?: ((image: ImageModel) => Caption | undefined) | undefined;
  places?: ReadonlyMap<string, Region> | undefined;
}

/** A line below an image. */
export interface Caption {
  text: string;
  /** Of a cluster: #rrggbb. */
  color?: string;
}

/** What the grid shows: named clusters first. A section without any image that passes the filter is left out, unless nothing is filtered. */
export function sectionsOf(
  model: GalleryModel,
  state: Pick<Interaction, 'filter' | 'sort' | 'isOverview' | 'opened' | 'folded' | 'selection'>,
): Section[] {
  const { filter, sort, selection } = state;
  const { list } = filter;
  if (list) return listSection(model, list);
  const facet = model.facets.find(({ id }) => id === filter.facet?.id);
  const passes = passing(filter, facet, selection);
  const isRows = hasRows(state) && model.clusters.filter(({ images }) => images.length > 0).length > 1;
  const arrangementOf = (id: number): Arrangement =>
    isRows ? (state.opened.has(id) ? 'open' : 'row') : state.folded.has(id) ? 'folded' : 'open';
  const captionOf = captionsFor(sort);
  const sections = model.clusters.flatMap((cluster, place): Section[] => {
    const passed = passes ? cluster.images.filter((image) => passes(image, cluster)) : cluster.images;
    if (passes && passed.length === 0) return [];
    const images = sorted(passed, sort);
    const digit = place < 9 ? place + 1 : undefined;
    // Laid out again, a row has room for as many as before.
    const row = latest((count: number) =>
      sort === 'typical' ? model.typicalAndVaried(images, count) : images.slice(0, count),
    );
    return [{ cluster, images, arrangement: arrangementOf(cluster.id), digit, row, captionOf }];
  });
  return [
    ...sections.filter(({ cluster }) => cluster.name.trim() !== ''),
    ...sections.filter(({ cluster }) => cluster.name.trim() === ''),
  ];
}

/** A list is shown like one cluster; each image says which one it is in. */
function listSection(model: GalleryModel, list: ImageList): Section[] {
  const listed = list.paths.flatMap((path) => model.images.get(path) ?? []);
  const images = list.isQueue ? listed.filter(({ pinned }) => !pinned) : listed;
  if (images.length === 0) return [];
  const cluster: ClusterModel = {
    id: 0,
    name: list.title,
    ok: undefined,
    title: list.title,
    color: 'transparent',
    share: images.length / model.imageCount,
    images,
    areRegions: model.shows === 'regions',
    further: [],
    majority: undefined,
  };
  const clusters = new Map(model.clusters.map((each) => [each.id, each]));
  const captionOf = (image: ImageModel): Caption | undefined => {
    const own = clusters.get(image.cluster);
    const value = list.values?.get(image.path);
    return own && { text: [own.title, ...(value === undefined ? [] : [value])].join(' · '), color: own.color };
  };
  const row = (count: number) => images.slice(0, count);
  return [{ cluster, images, arrangement: 'open', row, captionOf, places: list.places }];
}

/** What an order goes by stands below the images. */
function captionsFor(sort: SortOrder): Section['captionOf'] {
  const text = (value: number | undefined, inWords: (digits: string) => string) =>
    value === undefined ? undefined : { text: inWords(threeDigits(value)) };
  switch (sort) {
    case 'score':
      return ({ score }) => text(score, (value) => l10n.t('score {0}', value));
    case 'doubt':
      return ({ margin }) => text(margin, (value) => l10n.t('margin {0}', value));
    default:
      return undefined;
  }
}

const nothing: ReadonlySet<string> = new Set();

/** {@link sectionsOf}, worked out again only when something that it depends on has changed: the selection, only where it filters. */
export function keptSections(): (model: GalleryModel, interaction: Interaction) => Section[] {
  const kept = latest(
    (
      model: GalleryModel,
      filter: Filter,
      sort: SortOrder,
      isOverview: boolean,
      opened: ReadonlySet<number>,
      folded: ReadonlySet<number>,
      selection: ReadonlySet<string>,
    ) => sectionsOf(model, { filter, sort, isOverview, opened, folded, selection }),
  );
  return (model, { filter, sort, isOverview, opened, folded, selection }) =>
    kept(model, filter, sort, isOverview, opened, folded, filter.only === 'selected' ? selection : nothing);
}

/** Undefined when everything passes. */
function passing(
  { text, truth, cluster: id, only, facet: wanted }: Filter,
  facet: Facet | undefined,
  selection: ReadonlySet<string>,
): ((image: ImageModel, cluster: ClusterModel) => boolean) | undefined {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0 && truth === undefined && id === undefined && only === undefined && !wanted) return undefined;
  return (image, cluster) => {
    if (id !== undefined && cluster.id !== id) return false;
    if (truth !== undefined && image.truth !== truth) return false;
    if (wanted && facet?.valueOf(image) !== wanted.value) return false;
    if (only === 'pinned' && !image.pinned) return false;
    if (only === 'new' && !image.isNew) return false;
    if (only === 'followed' && image.followed === undefined) return false;
    if (only === 'minority' && !image.isMinority) return false;
    if (only === 'selected' && !selection.has(image.path)) return false;
    if (only === 'doubtful' && !image.isDoubtful) return false;
    if (words.length === 0) return true;
    const searched = `${image.path} ${cluster.title} ${image.truth ?? ''}`.toLowerCase();
    return words.every((word) => searched.includes(word));
  };
}

function sorted(images: readonly ImageModel[], order: SortOrder): readonly ImageModel[] {
  switch (order) {
    case 'name':
      return images;
    case 'score':
      return sortedBy(images, ({ score }) => -(score ?? -Infinity));
    case 'doubt':
      return sortedBy(images, ({ margin }) => margin ?? Infinity);
    case 'typical':
      return sortedBy(images, ({ toMedoid }) => toMedoid ?? Infinity);
  }
}
