// Settings of a run: how images are compared and grouped, and on which device; their names as the command line and VS Code write them.

/**
 * How images are described: by the six blocks of means and deviations, or by the paper's weighted average with all its variants. `auto`: the
 * blocks, unless a setting asks for what only the paper's method has.
 */
export const methodNames = ['auto', 'blocks', 'paper'] as const;

export type MethodName = (typeof methodNames)[number];

/**
 * How two images are compared by the paper's method: the Euclidean distance of weighted averages (Eq. 1), that of one pooled vector an
 * image, or a distance of the Hausdorff family, named by the operators of Table 5: of Eq. 3 over the patches, then of Eq. 2 over the two
 * directions.
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

/** Deep clustering: a head is trained for every folder, on patch maps of the frozen network. Of the command line only: see worker/training. */
export const trainedClustererNames = ['iic', 'gatcluster', 'scan'] as const;

export type TrainedClustererName = (typeof trainedClustererNames)[number];

/** Whether a head has to be trained for it. */
export function isTrained(clusterer: ClustererName | TrainedClustererName): clusterer is TrainedClustererName {
  return (trainedClustererNames as readonly string[]).includes(clusterer);
}

/** Pages of a TIFF: the first one is the image, or each is one of its own. */
export const pageNames = ['first', 'all'] as const;

export type PageName = (typeof pageNames)[number];

/**
 * Whether parts that lie as they fell are turned alike before the network sees them. `auto`: where the folder's photos show one long part each, in many
 * directions, and images are described by the blocks.
 */
export const alignNames = ['auto', 'off'] as const;

export type AlignName = (typeof alignNames)[number];

/** How images are compared and grouped. It is written into the label file, so the same settings give the same bytes. */
export interface MethodSettings {
  /** Id of a catalogue model, or the path of an .onnx file. */
  model: string;
  /** What of a file with several pages is an image. */
  pages: PageName;
  align: AlignName;
  method: MethodName;
  distance: DistanceName;
  weights: WeightName;
  /** Patches that `hard` weights choose. */
  hardPatches: number;
  aggregate: AggregateName;
  /**
   * Number of reference images; `auto`: 8, and for the paper's method all images up to 200 (Eq. 5), 64 above (Eq. 7). Of normal images for
   * Eq. 6; `auto`: 200.
   */
  references: number | 'auto';
  /** Chooses the reference images, and starts the clusterers that start at random. */
  seed: number;
  /** Temperature tau in distance units; `auto`: follows the spread of the patch distances. */
  temperature: number | 'auto';
  clusterer: ClustererName | TrainedClustererName;
  /** Number of clusters; `auto`: chosen from the images' distances. */
  clusters: number | 'auto';
  /** Groups the places where something stands out, so that an image has a label for each of its own, in the place of whole images. */
  regions: boolean;
}

export const defaultSettings: MethodSettings = {
  model: 'patchnet-s',
  pages: 'first',
  align: 'auto',
  method: 'auto',
  distance: 'weighted-average',
  weights: 'auto',
  hardPatches: 16,
  aggregate: 'mean',
  references: 'auto',
  seed: 0,
  temperature: 'auto',
  clusterer: 'ward',
  clusters: 'auto',
  regions: false,
};

/** Where networks run and patches are compared. `auto`: the fastest that gives the same results as the CPU. */
export const deviceNames = ['auto', 'cpu', 'cuda', 'directml', 'coreml', 'webgpu'] as const;

export type Device = (typeof deviceNames)[number];

export type DeviceName = Exclude<Device, 'auto'>;
