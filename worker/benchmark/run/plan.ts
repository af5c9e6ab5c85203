// What a dataset is measured by: the weightings that its descriptors need, and the rows of the tables over them.
import type { ClustererName } from '../../api/settings';
import type { HausdorffName } from '../../bags/hausdorff';
import { hardWeights, patchWeights, uniformWeights } from '../../bags/weights';
import { maskWeightsOf, type Inputs } from './inputs';
import type { BenchmarkPart } from '../tables/results';

/** What is grouped: the averages by a weighting, the pooled vectors, or distances of the images themselves. */
export type Comparison = { weighting: string } | 'holistic' | { hausdorff: HausdorffName };

/** A row of a table. */
export interface Row {
  part: BenchmarkPart;
  method: string;
  comparison: Comparison;
  clusterer: ClustererName;
}

/** A point of a sweep. */
export interface Point {
  part: 'figure6' | 'a1' | 'a2';
  method: string;
  parameter: number;
  weighting: string;
}

/** Weights (M) of image i, by name. Names that the inputs cannot give are missing: their cells are dashes. */
export type Weightings = Map<string, (i: number) => Float64Array>;

const clusterers: ClustererName[] = ['kmeans', 'gmm', 'kmedoids', 'spectral', 'single', 'complete', 'average', 'ward'];
const hausdorffNames: HausdorffName[] = [
  'mean-mean',
  'max-hausdorff',
  'max-min-mean',
  'min-min',
  'mean-min-max',
  'mean-min-mean',
];

const [average, hausdorff, unsupervised, normal, mask]: Comparison[] = [
  { weighting: 'uniform' },
  { hausdorff: 'max-hausdorff' },
  { weighting: 'unsupervised' },
  { weighting: 'normal' },
  { weighting: 'mask' },
];

/** The rows of all parts that were asked for. */
export function rowsOf(parts: readonly BenchmarkPart[]): Row[] {
  const ward = (part: BenchmarkPart, rows: [string, Comparison][]): Row[] =>
    rows.map(([method, comparison]) => ({ part, method, comparison, clusterer: 'ward' }));
  const rows: Row[] = [
    ...ward('table1', [
      ['average', average!],
      ['max-hausdorff', hausdorff!],
      ['weighted-average unsupervised', unsupervised!],
      ['weighted-average with normals', normal!],
      ['weighted-average with masks', mask!],
      ['ours', { weighting: 'ours' }],
      ['ours with normals', { weighting: 'ours with normals' }],
    ]),
    ...clusterers.flatMap((clusterer): Row[] => [
      { part: 'table2', method: `${clusterer}, max-hausdorff`, comparison: hausdorff!, clusterer },
      { part: 'table2', method: `${clusterer}, weighted-average`, comparison: unsupervised!, clusterer },
    ]),
    ...ward('table3', [
      ['average', average!],
      ['max-hausdorff', hausdorff!],
      ['weighted-average', unsupervised!],
      ['weighted-average with normals', normal!],
    ]),
    ...ward('table4', [
      ['holistic', 'holistic'],
      ['hausdorff', hausdorff!],
      ['weighted-average', unsupervised!],
      ['weighted-average with normals', normal!],
    ]),
    ...ward(
      'table5',
      hausdorffNames.map((name) => [name, { hausdorff: name }]),
    ),
    ...ward('table5', [
      ['weights mean', unsupervised!],
      ['weights max', { weighting: 'max' }],
      ['weights min', { weighting: 'min' }],
    ]),
    ...ward('masks', [['weighted-average with masks', mask!]]),
  ];
  // Figure 4 draws the curves that Table 3 sums up.
  const wanted = new Set<BenchmarkPart>(parts.includes('figure4') ? [...parts, 'table3'] : parts);
  return rows.filter(({ part }) => wanted.has(part));
}

/** Factors of the automatic temperature that figure 6 runs over. */
const temperatureFactors = Array.from({ length: 15 }, (_, i) => 2 ** ((i - 7) / 2));

/** The points of all sweeps that were asked for. */
export function pointsOf(parts: readonly BenchmarkPart[], { shape, normalSteps, temperatures }: Inputs): Point[] {
  const kinds = [
    { method: 'unsupervised', automatic: temperatures.unsupervised },
    { method: 'with normals', automatic: temperatures.normal },
  ];
  const points: Point[] = [];
  for (const { method, automatic } of kinds) {
    if (automatic === null) continue;
    for (const factor of temperatureFactors) {
      const parameter = automatic * factor;
      points.push({ part: 'figure6', method, parameter, weighting: `${method} at ${factor}` });
    }
    for (let patches = 1; patches <= shape.patches; patches *= 2) {
      points.push({ part: 'a1', method, parameter: patches, weighting: `${method}, hard ${patches}` });
    }
  }
  for (const { normals } of normalSteps) {
    points.push({ part: 'a2', method: 'with normals', parameter: normals, weighting: `${normals} normals` });
  }
  return points.filter(({ part }) => parts.includes(part));
}

/** Every weighting that the inputs can give. */
export function weightingsOf(inputs: Inputs): Weightings {
  const { images, pairs, shape, normalSteps, temperatures } = inputs;
  const weightings: Weightings = new Map();
  const uniform = uniformWeights(shape.patches);
  const mean = images.map((_, i) => pairs.distances(i, 'mean'));
  const softmax = (name: string, distances: (i: number) => Float32Array, temperature: number) =>
    weightings.set(name, (i) => patchWeights(distances(i), temperature));
  const sweep = (method: string, distances: Float32Array[], automatic: number) => {
    for (const factor of temperatureFactors)
      softmax(`${method} at ${factor}`, (i) => distances[i]!, automatic * factor);
    for (let patches = 1; patches <= shape.patches; patches *= 2) {
      weightings.set(`${method}, hard ${patches}`, (i) => hardWeights(distances[i]!, patches));
    }
  };
  weightings.set('uniform', () => uniform);
  softmax('unsupervised', (i) => mean[i]!, temperatures.unsupervised);
  // Other aggregates spread differently, so each has a temperature of its own.
  for (const aggregate of ['max', 'min'] as const) {
    const distances = images.map((_, i) => pairs.distances(i, aggregate));
    softmax(aggregate, (i) => distances[i]!, inputs.temperatureOf(distances));
  }
  sweep('unsupervised', mean, temperatures.unsupervised);
  const all = normalSteps[normalSteps.length - 1]?.distances;
  if (all && temperatures.normal !== null) {
    softmax('normal', (i) => all[i]!, temperatures.normal);
    sweep('with normals', all, temperatures.normal);
    for (const { normals, distances } of normalSteps) {
      softmax(`${normals} normals`, (i) => distances[i]!, inputs.temperatureOf(distances));
    }
  }
  const masks = maskWeightsOf(inputs);
  if (masks) weightings.set('mask', (i) => masks[i]!);
  return weightings;
}
