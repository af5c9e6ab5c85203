// The engine's contract: what can be asked of it, what it reports on the way, what it answers, and how it fails.
// Types only, so that the extension host and the page can read it without loading any of the engine.

/**
 * How two images are compared: the Euclidean distance of weighted averages (Eq. 1), that of one pooled vector an image, or a distance
 * of the Hausdorff family, named by the operators of Table 5: of Eq. 3 over the patches, then of Eq. 2 over the two directions.
 */
export const distanceNames = [
  'weighted-average',
  'holistic',
  'max-hausdorff',
  'max-min-mean',
  'min-min',
  'mean-min-max',
  'mean-min-mean',
  'mean-mean',
] as const;
export type DistanceName = (typeof distanceNames)[number];

/**
 * Where the patch weights alpha come from: none (the plain average), distances to the other images (Eq. 5, 7), distances to normal
 * images (Eq. 6), the same for the largest distances (A.1), or ground-truth masks. `auto`: normal images where there are any.
 */
export const weightNames = ['auto', 'uniform', 'unsupervised', 'normal', 'hard', 'mask'] as const;
export type WeightName = (typeof weightNames)[number];

/** How the nearest-patch distances to several images become one number (Eq. 5; Table 5). */
export const aggregateNames = ['mean', 'max', 'min'] as const;
export type AggregateName = (typeof aggregateNames)[number];

export const clustererNames = [
  'ward',
  'complete',
  'average',
  'single',
  'kmeans',
  'gmm',
  'kmedoids',
  'spectral',
] as const;
export type ClustererName = (typeof clustererNames)[number];

/** How images are compared and grouped. It is written into the label file, so the same settings give the same bytes. */
export interface MethodSettings {
  /** Id of a catalogue model, or the path of an .onnx file. */
  model: string;
  distance: DistanceName;
  weights: WeightName;
  /** Patches that `hard` weights choose. */
  hardPatches: number;
  aggregate: AggregateName;
  /** Number of reference images of Eq. 7; `auto`: all images up to 200 (Eq. 5), 64 above. Of normal images for Eq. 6; `auto`: 200. */
  references: number | 'auto';
  /** Chooses the reference images, and starts the clusterers that start at random. */
  seed: number;
  /** Temperature tau in distance units; `auto`: follows the spread of the patch distances. */
  temperature: number | 'auto';
  clusterer: ClustererName;
  /** Number of clusters; `auto`: chosen from the images' distances. */
  clusters: number | 'auto';
}

export const defaultSettings: MethodSettings = {
  model: 'patchnet-s',
  distance: 'weighted-average',
  weights: 'auto',
  hardPatches: 16,
  aggregate: 'mean',
  references: 'auto',
  seed: 0,
  temperature: 'auto',
  clusterer: 'ward',
  clusters: 'auto',
};

/** Where networks run and patches are compared. `auto`: the fastest that gives the same results as the CPU. */
export const deviceNames = ['auto', 'cpu', 'cuda', 'directml', 'coreml', 'webgpu'] as const;
export type Device = (typeof deviceNames)[number];
export type DeviceName = Exclude<Device, 'auto'>;

export interface ClusterRequest {
  /** Absolute path of the folder of images. */
  folder: string;
  /** Absolute path of a folder of normal images (Eq. 6). Without it MVTec AD's `train/good` is used when it is there. */
  normalFolder?: string;
  settings: MethodSettings;
  device: Device;
  /** Absolute path of the label file that the result is meant for; paths in it are relative to `folder`. */
  labelFile: string;
  /** Text of that file now, whose ids, names, colours and pinned images are kept; absent when there is none. */
  previousLabels?: string;
}

export interface ClusterResult {
  /** Text of the new label file. The engine does not write it: the caller is the one writer. */
  labels: string;
  images: number;
  clusters: ClusterSummary[];
  /** Images that could not be used, each with its reason. The others are clustered. */
  failures: ImageFailure[];
  /** What was decided on the way: layout, references, temperature, number of clusters, device. For the log and the report. */
  notes: Note[];
  temperature: number;
  seconds: number;
}

export interface Note {
  label: string;
  value: string;
}

export interface ClusterSummary {
  id: number;
  name: string;
  images: number;
  /** The image nearest to the others of its cluster, relative to the folder. */
  medoid: string;
}

/** An image that was left out, and why. */
export interface ImageFailure {
  /** Relative to the clustered folder, with `/`. */
  path: string;
  /** A sentence without the path, for example "is empty (0 bytes)". */
  reason: string;
}

export type Stage = 'download' | 'scan' | 'embed' | 'compare' | 'link' | 'evaluate';

/**
 * Progress of a run. Stages come in the order of the type (`download` only where a network is fetched, in bytes; `evaluate` in benchmarks
 * only); one that has nothing to do may be left out.
 */
export interface Progress {
  stage: Stage;
  done: number;
  total: number;
  /** Estimated seconds until this stage is done; absent while too little is known. */
  etaSeconds?: number;
  /** Of a download, over the last seconds. */
  bytesPerSecond?: number;
}

/** Where the patches of a heat map lie in the image, in pixels of the network's input (the whole image, resized). */
export interface PatchGrid {
  rows: number;
  columns: number;
  /** Distance between the centres of neighbouring patches. */
  stride: number;
  /** Position of the first patch's centre, from the left and from the top, where the first pixel spans 0..1. */
  origin: number;
  inputWidth: number;
  inputHeight: number;
}

/** What the last run found beyond the labels. It is read from the cache, so it may be missing. */
export interface Analysis {
  grid: PatchGrid;
  /** Folder-wide range of the patch distances, for one colour scale over all images. */
  scale: { min: number; max: number };
  temperature: number;
  /** In the order of the label file. */
  images: AnalysedImage[];
  /** Rows of the dendrogram as in scipy's linkage matrix, over `images`: (left, right, height, size). */
  merges: [left: number, right: number, height: number, size: number][];
  /** (images, dimensions): principal coordinates, whose distances are those of the method. Absent for Hausdorff distances. */
  coordinates?: { dimensions: number; values: Float32Array };
}

/** An analysis as it travels: few large arrays in the place of many small objects. */
export interface PackedAnalysis extends Omit<Analysis, 'images' | 'merges'> {
  /** JSON of a list, in the order of the images: one text is faster than a list of many. */
  paths: string;
  /** (images) */
  scores: Float64Array;
  /** Ground-truth classes. */
  classes: string[];
  /** (images) indices of `classes`; −1 where there is none. */
  truths: Int32Array;
  /** (images − 1, 4), rows of the dendrogram. */
  merges: Float64Array;
}

export interface AnalysedImage {
  path: string;
  /** Anomaly score: the largest patch distance. */
  score: number;
  /** Ground-truth class, where the folder layout gives one. */
  truth?: string;
}

/** A heat map: the aggregated distance of each patch to the other images (Eq. 5–7), row-major over the grid. */
export interface HeatMap {
  path: string;
  distances: Float32Array;
}

export interface Thumbnail {
  path: string;
  /** Absolute path of the thumbnail's file, or why there is none. */
  file?: string;
  reason?: string;
}

/** A rectangle in an image, in shares (0..1) of its width and height. */
export interface Region {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** How alike a place of an image is to a region of another one. */
export interface RegionMatch {
  path: string;
  /** Mean over the region's patches of the distance to the nearest patch of this image: one direction of Eq. 3, with the mean. */
  distance: number;
  /** The place in this image where the region is found best. */
  place: Region;
}

/** Requests of the engine's child process, by name. */
export interface EngineRequests {
  cluster: { params: ClusterRequest; result: ClusterResult };
  /** Another text after every run; null when the last run of this folder is not in the cache. */
  analysisId: { params: { folder: string }; result: string | null };
  /** Null when the last run of this folder is not in the cache. */
  analysis: { params: { folder: string }; result: PackedAnalysis | null };
  /** (images, 2): a map of the last run's images on which alike ones are near each other. Null where there are no coordinates. */
  map: { params: { folder: string }; result: Float32Array | null };
  /** Images without a cached heat map are left out of the result. */
  heatMaps: { params: { folder: string; paths: string[] }; result: HeatMap[] };
  thumbnails: { params: { folder: string; paths: string[] }; result: Thumbnail[] };
  /**
   * All images of the last run by how alike some place of them is to a region of one of them, which comes first with the distance 0.
   * Images whose bag the cache lost are embedded again on the device (the CPU when absent); those that cannot be any more are left out.
   */
  similarRegion: {
    /** `limit`: so many of the most similar ones; all unless told. */
    params: { folder: string; path: string; region: Region; limit?: number; device?: Device };
    result: RegionMatch[];
  };
  /** A file with the whole image, large, in a format that browsers show; and one with the outline of its mask, where it has one. */
  picture: { params: { folder: string; path: string }; result: { file: string; mask?: string } };
  /** The labels as text that other tools read. */
  exportTable: { params: { folder: string; labels: string; format: TableFormat }; result: string };
  /** A folder for each cluster below `target`, with its images; nothing that is there is overwritten. */
  exportFolders: {
    params: { folder: string; labels: string; target: string; placing: Placing };
    result: FolderExport;
  };
  /** Writes the gallery as one HTML file, with the label file's text as it is now. */
  report: { params: { folder: string; labels: string; file: string }; result: null };
  /** Makes the sample dataset in a folder, which must be missing or empty. */
  sample: { params: { folder: string }; result: { images: number } };
  /** The catalogue, and what of it is on this machine. */
  models: { params: null; result: ModelInfo[] };
  /** Fetches a network. Progress is reported in bytes. Only ever asked for by a person. */
  getModel: { params: { name: string; proxy?: ProxySettings }; result: ModelInfo };
}

export const tableFormats = ['csv', 'coco', 'fiftyone'] as const;
export type TableFormat = (typeof tableFormats)[number];

/** How images get into the folders of an export. */
export const placings = ['copy', 'hard link', 'symbolic link'] as const;
export type Placing = (typeof placings)[number];

export interface FolderExport {
  placed: number;
  /** Images that could not be placed, each with its reason. */
  failures: ImageFailure[];
}

/** A network of the catalogue. */
export interface ModelInfo {
  id: string;
  title: string;
  /** How good, how fast, for whom. */
  note: string;
  licence: string;
  /** Bytes to fetch, about; 0 for the built-in one. */
  bytes: number;
  /** Names that can be used now: the id, and `id#stage` for other stages that were fetched. */
  installed: string[];
}

/** As VS Code's settings http.proxy, http.noProxy and http.proxyStrictSSL say; otherwise the environment's HTTPS_PROXY and NO_PROXY. */
export interface ProxySettings {
  url?: string;
  noProxy?: string[];
  strictTls?: boolean;
}

export type EngineRequestName = keyof EngineRequests;

export type EngineErrorCode =
  | 'cancelled'
  | 'folder-not-found'
  | 'folder-not-empty'
  | 'too-few-images'
  | 'label-file-invalid'
  | 'model-not-found'
  | 'model-not-installed'
  | 'model-invalid'
  | 'download-failed'
  | 'download-refused'
  | 'mask-invalid'
  | 'invalid-setting'
  | 'unsupported-platform'
  | 'device-unavailable'
  | 'not-writable'
  | 'internal';

/** The one error type of the engine: what happened, to what, and what to do, in a message that can be shown as it is. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  constructor(
    readonly code: EngineErrorCode,
    message: string,
    /** The file or folder it is about. */
    readonly file?: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** What one self-contained report page holds: everything the gallery page shows, without a host to ask. */
export interface ReportData {
  title: string;
  /** Text of the label file. */
  labels: string;
  notes: Note[];
  analysis: Omit<Analysis, 'coordinates'>;
  /** As in the analysis, base64 of 32-bit floats. */
  coordinates?: { dimensions: number; values: string };
  /** (images, 2), likewise. */
  map?: string;
  failures: ImageFailure[];
  images: ReportImage[];
}

export interface ReportImage {
  path: string;
  /** data: URI. */
  thumbnail: string;
  /** Heat map, one byte a patch over `analysis.scale`, base64. */
  heatMap: string;
}
