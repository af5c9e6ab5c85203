// What a benchmark finds, as plain data: the tables, the page and the CSV file are all made from it. Pure; also read by the page.
import type { PatchGrid } from '../../api/analysis';
/** What can be computed, named as in the paper; a1 and a2 are the sweeps of its appendix. */
export const benchmarkParts = [
  'table1',
  'table2',
  'table3',
  'table4',
  'table5',
  'masks',
  'figure3',
  'figure4',
  'figure5',
  'figure6',
  'a1',
  'a2',
] as const;
export type BenchmarkPart = (typeof benchmarkParts)[number];

/** Whose numbers of the paper a dataset stands beside: MVTec AD's object and texture categories, Magnetic Tile. */
export type PaperGroup = 'object' | 'texture' | 'mtd';

/** All that a benchmark found; results.json. */
export interface BenchmarkResults {
  version: 1;
  /** `id@hash8` */
  model: string;
  seed: number;
  /** As asked for: `auto`, or distance units. */
  temperature: number | 'auto';
  /** Share of Magnetic Tile's normal images that go into the bank. */
  bankShare: number;
  parts: BenchmarkPart[];
  datasets: BenchmarkDataset[];
}

/** What was found of one dataset. */
export interface BenchmarkDataset {
  /** Name of the folder. */
  name: string;
  group?: PaperGroup;
  /** Images that are clustered, and how many of them count in the metrics (`combined` does not). */
  images: number;
  counted: number;
  /** Normal images of Eq. 6; 0: the cells that need them are dashes. */
  normals: number;
  hasMasks: boolean;
  classes: { name: string; images: number }[];
  /** True number of clusters. */
  k: number;
  /** Of Eq. 5 and of Eq. 6; null without normal images. */
  temperatures: { unsupervised: number; normal: number | null };
  /** What a reader has to know of this dataset's numbers, as sentences. */
  remarks: string[];
  measurements: Measurement[];
  figures: Figures;
}

/** One number of a table. */
export interface Measurement {
  part: BenchmarkPart;
  /** Row of the table, as in paper-tables.json where the paper has it: "weighted-average unsupervised", "ward, max-hausdorff". */
  method: string;
  metric: Metric;
  /** Null where the dataset has no masks or no normal images, or the combination does not exist. */
  value: number | null;
  /** Of a head that is trained: the same of the epoch with the best NMI on the true classes. */
  best?: number;
}

export const metrics = [
  'nmi',
  'ari',
  'f1Micro',
  'f1Macro',
  'purity',
  'mAUC',
  'R@0.9',
  'R@0.95',
  'R@0.99',
  'auroc',
  'aurocWeights',
] as const;
export type Metric = (typeof metrics)[number];

/** What the figures of a dataset show; absent where it was not asked for or the dataset cannot give it. */
export interface Figures {
  weightMaps?: WeightMaps;
  purityCurves?: PurityCurve[];
  clusters?: FigureClusters;
  /** Metric against temperature. */
  temperatureSweep?: Sweep;
  /** A.1: metric against the number of patches of hard weights. */
  hardPatchesSweep?: Sweep;
  /** A.2: metric against the number of normal images. */
  normalImagesSweep?: Sweep;
}

/** Figure 3: how much each patch counts, by method, for a few images of each class. */
export interface WeightMaps {
  methods: string[];
  images: {
    path: string;
    truth: string;
    grid: PatchGrid;
    /** data: URI */
    thumbnail: string;
    /** By method, one byte a patch over 0..its maximum, base64; null where the method has no map of this image. */
    maps: (string | null)[];
  }[];
}

/** Figure 4: purity(k) for k = 1..N. */
export interface PurityCurve {
  method: string;
  mAUC: number;
  purity: number[];
}

/** Figure 5: the clusters, largest first. */
export interface FigureClusters {
  method: string;
  clusters: {
    /** Most frequent counted class. */
    major: string;
    purity: number;
    images: {
      path: string;
      truth: string;
      /** data: URI; only the first images of a large cluster are drawn. */
      thumbnail?: string;
      /** `minority`: of another class than most; `combined`: does not count. */
      mark: 'major' | 'minority' | 'combined';
    }[];
  }[];
}

/** A metric as one parameter varies. */
export interface Sweep {
  /** What is swept, for the axis. */
  parameter: string;
  isLogarithmic: boolean;
  series: {
    method: string;
    /** (parameter, NMI) by rising parameter */
    points: [number, number][];
    /** Where the automatic choice lies. */
    automatic?: number;
  }[];
}
