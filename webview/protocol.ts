// The contract between the gallery page and the extension host: one interface a message, a map per direction.
// Every request is answered by its result or by an error, so a handler that throws reaches its caller.
import type { HeatMap, PackedAnalysis, Region, RegionMatch } from '../worker/api';
import type { LabelChange } from '../worker/labels/change';

/** What the page asks of the host. */
export interface GalleryRequests {
  /** Sent once the page listens; the host answers with what to draw. */
  ready: { params: null; result: GalleryState };
  /** Webview URIs of thumbnails. */
  thumbnails: { params: { paths: string[] }; result: ThumbnailUri[] };
  heatMaps: { params: { paths: string[] }; result: HeatMap[] };
  /** (images of the analysis, 2), or null. */
  map: { params: null; result: Float32Array | null };
  /** Webview URIs of the whole image and of its mask's outline. */
  picture: { params: { path: string }; result: { uri: string; mask?: string } };
  /** One undoable edit of the label file. */
  change: { params: LabelChange; result: null };
  /** Writes what the gallery shows to a place that the person chooses. */
  export: { params: ExportRequest; result: null };
  /** Images that look somewhere as this one does in a region, the most similar first. Only one search runs at a time. */
  similarRegion: { params: { path: string; region: Region; limit: number }; result: RegionMatch[] };
  /** Ends the search that runs, whose request fails. */
  cancelSearch: { params: null; result: null };
  /** Tells the side panel which image is selected. */
  selected: { params: { path: string }; result: null };
  copy: { params: { text: string }; result: null };
  /** What a key of the editor does. */
  runInEditor: { params: { command: EditorCommand }; result: null };
  /** Keeps how the person looks at this folder, for the next time it is opened. */
  keepView: { params: { view: object }; result: null };
  /** Opens the image in the editor. */
  openImage: { params: { path: string }; result: null };
  /** Clusters the folder (again), so that heat maps are at hand. */
  compute: { params: null; result: null };
  /** Opens the label file as text, to mend it. */
  openAsText: { params: null; result: null };
}

/** What the host tells the page; nothing is answered. */
export interface GalleryNotifications {
  /** The label file or its analysis changed. */
  stateChanged: GalleryState;
  /** The person chose images in the side panel. */
  select: { paths: string[] };
  /** How far the search for similar places is. */
  searchProgress: { done: number; total: number };
}

export const exportFormats = ['csv', 'folders', 'coco', 'fiftyone', 'report'] as const;
export type ExportFormat = (typeof exportFormats)[number];

export type EditorCommand = 'undo' | 'redo' | 'save';

export interface ExportRequest {
  format: ExportFormat;
}

/** Where a thumbnail can be loaded from, or why there is none. */
export interface ThumbnailUri {
  path: string;
  uri?: string;
  reason?: string;
}

export type GalleryState =
  | {
      kind: 'labels';
      /** The folder's name. */
      title: string;
      /** Text of the label file. */
      labels: string;
      /** Changes with every run; null when the last run is not in the cache. */
      analysisId: string | null;
      /** Where it is another one than that of the state before, and with the answer to `ready`. */
      analysis?: PackedAnalysis;
      /** How the person looked at this folder the last time; what the page itself keeps is newer. */
      view?: unknown;
    }
  | { kind: 'invalid'; title: string; message: string; line: number; column: number };

export type GalleryRequestName = keyof GalleryRequests;
export type GalleryNotificationName = keyof GalleryNotifications;

// What goes over postMessage. Page to host: requests. Host to page: their results and errors, and notifications.

/** A request of the page. The host answers it with exactly one result or error that carries the same id. */
export type RequestMessage = {
  [Name in GalleryRequestName]: { type: 'request'; id: number; name: Name; params: GalleryRequests[Name]['params'] };
}[GalleryRequestName];

export interface ResultMessage<Name extends GalleryRequestName = GalleryRequestName> {
  type: 'result';
  id: number;
  result: GalleryRequests[Name]['result'];
}

export interface ErrorMessage {
  type: 'error';
  id: number;
  /** A sentence for the person who reads the page. */
  message: string;
}

export type NotificationMessage = {
  [Name in GalleryNotificationName]: { type: 'notification'; name: Name; params: GalleryNotifications[Name] };
}[GalleryNotificationName];

/** Everything that the page posts to the host. */
export type PageMessage = RequestMessage;

/** Everything that the host posts to the page. */
export type HostMessage = ResultMessage | ErrorMessage | NotificationMessage;

/** Answers of the host, one function a request: a missing one does not compile. */
export type GalleryHandlers = {
  [Name in GalleryRequestName]: (
    params: GalleryRequests[Name]['params'],
  ) => GalleryRequests[Name]['result'] | Promise<GalleryRequests[Name]['result']>;
};
