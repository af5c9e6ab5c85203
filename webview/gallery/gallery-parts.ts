// The parts that the gallery is made of, and which of its gestures each of them calls.
import * as l10n from '@vscode/l10n';
import type { Region } from '../../worker/api/requests';
import { SelectionBar } from '../bars/selection-bar';
import { Toolbar } from '../bars/toolbar';
import { ClusterList } from '../grid/cluster-list';
import type { TileLoader } from '../grid/tile-loader';
import { below, openMenu } from '../kit/menu';
import type { Messages } from '../kit/messages';
import type { GalleryModel } from '../model/gallery-model';
import type { InteractionChange } from '../model/interaction';
import type { ViewStateStore } from '../model/view-state';
import { CutPanel } from '../panels/cut-panel';
import { MapPanel } from '../panels/map-panel';
import { TruthPanel } from '../panels/truth-panel';
import type { GallerySource } from '../source/source';
import { ReviewView } from '../review/review-view';
import { ZoomView } from '../zoom/zoom-view';
import type { Corrections } from './corrections';
import { Dock } from './dock';
import { clusterMenu, exportMenu, imageMenu, moveMenu, type MenuActions } from './gallery-menus';

/** What the parts ask of the gallery. */
export interface Gestures {
  /** What is shown now. */
  model: () => GalleryModel;
  selected: () => string[];
  change: (change: InteractionChange) => void;
  open: (path: string) => void;
  /** The large view was left at an image. */
  leftAt: (path: string) => void;
  /** A review was left at an image. */
  reviewedTo: (path: string) => void;
  viewChanged: () => void;
  /** Regions are to be shown in the place of images, or the other way round. */
  itemsChanged: () => void;
  startRename: (cluster: number) => void;
  /** The selected images get a cluster of their own, whose name can be typed at once. */
  moveToNew: () => void;
  findSimilar: () => void;
  findRegion: (path: string, region: Region) => Promise<void>;
  review: () => void;
  /** Shows keys and marks. */
  help: () => void;
  checkEscapes: () => void;
  /** Shows what {@link chooseCut} would do. */
  previewCut: (clusters: number, groups: Int32Array) => void;
  /** Cuts the dendrogram into so many clusters. @param groups (images of the analysis) 0 to clusters − 1 */
  chooseCut: (clusters: number, groups: Int32Array) => void;
}

/** What the parts are made with. */
export interface PartContext {
  source: GallerySource;
  view: ViewStateStore;
  messages: Messages;
  corrections: Corrections;
  loader: TileLoader;
}

export interface GalleryParts {
  list: ClusterList;
  selectionBar: SelectionBar;
  zoom: ZoomView;
  review: ReviewView;
  dock: Dock;
  toolbar: Toolbar;
}

/** Makes the parts. What the source cannot do, they do not offer. */
export function galleryParts(context: PartContext, gestures: Gestures): GalleryParts {
  const menus = menuActions(context, gestures);
  const list = clusterList(context, gestures, menus);
  return {
    list,
    selectionBar: selectionBar(context, gestures, menus),
    zoom: zoomView(context, gestures, menus, list),
    review: reviewView(context, gestures),
    dock: dock(context, gestures),
    toolbar: toolbar(context, gestures),
  };
}

function pickAllBy({ change }: Gestures) {
  return (paths: readonly string[], how: 'only' | 'add') => change({ kind: 'selectAll', paths, how });
}

function menuActions({ source, messages, corrections }: PartContext, gestures: Gestures): MenuActions {
  const { model, selected, change, startRename, moveToNew, open, findSimilar, checkEscapes } = gestures;
  return {
    corrections,
    model,
    selected,
    pictureOf: async (path) => (await source.thumbnails([path]))[0]?.uri,
    selectAll: (paths) => change({ kind: 'selectAll', paths, how: 'only' }),
    showOnly: (cluster) => change({ kind: 'filter', filter: { cluster } }),
    startRename,
    moveToNew,
    look: open,
    findSimilar,
    checkEscapes,
    openImage:
      source.openImage &&
      ((path) => void messages.watch(source.openImage?.(model().images.get(path)?.imagePath ?? path))),
    copy: source.copy && ((text) => void messages.watch(source.copy?.(text))),
  };
}

function clusterList({ corrections, loader }: PartContext, gestures: Gestures, menus: MenuActions): ClusterList {
  const { change, open } = gestures;
  const isEditable = corrections.isPossible;
  const rename = (id: number, name: string) => {
    const isDone = corrections.rename(id, name);
    // Clusters that have a name come first: it may have moved.
    list.revealCluster(id);
    return isDone;
  };
  const list = new ClusterList(loader, {
    rename: isEditable ? rename : undefined,
    showAll: (cluster, isOpen) => change({ kind: 'open', cluster, isOpen }),
    menu: (id, anchor) => openMenu(l10n.t('Cluster'), clusterMenu(menus, id), below(anchor)),
    pick: (path, how) => change({ kind: 'select', path, how }),
    pickAll: pickAllBy(gestures),
    open,
    imageMenu: (place) => openMenu(l10n.t('Images'), imageMenu(menus), place),
    drop: isEditable ? (cluster) => void corrections.moveTo(cluster) : undefined,
  });
  return list;
}

function selectionBar({ corrections }: PartContext, gestures: Gestures, menus: MenuActions): SelectionBar {
  const isEditable = corrections.isPossible;
  return new SelectionBar({
    move: isEditable ? (anchor) => openMenu(l10n.t('Move to'), moveMenu(menus), below(anchor)) : undefined,
    newCluster: isEditable ? gestures.moveToNew : undefined,
    pin: isEditable ? () => void corrections.togglePin() : undefined,
    similar: gestures.findSimilar,
    clear: () => gestures.change({ kind: 'clear' }),
  });
}

function zoomView(
  { source, view, messages, corrections }: PartContext,
  { model, leftAt, viewChanged, findRegion }: Gestures,
  { openImage }: MenuActions,
  list: ClusterList,
): ZoomView {
  return new ZoomView(source, view, {
    model,
    order: () => list.order,
    correct: corrections.isPossible ? (path, change) => void corrections.correctOne(path, change) : undefined,
    closed: leftAt,
    viewChanged,
    onError: (error) => messages.showError(error),
    announce: (text) => messages.announce(text),
    openInEditor: openImage,
    findRegion: source.similarRegion && findRegion,
    cancelSearch: () => void source.cancelSearch?.(),
  });
}

function reviewView(
  { source, view, messages, corrections }: PartContext,
  { model, reviewedTo, viewChanged }: Gestures,
): ReviewView {
  return new ReviewView(source, view, {
    model,
    decide: (change) => corrections.decide(change, view.value.learns),
    rename: (cluster, name) => corrections.rename(cluster, name),
    // An edit that is on its way is the last one.
    undo: () =>
      void (corrections.pending ?? Promise.resolve()).then(() => messages.watch(source.runInEditor?.('undo'))),
    closed: (path) => path !== undefined && reviewedTo(path),
    viewChanged,
    onError: (error) => messages.showError(error),
    announce: (text) => messages.announce(text),
  });
}

function dock({ source, messages }: PartContext, gestures: Gestures): Dock {
  const { change, open, previewCut, chooseCut } = gestures;
  return new Dock({
    cut: new CutPanel({
      preview: previewCut,
      choose: chooseCut,
    }),
    map: new MapPanel(source, {
      pickAll: pickAllBy(gestures),
      clear: () => change({ kind: 'clear' }),
      open,
      onError: (error) => messages.showError(error),
    }),
    truth: new TruthPanel({
      filter: (facet, value, cluster) => {
        const isTruth = facet.isTruth
          ? { truth: value, facet: undefined }
          : { truth: undefined, facet: { id: facet.id, value } };
        change({ kind: 'filter', filter: { ...isTruth, cluster } });
      },
    }),
  });
}

function toolbar(
  { source, view, messages, corrections }: PartContext,
  { model, change, viewChanged, itemsChanged, review, help }: Gestures,
): Toolbar {
  const exportMenuAt = (anchor: HTMLElement) =>
    openMenu(
      l10n.t('Export'),
      exportMenu(model(), (format) => void messages.watch(source.export?.(format))),
      below(anchor),
    );
  return new Toolbar(view, {
    viewChanged,
    itemsChanged: source.showRegions && itemsChanged,
    filter: (filter) => change({ kind: 'filter', filter }),
    resetFilter: () => change({ kind: 'resetFilter' }),
    sort: (order) => change({ kind: 'sort', order }),
    overview: (isOverview) => change({ kind: 'overview', isOverview }),
    help,
    review: corrections.isPossible ? review : undefined,
    applyToOthers: corrections.isPossible ? () => void corrections.applyToOthers() : undefined,
    export: source.export && exportMenuAt,
  });
}
