// Groups and measures: every row of the tables and every point of the sweeps, on all threads.
import type { ClustererName } from '../../api/settings';
import { hausdorffDistances, type HausdorffName } from '../../bags/hausdorff';
import { needsVectors } from '../../clustering/clusterers';
import { isCounted } from '../../evaluation/paper-protocol';
import { evaluate } from '../../evaluation/metrics';
import { purityCurve, recallAt } from '../../evaluation/purity';
import type { Run } from '../../session/run';
import type { GroupTask } from '../../pool/tasks/group';
import type { Inputs } from './inputs';
import type { Comparison, Point, Row } from './plan';
import type { Measurement, Metric, PurityCurve, Sweep } from '../tables/results';
import type { Vectors } from './average-vectors';

type ClusteringInput = Pick<GroupTask, 'count' | 'vectors' | 'dimensions' | 'condensed'>;

/** What all rows of a dataset are grouped from, and how. */
export interface Grouped {
  inputs: Inputs;
  vectors: Vectors;
  /** Number of clusters. */
  k: number;
  seed: number;
}

/** What the clusterers get for a comparison that {@link isPossible}. */
export function comparedBy(comparison: Comparison, inputs: Inputs, vectors: Vectors): ClusteringInput {
  const count = inputs.images.length;
  if (isHausdorffComparison(comparison))
    return { count, condensed: hausdorffDistances(inputs.pairs, comparison.hausdorff) };
  const own = vectors.get(vectorsName(comparison))!;
  return { count, vectors: own, dimensions: own.length / count };
}

/** Not where the dataset lacks what the comparison needs, or the clusterer needs vectors that the comparison does not give. */
export function isPossible(comparison: Comparison, clusterer: ClustererName, vectors: Vectors): boolean {
  return isHausdorffComparison(comparison) ? !needsVectors(clusterer) : vectors.has(vectorsName(comparison));
}

function isHausdorffComparison(comparison: Comparison): comparison is { hausdorff: HausdorffName } {
  return typeof comparison === 'object' && 'hausdorff' in comparison;
}

function vectorsName(comparison: Exclude<Comparison, { hausdorff: HausdorffName }>): string {
  return comparison === 'holistic' ? comparison : comparison.weighting;
}

/** Which images count, and their classes. */
export interface Truth {
  counted: number[];
  classes: string[];
  /** By image; undefined for one that does not count. */
  all: (string | undefined)[];
}

/** The classes of a dataset's images, with those set apart that do not count (MVTec AD's `combined`). */
export function truthOf({ images }: Inputs): Truth {
  const all = images.map(({ truth }) => (isCounted(truth) ? truth : undefined));
  const counted = [...all.keys()].filter((i) => all[i] !== undefined);
  return { counted, classes: counted.map((i) => all[i]!), all };
}

const partitionMetrics = ['nmi', 'ari', 'f1Micro', 'f1Macro', 'purity'] as const satisfies Metric[];
const curveMetrics = ['mAUC', 'R@0.9', 'R@0.95', 'R@0.99'] as const satisfies Metric[];

/** The metrics of each row, and the purity curves of Table 3's. */
export async function measureRows(
  run: Run,
  rows: Row[],
  { inputs, vectors, k, seed }: Grouped,
): Promise<{ measurements: Measurement[]; curves: PurityCurve[] }> {
  const truth = truthOf(inputs);
  const measurements: Measurement[] = [];
  const curves: PurityCurve[] = [];
  const jobs = rows.filter(({ comparison, clusterer }) => isPossible(comparison, clusterer, vectors));
  for (const { part, method } of rows.filter((row) => !jobs.includes(row))) {
    const names = part === 'table3' ? curveMetrics : partitionMetrics;
    for (const metric of names) measurements.push({ part, method, metric, value: null });
  }
  const progress = run.startStage('evaluate', jobs.length);
  for await (const [row, { assignment, merges }] of run.tasks('group', jobs, ({ comparison, clusterer }) => ({
    ...comparedBy(comparison, inputs, vectors),
    clusterer,
    clusters: k,
    seed,
  }))) {
    const { part, method } = row;
    const add = (metric: Metric, value: number) => measurements.push({ part, method, metric, value });
    if (part === 'table3') {
      const { purity, mAUC } = purityCurve(merges, truth.all);
      add('mAUC', mAUC);
      for (const level of [0.9, 0.95, 0.99] as const) add(`R@${level}`, recallAt(purity, level));
      curves.push({ method, mAUC, purity });
    } else {
      const found = evaluate(
        truth.classes,
        truth.counted.map((i) => assignment[i]!),
      );
      for (const metric of partitionMetrics) add(metric, found[metric]);
    }
    progress.step();
  }
  return { measurements, curves };
}

/** NMI of each point by its parameter. */
export async function measureSweep(
  run: Run,
  points: Point[],
  { inputs, vectors, k, seed }: Grouped,
): Promise<Map<string, Sweep['series'][number]['points']>> {
  const truth = truthOf(inputs);
  const series = new Map<string, Sweep['series'][number]['points']>();
  const progress = run.startStage('evaluate', points.length);
  for await (const [{ method, parameter }, { assignment }] of run.tasks('group', points, ({ weighting }) => ({
    ...comparedBy({ weighting }, inputs, vectors),
    clusterer: 'ward' as const,
    clusters: k,
    seed,
  }))) {
    const { nmi } = evaluate(
      truth.classes,
      truth.counted.map((i) => assignment[i]!),
    );
    series.set(method, [...(series.get(method) ?? []), [parameter, nmi]]);
    progress.step();
  }
  return series;
}
