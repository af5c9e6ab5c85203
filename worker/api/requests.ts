// What can be asked of the engine, what it reports on the way, and what it answers.
import type { AnalysedRegion, Coordinates, HeatMap, PackedAnalysis } from './analysis';
import type { Device, MethodSettings } from './settings';

export interface ClusterRequest {
  /** Absolute path of the folder of images. */
  folder: string;
  /** Absolute path of a list of images, one path a line, in place of all that the folder holds. */
  list?: string;
  /** Images are in tar files, in place of all that the folder holds. */
  tars?: TarSource;
  /** Absolute path of a folder of normal images (Eq. 6). Without it MVTec AD's `train/good` is used when it is there. */
  normalFolder?: string;
  /** Absolute path of a file that says which part of each image counts. Without it the one in the folder, if there. */
  area?: string;
  /** Absolute path of a table (CSV) about the images: path, time, line, lot, anything. Without it `metadata.csv` in the folder, if there. */
  metadata?: string;
  /** For a folder without labels. One with labels is clustered by the method of its label file. */
  settings: MethodSettings;
  /** What a person asks for in this run, whatever the label file says. Where it differs, the images are grouped anew. */
  overrides?: Partial<MethodSettings>;
  /** Groups anew although the method is the same: only pinned images stay where they are. */
  regroup?: boolean;
  /** Only gives new images the most probable of the label file's clusters: nothing that was there changes. Needs `previousLabels`. */
  assignOnly?: boolean;
  /** Assigns the images to clusters that were made elsewhere. The folder has no labels of its own yet. */
  from?: OtherFolder | CatalogueFile;
  /** Clusters that have a name may end by that. */
  mayEndClusters?: boolean;
  device: Device;
  /** Absolute path of the label file that the result is meant for; paths in it are relative to `folder`. */
  labelFile: string;
  /** Text of that file now, whose ids, names, colours and pinned images are kept; absent when there is none. */
  previousLabels?: string;
}

/** Tar files whose members are images. */
export interface TarSource {
  /** Their paths below the folder of the request, relative with `/`; or all that it has. */
  files: readonly string[] | 'all';
  /** Absolute path of the folder that paths of the label file are below: images that it lists become files there. */
  pictures: string;
}

/** A clustered folder whose clusters another one takes over. Its images have to be there. */
export interface OtherFolder {
  /** Absolute path of its images. */
  folder: string;
  /** Absolute path of its label file. */
  labelFile: string;
  /** Text of that file. */
  labels: string;
}

/** A catalogue of defects, see `learning/catalogue`. No images are needed. */
export interface CatalogueFile {
  /** Absolute path. */
  file: string;
  /** Text of that file. */
  catalogue: string;
}

export interface CatalogueRequest {
  /** Absolute path of a clustered folder. */
  folder: string;
  /** Absolute path of its label file. */
  labelFile: string;
  /** Text of that file. */
  labels: string;
  /** Where its network is, if that is a file of the person's own; the default otherwise. */
  model: string;
  device: Device;
}

export interface CatalogueResult {
  /** Text of the catalogue. The caller writes it. */
  catalogue: string;
  clusters: number;
  /** Images that it describes. */
  examples: number;
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
  /** What is different from the label file that was there before; absent where there was none. */
  changes?: RunChanges;
  /** Where new images were assigned: those that are unlike all others, which are in clusters of their own. */
  unlike?: string[];
  /** Settings that are not at their defaults and did not count, because the method of the label file did. */
  unusedSettings: (keyof MethodSettings)[];
}

/** Paths are relative to the clustered folder, sorted. */
export interface RunChanges {
  /** Images that the label file did not have. */
  added: string[];
  /** Images that are in another cluster than before. */
  moved: string[];
  /** Images that the label file had under another path. */
  renamed: { from: string; to: string }[];
  /** Clusters that have no image any more. */
  lost: { id: number; name: string }[];
  /** Images of the label file that are not there now. Their lines stay. */
  missing: string[];
  /** Images of the label file that are not clustered any more, because they are masks or normal images; their lines are gone. */
  leftOut: string[];
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

export type Stage = 'download' | 'scan' | 'embed' | 'compare' | 'link' | 'train' | 'evaluate';

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
  /** Of the whole run; absent where it has one stage only. */
  overall?: Overall;
  /** What the folder holds, told once, before the long work on it. */
  notes?: Note[];
  /** Of training: the mean loss of the last epoch. */
  loss?: number;
  /** Of a download, over the last seconds. */
  bytesPerSecond?: number;
}

/** How far a whole run is. */
export interface Overall {
  /** 0 to 1, never less than before. */
  part: number;
  /** Estimated seconds until its end; absent while too little is known. */
  etaSeconds?: number;
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

/** Whether regions stand in the place of images: by their keys, each with a picture of itself and what is around it. */
export interface OfRegions {
  ofRegions?: boolean;
}

/** Requests of the engine's child process, by name. */
export interface EngineRequests {
  cluster: { params: ClusterRequest; result: ClusterResult };
  /** Null when the last run of this folder is not in the cache. */
  analysis: { params: { folder: string } & OfRegions; result: PackedAnalysis | null };
  /** The components of that analysis that decisions are learnt from, too; null where another run has replaced it, or it has none. */
  further: { params: { folder: string; analysisId: string }; result: Coordinates | null };
  /** (images, 2): a map of the last run's images on which alike ones are near each other. Null where there are no coordinates. */
  map: { params: { folder: string } & OfRegions; result: Float32Array | null };
  /** Numbers of clusters that are worth a look, by rising number; none where the last run is not in the cache or has no dendrogram. */
  clusterCounts: { params: { folder: string }; result: ClusterCountChoice[] };
  /** Names of the folders right below that are datasets of their own; empty for a folder that is one. */
  datasets: { params: { folder: string }; result: string[] };
  /** Images that have no line in the label file, and lines whose image is not there: by names alone. */
  differences: { params: { folder: string; labels: string }; result: { added: string[]; missing: string[] } };
  /** Images of the label file that are not in the folder. */
  missing: { params: { folder: string; labels: string }; result: string[] };
  /** Images without a cached heat map are left out of the result. */
  heatMaps: { params: { folder: string; paths: string[] } & OfRegions; result: HeatMap[] };
  /** Where regions lie in images, as the last run found them; none where it grouped whole images. */
  regions: { params: { folder: string; paths: string[] }; result: AnalysedRegion[] };
  /** `side`: longest, in pixels. `withHeat`: what is unusual is coloured in them, where it is known. */
  thumbnails: {
    params: { folder: string; paths: string[]; side?: number; withHeat?: boolean } & OfRegions;
    result: Thumbnail[];
  };
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
  /** What the named clusters look like, as one small file without pictures. */
  catalogue: { params: CatalogueRequest; result: CatalogueResult };
  /** The labels as text that other tools read. */
  exportTable: { params: { folder: string; labels: string; format: TableFormat }; result: ExportedText };
  /** Files below `target`: a folder for each cluster with its images, a dataset, or masks; nothing that is there is overwritten. */
  exportFolders: {
    params: { folder: string; labels: string; target: string; format: FolderFormat; placing: Placing };
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

/** A number of clusters that is worth a look, and why. */
export interface ClusterCountChoice {
  clusters: number;
  /** The one that is chosen; or the best with fewer or with more clusters. */
  kind: 'chosen' | 'fewer' | 'more';
  /** How far apart its clusters are, over that of images without groups. */
  gap: number;
  /** Paths of the images of each cluster. */
  groups: string[][];
}

/** What labels become as one text. */
export const tableFormats = ['csv', 'coco', 'fiftyone', 'cvat', 'label-studio'] as const;

export type TableFormat = (typeof tableFormats)[number];

/** What labels become as files below a folder. */
export const folderFormats = ['folders', 'yolo-cls', 'yolo', 'yolo-seg', 'masks'] as const;

export type FolderFormat = (typeof folderFormats)[number];

export interface ExportedText {
  text: string;
  /** Of Label Studio: the labelling interface that the tasks fit, to stand beside them. */
  config?: string;
  /** Images that could not be exported, each with its reason. */
  failures: ImageFailure[];
}

/** What regions become in the formats that have both: outlines where the last run knows them, or boxes only. */
export const shapeNames = ['outlines', 'boxes'] as const;

export type ShapeName = (typeof shapeNames)[number];

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
