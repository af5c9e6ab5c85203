// What a dataset's plots show: purity (figure 4), temperature (figure 6), and the sweeps of the appendix. No drawing.
import type { BenchmarkDataset, Sweep } from '../../worker/benchmark/tables/results';
import { formatValue } from '../../worker/benchmark/tables/tables';

export interface Curve {
  name: string;
  /** Of whose colour and dashes it is: the same in every plot. */
  kind: CurveKind;
  /** By rising x. */
  points: [number, number][];
  /** An x that stands out. */
  mark?: number;
}

export type CurveKind = 'average' | 'max-hausdorff' | 'unsupervised' | 'with normals' | 'level' | 'other';

export interface Plot {
  title: string;
  caption: string;
  x: string;
  y: string;
  isLogarithmic: boolean;
  curves: Curve[];
}

/** The plots of a dataset that has something to plot, in the order of the paper. */
export function plotsOf({ figures, measurements }: BenchmarkDataset): Plot[] {
  const { purityCurves, temperatureSweep, hardPatchesSweep, normalImagesSweep } = figures;
  const plots: Plot[] = [];
  if (purityCurves) {
    plots.push({
      title: 'Figure 4: purity',
      caption: 'Purity against the number of clusters, from one cluster to one an image.',
      x: 'clusters',
      y: 'purity',
      isLogarithmic: false,
      curves: purityCurves.map(({ method, mAUC, purity }) => ({
        name: `${method} (mAUC ${formatValue(mAUC)})`,
        kind: kindOf(method),
        points: purity.map((value, i) => [i + 1, value]),
      })),
    });
  }
  if (temperatureSweep) {
    const average = measurements.find(
      (m) => m.part === 'table1' && m.method === 'average' && m.metric === 'nmi',
    )?.value;
    plots.push({
      ...sweepPlot(temperatureSweep, average ?? undefined),
      title: 'Figure 6: temperature',
      caption: 'NMI against the temperature of the weights. The ring is the automatic one.',
    });
  }
  if (hardPatchesSweep) {
    plots.push({
      ...sweepPlot(hardPatchesSweep),
      title: 'A.1: hard weights',
      caption: 'NMI when only so many patches count, all the same.',
    });
  }
  if (normalImagesSweep) {
    plots.push({
      ...sweepPlot(normalImagesSweep),
      title: 'A.2: normal images',
      caption: 'NMI with so many normal images to compare with.',
    });
  }
  return plots.filter(({ curves }) => curves.some(({ points }) => points.length > 0));
}

/** @param level NMI of the plain average, which knows no parameter */
function sweepPlot({ parameter, isLogarithmic, series }: Sweep, level?: number): Omit<Plot, 'title' | 'caption'> {
  const curves = series.map(({ method, points, automatic }): Curve => ({
    name: method,
    kind: kindOf(method),
    points,
    ...(automatic === undefined ? {} : { mark: automatic }),
  }));
  if (level !== undefined) {
    const points = valuesOfX(curves).map((at): [number, number] => [at, level]);
    curves.push({ name: 'plain average', kind: 'level', points });
  }
  return { x: parameter, y: 'NMI', isLogarithmic, curves };
}

/** Every x at which at least one curve has a point, rising. */
export function valuesOfX(curves: Curve[]): number[] {
  return [...new Set(curves.flatMap(({ points }) => points.map(([at]) => at)))].sort((a, b) => a - b);
}

function kindOf(method: string): CurveKind {
  if (method.includes('normals')) return 'with normals';
  if (method.includes('unsupervised') || method === 'weighted-average') return 'unsupervised';
  return method === 'average' || method === 'max-hausdorff' ? method : 'other';
}
