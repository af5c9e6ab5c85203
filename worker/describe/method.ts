// By which method images are described: the six blocks, or the paper's, which has settings of its own; what both get, and give.
import type { Coordinates } from '../api/analysis';
import { defaultSettings, type MethodName, type MethodSettings } from '../api/settings';
import { requireSetting } from '../base/require-setting';
import type { Description } from '../pool/tasks/describe';
import type { Comparison } from './comparison';
import type { Dataset, DatasetImage } from './dataset';
import type { DistinctImages } from './distinct-images';
import type { ReferenceSearch } from './reference-search';
import type { ScoreScale } from '../bags/score';
import type { Precision } from './search-strategy';
import type { ResolvedWeights } from './weighting';

/** The method as it is used: `auto` is resolved. */
export type ResolvedMethod = Exclude<MethodName, 'auto'>;

/** Settings that only the paper's method has. */
const paperSettings = ['distance', 'aggregate', 'temperature'] as const satisfies (keyof MethodSettings)[];

/** Weights that only the paper's method has. */
export function isPaperWeights(weights: MethodSettings['weights']): boolean {
  return weights === 'uniform' || weights === 'hard';
}

/**
 * `auto` is the six blocks, and the paper's method where a setting asks for what only that has.
 * @throws EngineError `invalid-setting` where the blocks are asked for together with such a setting
 */
export function resolveMethod(settings: MethodSettings): ResolvedMethod {
  if (settings.method === 'paper') return 'paper';
  const asksForPaper = [
    ...paperSettings.filter((name) => settings[name] !== defaultSettings[name]),
    ...(isPaperWeights(settings.weights) ? (['weights'] as const) : []),
  ];
  if (settings.method === 'auto') return asksForPaper.length === 0 ? 'blocks' : 'paper';
  const [name] = asksForPaper;
  requireSetting(
    name === undefined,
    `The ${name} "${name && settings[name]}" belongs to the method "paper". Use that method, or leave the setting as it is.`,
  );
  return 'blocks';
}

/** What both methods work on. */
export interface DescribeInput {
  dataset: Dataset;
  images: DistinctImages;
  normals: DistinctImages;
  weights: ResolvedWeights;
  /** Eq. 6. */
  usesNormals: boolean;
  settings: MethodSettings;
  precision: Precision;
  /** Vectors of blocks, by a key of their own, of images that are not here and yet say what is usual: those of a catalogue. */
  examples: ReadonlyMap<string, Float32Array>;
  /** Contents whose vectors of blocks are wanted. */
  wanted: ReadonlySet<string>;
  /** What was found already, by another process. */
  known?: KnownBlocks | undefined;
}

/** All that one image's description depends on beside the image: whoever describes images by the same basis gets the same numbers. */
export interface BlocksBasis {
  search: ReferenceSearch;
  /** Aggregated distances (M) of the sample, by bag key. */
  among: ReadonlyMap<string, Float32Array>;
  /** Absent beside normal images. */
  scale?: ScoreScale | undefined;
  /** Standard deviation of the scores, which temperatures are in. */
  deviation: number;
  /** (any) of (blocks · D), of normal images. */
  nuisance?: Float32Array[] | undefined;
}

/** The blocks of all images as other processes described them. */
export interface KnownBlocks {
  basis: BlocksBasis;
  /** By content, in the seeded order; those of unusable images are noted in `images`, as {@link describeByBasis} does. */
  descriptions: (images: DistinctImages) => AsyncIterable<[content: string, Description]>;
}

/** An example as images are compared. */
export interface DescribedExample {
  /** As many numbers as the images' vectors have. */
  vector: Float32Array;
  unlikeness?: number | undefined;
}

/** What either method finds. */
export interface DescribeOutput {
  /** Images that are described. */
  used: DatasetImage[];
  /** By content. */
  range: (content: string) => Description['range'];
  heatMapKey: (content: string) => string;
  comparison: Comparison;
  /** Of the images in their order, see `Analysis.further`; absent where the method has none. */
  further?: Coordinates | undefined;
  /** By content: how unlike the known images each is, of new ones and of a sample of the known; see `outlierFactor`. */
  unlikeness?: ReadonlyMap<string, number>;
  /** By content: vectors of blocks, where they were wanted and the method has them. */
  blocks?: ReadonlyMap<string, Float32Array>;
  /** By key: the examples among the images. */
  examples?: ReadonlyMap<string, DescribedExample>;
  /** What was used in the end, as the label file records it. */
  weights: ResolvedWeights | 'none';
  aggregate: MethodSettings['aggregate'];
  /** Number of reference images, or `all` (Eq. 5). */
  references: number | 'all';
  /** Of the weights, the sharpest where there are several, in units of the heat maps. */
  temperature: number;
}
