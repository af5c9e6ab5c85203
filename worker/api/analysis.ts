// What a run finds beyond the labels, as the gallery and the reports show it.

/** Where an image's patches lie, in pixels of the network's input (the whole image, resized). */
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

/** Of the patch distances of a whole folder, for one colour scale over all images. */
export interface PatchScale {
  min: number;
  max: number;
  /** What most patches do not exceed: up to here heat maps are clear. */
  usual: number;
  /** What the most conspicuous patches of most images reach: from here on the colour is the strongest. */
  unusual: number;
}

/** A few numbers an image. */
export interface Coordinates {
  dimensions: number;
  /** (images, dimensions) */
  values: Float32Array;
}

/** What the last run found beyond the labels. It is read from the cache, so it may be missing. */
export interface Analysis {
  scale: PatchScale;
  temperature: number;
  /** In the order of the label file. */
  images: AnalysedImage[];
  /** Paths of the images that the label file did not have before the last run. */
  added?: string[];
  /** Rows of the dendrogram as in scipy's linkage matrix, over `images`: (left, right, height, size). */
  merges: [left: number, right: number, height: number, size: number][];
  /** (images, dimensions): principal coordinates, whose distances are those of the method. Absent for Hausdorff distances. */
  coordinates?: Coordinates;
  /**
   * Components beyond those: they hold more of the images than of their kinds, so only what a person decided is learnt from them, too.
   * A page asks for them when there is something to learn from.
   */
  further?: Coordinates;
  /** What a table beside the images says of them. */
  metadata?: Metadata;
  /** (images) days on which the files were last changed, YYYY-MM-DD, where they are not all of one day. */
  days?: string[];
}

/** A table of texts, empty where nothing is known. */
export interface Metadata {
  columns: string[];
  /** (images, columns) */
  values: string[][];
}

/** An analysis as it travels: few large arrays in the place of many small objects. */
export interface PackedAnalysis extends Omit<Analysis, 'images' | 'merges' | 'further'> {
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

/** Where a region is within its box: a raster that the box spans. */
export interface RegionMask {
  width: number;
  height: number;
  /** Lengths of the runs of cells row by row, those outside first, then those inside, and so on. */
  runs: number[];
}

/** A place in an image where something stands out, as the last run found it. */
export interface AnalysedRegion {
  /** Of the image. */
  path: string;
  /** Left, top, width and height in pixels of the upright image. */
  box: [left: number, top: number, width: number, height: number];
  /** Of the image, upright. */
  size: [width: number, height: number];
  /** The largest patch distance in it. */
  score: number;
  mask: RegionMask;
}

/** A heat map: the aggregated distance of each patch to the other images (Eq. 5–7), row-major over the grid. */
export interface HeatMap {
  path: string;
  grid: PatchGrid;
  distances: Float32Array;
}
