// The contract between the gallery page and the extension host: one interface a message, a union per direction. Every request is
// answered by its result or by an error, so a handler that throws reaches its caller.
import type { EngineErrorDetail } from '../../worker/api/errors';
import type { OfRegions, Region, RegionMatch } from '../../worker/api/requests';
import type { AnalysedRegion, Coordinates, HeatMap, PackedAnalysis } from '../../worker/api/analysis';
import type { AreaDocument } from '../../worker/area/document';
import type { LabelChange } from '../../worker/labels/change';
import type { VersionChoice, VersionSummary } from '../../worker/labels/conflict';

// #region What the page asks of the host: the request's parameters, and the type of its result.

/**
 * Sent once the page listens. Before the host answers, it sends what to draw as {@link StateChangedNotification}, unless it has done so while the
 * page was loading. A page that such a state did not reach asks again.
 */
export interface ReadyRequest {
  name: 'ready';
  params: { hasMissed: boolean };
  result: null;
}

/** The last run, with regions in the place of images; null where it grouped images, or is not in the cache. */
export interface RegionAnalysisRequest {
  name: 'regionAnalysis';
  params: null;
  result: PackedAnalysis | null;
}

/** The components of an analysis that decisions are learnt from, too; null where it has none. */
export interface FurtherComponentsRequest {
  name: 'furtherComponents';
  params: { analysisId: string };
  result: Coordinates | null;
}

/** Where regions lie in images, as the last run found them. */
export interface RegionsRequest {
  name: 'regions';
  params: { paths: string[] };
  result: AnalysedRegion[];
}

/** Webview URIs of thumbnails. */
export interface ThumbnailsRequest {
  name: 'thumbnails';
  params: { paths: string[] } & OfRegions;
  result: ThumbnailUri[];
}

/** Images without a heat map are left out. */
export interface HeatMapsRequest {
  name: 'heatMaps';
  params: { paths: string[] } & OfRegions;
  result: HeatMap[];
}

/** (images or regions of the analysis, 2), or null. */
export interface MapRequest {
  name: 'map';
  params: OfRegions;
  result: Float32Array | null;
}

/** Webview URIs of the whole image and of its mask's outline. */
export interface PictureRequest {
  name: 'picture';
  params: { path: string };
  result: PictureUris;
}

/** One undoable edit of the label file. */
export interface ChangeRequest {
  name: 'change';
  params: LabelChange;
  result: null;
}

/** Writes the folder's area file, or removes it; it counts from the next run on. */
export interface SaveAreaRequest {
  name: 'saveArea';
  params: { area: AreaShape | null };
  result: null;
}

/** Writes what the gallery shows to a place that the person chooses. */
export interface ExportRequest {
  name: 'export';
  params: { format: ExportFormat };
  result: null;
}

/** Images that look somewhere as this one does in a region, the most similar first. Only one search runs at a time. */
export interface SimilarRegionRequest {
  name: 'similarRegion';
  params: { path: string; region: Region; limit: number };
  result: RegionMatch[];
}

/** Ends the search that runs, whose request fails with the code `cancelled`. */
export interface CancelSearchRequest {
  name: 'cancelSearch';
  params: null;
  result: null;
}

/** Tells the side panel which image is selected. */
export interface SelectedRequest {
  name: 'selected';
  params: { path: string };
  result: null;
}

/** Puts a text on the clipboard. */
export interface CopyRequest {
  name: 'copy';
  params: { text: string };
  result: null;
}

/** What a key of the editor does. */
export interface RunInEditorRequest {
  name: 'runInEditor';
  params: { command: EditorCommand };
  result: null;
}

/** Keeps how the person looks at this folder, for the next time it is opened. */
export interface KeepViewRequest {
  name: 'keepView';
  params: { view: object };
  result: null;
}

/** Opens the image in the editor. */
export interface OpenImageRequest {
  name: 'openImage';
  params: { path: string };
  result: null;
}

/** Clusters the folder (again), so that heat maps are at hand. */
export interface ComputeRequest {
  name: 'compute';
  params: null;
  result: null;
}

/** Asks the person what the images are to be compared with, and clusters the folder again where that is something else. */
export interface CompareWithRequest {
  name: 'compareWith';
  params: null;
  result: null;
}

/** Takes a version of a label file with a conflict: one undoable edit. */
export interface ResolveConflictRequest {
  name: 'resolveConflict';
  params: { take: VersionChoice };
  result: null;
}

/** Opens the label file as text, to mend it. */
export interface OpenAsTextRequest {
  name: 'openAsText';
  params: null;
  result: null;
}

/** Everything that the page asks of the host. */
export type GalleryRequest =
  | ReadyRequest
  | RegionAnalysisRequest
  | FurtherComponentsRequest
  | RegionsRequest
  | ThumbnailsRequest
  | HeatMapsRequest
  | MapRequest
  | PictureRequest
  | ChangeRequest
  | ExportRequest
  | SaveAreaRequest
  | SimilarRegionRequest
  | CancelSearchRequest
  | SelectedRequest
  | CopyRequest
  | RunInEditorRequest
  | KeepViewRequest
  | OpenImageRequest
  | ComputeRequest
  | CompareWithRequest
  | OpenAsTextRequest
  | ResolveConflictRequest;

// #endregion

// #region What the host tells the page; nothing is answered.

/** The label file or its analysis changed. */
export interface StateChangedNotification {
  name: 'stateChanged';
  params: GalleryState;
}

/** The person chose images in the side panel. */
export interface SelectNotification {
  name: 'select';
  params: { paths: string[] };
}

/** The person chose a cluster in the side panel. */
export interface ShowClusterNotification {
  name: 'showCluster';
  params: { cluster: number };
}

/** How far the search for similar places is, in images. */
export interface SearchProgressNotification {
  name: 'searchProgress';
  params: { done: number; total: number };
}

/** Everything that the host tells the page. */
export type GalleryNotification =
  StateChangedNotification | SelectNotification | ShowClusterNotification | SearchProgressNotification;

// #endregion

// #region What the messages hold.

export const exportFormats = [
  ...(['csv', 'folders', 'coco', 'cvat', 'label-studio', 'fiftyone', 'yolo', 'yolo-seg', 'masks'] as const),
  ...(['catalogue', 'report'] as const),
] as const;
export type ExportFormat = (typeof exportFormats)[number];

const formatsOfRegions: readonly ExportFormat[] = ['yolo', 'yolo-seg', 'masks'];

/** What can be written of a label file: some formats are made of regions. */
export function exportFormatsFor(labels: { hasRegions: boolean }): ExportFormat[] {
  return exportFormats.filter((format) => labels.hasRegions || !formatsOfRegions.includes(format));
}

/** Which part of each image counts: what the polygons cover is ignored, or it alone is looked at. */
export type AreaShape = Pick<AreaDocument, 'mode' | 'polygons'>;

export type EditorCommand = 'undo' | 'redo' | 'save';

/** Where a thumbnail can be loaded from, or why there is none. */
export interface ThumbnailUri {
  path: string;
  uri?: string;
  reason?: string;
}

/** Where an image can be loaded from, and its mask's outline where it has a mask. */
export interface PictureUris {
  uri: string;
  mask?: string;
}

export type GalleryState =
  | {
      kind: 'labels';
      /** The folder's name. */
      title: string;
      /** Text of the label file, packed: see src/gallery/packed-text.ts. */
      labels: Uint8Array<ArrayBuffer>;
      /** Changes with every run; null when the last run is not in the cache. */
      analysisId: string | null;
      /** Where it is another one than that of the state before, and with the first state. */
      analysis?: PackedAnalysis;
      /** Which part of each image counts, where the folder has a file that says so. */
      area?: AreaShape;
      /** How the person looked at this folder the last time; what the page itself keeps is newer. */
      view?: unknown;
    }
  | { kind: 'invalid'; title: string; message: string; line: number; column: number }
  | ConflictState;

/** The label file holds the versions of two people. */
export interface ConflictState {
  kind: 'conflict';
  title: string;
  ours: VersionSummary;
  theirs: VersionSummary;
  /** Images that the two have in different places, or that only one has. */
  differing: number;
}

// #endregion

// #region What goes over postMessage.

export type RequestName = GalleryRequest['name'];
export type ParamsOf<Name extends RequestName> = Extract<GalleryRequest, { name: Name }>['params'];
export type ResultOf<Name extends RequestName> = Extract<GalleryRequest, { name: Name }>['result'];

export type NotificationName = GalleryNotification['name'];
export type NewsOf<Name extends NotificationName> = Extract<GalleryNotification, { name: Name }>['params'];

/** A request of the page. The host answers it with exactly one result or error that carries the same id. */
export type RequestMessage = {
  [Name in RequestName]: { type: 'request'; id: number; name: Name; params: ParamsOf<Name> };
}[RequestName];

/** The answer to a request that was served. */
export interface ResultMessage<Name extends RequestName = RequestName> {
  type: 'result';
  id: number;
  result: ResultOf<Name>;
}

/** The answer to a request that failed. */
export interface ErrorMessage {
  type: 'error';
  id: number;
  /** A sentence for the person who reads the page. */
  message: string;
  /** The engine's code and what it is about; absent where something else than the engine failed. */
  detail?: EngineErrorDetail;
}

export type NotificationMessage = { type: 'notification' } & GalleryNotification;

/** Everything that the page posts to the host. */
export type PageMessage = RequestMessage;

/** Everything that answers a request. */
export type AnswerMessage = ResultMessage | ErrorMessage;

/** Everything that the host posts to the page. */
export type HostMessage = AnswerMessage | NotificationMessage;

/** Answers of the host, one function a request: a missing one does not compile. */
export type GalleryHandlers = {
  [Name in RequestName]: (params: ParamsOf<Name>) => ResultOf<Name> | Promise<ResultOf<Name>>;
};

// #endregion
