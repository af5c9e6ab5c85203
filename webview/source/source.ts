// Where the page's content comes from: the extension host in VS Code, or the data inside a report.
import type { Region, RegionMatch } from '../../worker/api/requests';
import type { AnalysedRegion, Analysis, Coordinates, HeatMap } from '../../worker/api/analysis';
import type { LabelChange } from '../../worker/labels/change';
import type { VersionChoice } from '../../worker/labels/conflict';
import type { AreaShape, EditorCommand, ExportFormat, GalleryState, ThumbnailUri } from './protocol';

/** What the page shows now. */
export type PageState =
  | { kind: 'loading' }
  | { kind: 'failed'; message: string }
  | Exclude<GalleryState, SentLabels>
  | (Omit<SentLabels, 'labels' | 'analysis'> & { labels: string });

/** What is sent of labels, whose text is what the page works with. */
type SentLabels = Extract<GalleryState, { kind: 'labels' }>;

/**
 * Gestures that a source cannot serve are absent, and so are their controls on the page.
 * Promises reject with an Error whose message can be shown.
 */
export interface GallerySource {
  readonly state: PageState;
  /** Calls the listener after each change of `state`. */
  subscribe(listener: (state: PageState) => void): void;
  /** Calls the listener when images are chosen elsewhere. */
  onSelect?(listener: (paths: string[]) => void): void;
  /** Calls the listener when a cluster is chosen elsewhere. */
  onShowCluster?(listener: (cluster: number) => void): void;
  /** From now on regions, by their keys, stand in the place of images, or do not; absent where there are none to show. */
  showRegions?(shows: boolean): void;
  /** Where regions lie in images. */
  regions?(paths: string[]): Promise<AnalysedRegion[]>;
  /** The analysis of `state`. */
  analysis(): Promise<Analysis | null>;
  /** Components of that analysis that decisions are learnt from, too: see {@link Analysis.further}. */
  furtherComponents?(analysisId: string): Promise<Coordinates | null>;
  /** (images of the analysis, 2): places on a map of alike images. */
  map(): Promise<Float32Array | null>;
  thumbnails(paths: string[]): Promise<ThumbnailUri[]>;
  picture(path: string): Promise<{ uri: string; mask?: string }>;
  /** Images without a heat map are left out. */
  heatMaps(paths: string[]): Promise<HeatMap[]>;
  change?(change: LabelChange): Promise<unknown>;
  export?(format: ExportFormat): Promise<unknown>;
  /** Null: all of each image counts. */
  saveArea?(area: AreaShape | null): Promise<unknown>;
  /** So many images that look somewhere as this one does in a region, the most similar first, itself included. */
  similarRegion?(path: string, region: Region, limit: number): Promise<RegionMatch[]>;
  cancelSearch?(): Promise<unknown>;
  /** Calls the listener while a search runs. */
  onSearchProgress?(listener: (done: number, total: number) => void): void;
  selected?(path: string): Promise<unknown>;
  copy?(text: string): Promise<unknown>;
  runInEditor?(command: EditorCommand): Promise<unknown>;
  openImage?(path: string): Promise<unknown>;
  compute?(): Promise<unknown>;
  /** Asks what the images are to be compared with. */
  compareWith?(): Promise<unknown>;
  openAsText?(): Promise<unknown>;
  resolveConflict?(take: VersionChoice): Promise<unknown>;
  /** Keeps how the person looks at the page while it is hidden or reloaded. */
  viewStorage?: ViewStorage;
}

export interface ViewStorage {
  /** Undefined when nothing is kept. */
  load(): unknown;
  save(state: object): void;
}
