// What the person does on the page beyond the label file: selection, sorting, filters, folded clusters. Pure.
import type { Region } from '../../worker/api/requests';
import { latest } from '../kit/memo';
import type { ClusterModel, GalleryModel, ImageModel } from './gallery-model';

export const sortOrders = ['typical', 'score', 'doubt', 'name'] as const;
export type SortOrder = (typeof sortOrders)[number];

export interface Filter {
  /** Part of the path, of the cluster's name or of the class, in any case. */
  text: string;
  /** Ground-truth class. */
  truth?: string | undefined;
  cluster?: number | undefined;
  only?: 'pinned' | 'doubtful' | 'minority' | 'selected' | 'followed' | 'new' | undefined;
  list?: ImageList | undefined;
}

/** Some images only, in this order and in one section: those that are similar to one, or a queue to review. */
export interface ImageList {
  title: string;
  paths: readonly string[];
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
  /** Ids of clusters whose images are hidden. */
  folded: ReadonlySet<number>;
}

export const noInteraction: Interaction = {
  selection: new Set(),
  anchor: undefined,
  sort: 'typical',
  filter: { text: '' },
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
  | { kind: 'fold'; cluster: number; folded: boolean }
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
    case 'fold': {
      const folded = new Set(state.folded);
      if (action.folded) folded.add(action.cluster);
      else folded.delete(action.cluster);
      return { ...state, folded };
    }
    case 'labels': {
      const kept = [...state.selection].filter((path) => action.paths.has(path));
      const selection = kept.length === state.selection.size ? state.selection : new Set(kept);
      const anchor = state.anchor !== undefined && action.paths.has(state.anchor) ? state.anchor : undefined;
      return { ...state, selection, anchor };
    }
  }
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

/** One heading and the images below it. */
export interface Section {
  cluster: ClusterModel;
  /** As shown: filtered and sorted; none when it is folded. */
  images: readonly ImageModel[];
  /** Images that pass the filter, folded or not. */
  count: number;
  isFolded: boolean;
  places?: ReadonlyMap<string, Region> | undefined;
}

/** What the grid shows. A section without any image that passes the filter is left out, unless nothing is filtered. */
export function sectionsOf(
  model: GalleryModel,
  { filter, sort, folded, selection }: Pick<Interaction, 'filter' | 'sort' | 'folded' | 'selection'>,
): Section[] {
  const { list } = filter;
  if (list) {
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
      majority: undefined,
    };
    return [{ cluster, images, count: images.length, isFolded: false, places: list.places }];
  }
  const passes = passing(filter, selection);
  return model.clusters.flatMap((cluster) => {
    const images = passes ? cluster.images.filter((image) => passes(image, cluster)) : cluster.images;
    if (passes && images.length === 0) return [];
    const isFolded = folded.has(cluster.id);
    return [{ cluster, images: isFolded ? [] : sorted(images, sort), count: images.length, isFolded }];
  });
}

const nothing: ReadonlySet<string> = new Set();

/** {@link sectionsOf}, worked out again only when something that it depends on has changed: the selection, only where it filters. */
export function keptSections(): (model: GalleryModel, interaction: Interaction) => Section[] {
  const kept = latest(
    (
      model: GalleryModel,
      filter: Filter,
      sort: SortOrder,
      folded: ReadonlySet<number>,
      selection: ReadonlySet<string>,
    ) => sectionsOf(model, { filter, sort, folded, selection }),
  );
  return (model, { filter, sort, folded, selection }) =>
    kept(model, filter, sort, folded, filter.only === 'selected' ? selection : nothing);
}

/** Undefined when everything passes. */
function passing(
  { text, truth, cluster: id, only }: Filter,
  selection: ReadonlySet<string>,
): ((image: ImageModel, cluster: ClusterModel) => boolean) | undefined {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0 && truth === undefined && id === undefined && only === undefined) return undefined;
  return (image, cluster) => {
    if (id !== undefined && cluster.id !== id) return false;
    if (truth !== undefined && image.truth !== truth) return false;
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
      return by(images, ({ score }) => -(score ?? -Infinity));
    case 'doubt':
      return by(images, ({ margin }) => margin ?? Infinity);
    case 'typical':
      return by(images, ({ toMedoid }) => toMedoid ?? Infinity);
  }
}

/** Sorted by a number; equal ones keep their order. */
function by(images: readonly ImageModel[], value: (image: ImageModel) => number): ImageModel[] {
  return images
    .map((image) => ({ image, key: value(image) }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ image }) => image);
}
