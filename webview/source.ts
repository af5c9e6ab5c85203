// Where the page's content comes from: the extension host in VS Code, or the data inside a report.
import type { HeatMap } from '../worker/api';
import type { GalleryState, ThumbnailUri } from './protocol';

/** What the page shows now. */
export type PageState = { kind: 'loading' } | { kind: 'failed'; message: string } | GalleryState;

/**
 * Gestures that a source cannot serve are absent, and so are their controls on the page.
 * Promises reject with an Error whose message can be shown.
 */
export interface GallerySource {
  readonly state: PageState;
  /** Calls the listener after each change of `state`. */
  subscribe(listener: (state: PageState) => void): void;
  thumbnails(paths: string[]): Promise<ThumbnailUri[]>;
  /** Images without a heat map are left out. */
  heatMaps(paths: string[]): Promise<HeatMap[]>;
  renameCluster?(id: number, name: string): Promise<unknown>;
  openImage?(path: string): Promise<unknown>;
  compute?(): Promise<unknown>;
  openAsText?(): Promise<unknown>;
  /** Keeps how the person looks at the page while it is hidden or reloaded. */
  viewStorage?: ViewStorage;
}

export interface ViewStorage {
  load(): unknown;
  save(state: object): void;
}
