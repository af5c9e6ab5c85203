// What one self-contained report page holds.
import type { Analysis, PatchGrid } from './analysis';
import type { Comparison } from './comparison';
import type { ImageFailure, Note } from './requests';

/** What one self-contained report page holds: everything the gallery page shows, without a host to ask. */
export interface ReportData {
  title: string;
  /** Text of the label file. */
  labels: string;
  notes: Note[];
  /** When and with what it was made. */
  made: Made;
  analysis: Omit<Analysis, 'coordinates' | 'further'>;
  /** As in the analysis, base64 of 32-bit floats. */
  coordinates?: { dimensions: number; values: string };
  /** (images, 2), likewise. */
  map?: string;
  failures: ImageFailure[];
  /** Of images that are not elongated. */
  grid: PatchGrid;
  images: ReportImage[];
}

/** When and with what a report was made. */
export interface Made {
  /** ISO 8601. */
  date: string;
  /** Of this program. */
  version: string;
  /** Absolute path of the images. */
  folder: string;
}

/** What the page holds that compares two label files. */
export interface ComparisonData {
  first: ComparedFile;
  second: ComparedFile;
  comparison: Comparison;
  /** data: URIs by path. */
  pictures: Record<string, string>;
}

export interface ComparedFile {
  name: string;
  /** #rrggbb by cluster id. */
  colors: Record<number, string>;
}

export interface ReportImage {
  path: string;
  /** data: URI. */
  thumbnail: string;
  /** Heat map, one byte a patch over `analysis.scale`, base64. */
  heatMap: string;
  /** Of its grid, where it is not 1. */
  elongation?: number;
}
