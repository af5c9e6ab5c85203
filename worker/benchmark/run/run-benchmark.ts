// The benchmark: every dataset read, compared, grouped and measured, one after the other. What was compared stays in the cache, so a
// run that was interrupted goes on from there.
import type { Session } from '../../session/session';
import { elongate } from '../../prepare/elongate';
import { auroc } from '../../evaluation/auroc';
import { isCounted } from '../../evaluation/paper-protocol';
import { isGoodName } from '../../images/folder-names';
import { upsample } from '../../evaluation/upsample';
import { expandFolders, readBenchmarkSet, type BenchmarkSet, type ProtocolSettings } from './datasets';
import { clusterFigure, weightMaps } from './figures';
import { findInputs, gridOf, type Inputs } from './inputs';
import type { Run } from '../../session/run';
import { measureRows, measureSweep, type Grouped } from './evaluate-method';
import { pointsOf, rowsOf, weightingsOf, type Point, type Weightings } from './plan';
import type { BenchmarkDataset, BenchmarkPart, BenchmarkResults, Figures, Measurement, Sweep } from '../tables/results';
import { averageAll } from './average-vectors';
import { describeByUs } from './our-vectors';
import { measureTrainedRows } from './trained-rows';

/** What is benchmarked, and how. */
export interface BenchmarkRequest extends ProtocolSettings {
  /** Absolute paths. */
  folders: string[];
  parts: BenchmarkPart[];
  temperature: number | 'auto';
}

/**
 * @param onDataset called before each dataset
 * @throws EngineError when a folder cannot be benchmarked; nothing is computed before all folders were looked at
 */
export async function runBenchmark(
  session: Session,
  request: BenchmarkRequest,
  onDataset: (set: BenchmarkSet, index: number, total: number) => void,
): Promise<BenchmarkResults> {
  const { parts, seed, temperature, bankShare } = request;
  const sets: BenchmarkSet[] = [];
  for (const folder of await expandFolders(request.folders))
    sets.push(await readBenchmarkSet(session.run, folder, request));
  const datasets: BenchmarkDataset[] = [];
  for (const [index, set] of sets.entries()) {
    onDataset(set, index, sets.length);
    datasets.push(await measureDataset(session, set, request));
  }
  return { version: 1, model: session.model.reference, seed, temperature, bankShare, parts, datasets };
}

async function measureDataset(
  session: Session,
  read: BenchmarkSet,
  { parts, seed, temperature }: BenchmarkRequest,
): Promise<BenchmarkDataset> {
  const { run } = session;
  const set = await elongate(session, read);
  const inputs = await findInputs(session, set, { seed, temperature, withMeans: parts.includes('table5') });
  const classes = classesOf(inputs);
  const k = classes.filter(({ name }) => isCounted(name)).length;
  const weightings = weightingsOf(inputs);
  const rows = rowsOf(parts);
  const points = pointsOf(parts, inputs);
  const vectors = await averageAll(session, inputs, weightings);
  if (parts.includes('table1')) {
    for (const [name, ours] of await describeByUs(session, set, inputs, seed)) vectors.set(name, ours);
  }
  const { measurements, curves } = await measureRows(run, rows, { inputs, vectors, k, seed });
  const trained = parts.includes('table2') ? await measureTrainedRows(session, { inputs, k, seed }) : undefined;
  measurements.push(...(trained?.measurements ?? []));
  const figures: Figures = await sweeps(run, points, { inputs, vectors, k, seed });
  if (parts.includes('figure4')) figures.purityCurves = curves;
  if (parts.includes('figure3')) figures.weightMaps = await weightMaps(run, inputs, weightings, trained?.attention);
  const clusters = parts.includes('figure5') ? await clusterFigure(run, inputs, vectors, seed) : undefined;
  if (clusters) figures.clusters = clusters;
  if (parts.includes('masks')) measurements.push(...localisation(inputs, weightings));
  const { images } = inputs;
  return {
    name: set.name,
    ...(set.group === undefined ? {} : { group: set.group }),
    images: images.length,
    counted: images.filter(({ truth }) => isCounted(truth)).length,
    normals: inputs.normalSteps[inputs.normalSteps.length - 1]?.normals ?? 0,
    hasMasks: inputs.masks !== undefined,
    classes,
    k,
    temperatures: inputs.temperatures,
    remarks: [...set.remarks, ...inputs.remarks, ...(trained?.remarks ?? [])],
    measurements,
    figures,
  };
}

function classesOf({ images }: Inputs): BenchmarkDataset['classes'] {
  const counts = new Map<string, number>();
  for (const { truth } of images) counts.set(truth, (counts.get(truth) ?? 0) + 1);
  return [...counts.keys()].sort().map((name) => ({ name, images: counts.get(name)! }));
}

async function sweeps(run: Run, points: Point[], grouped: Grouped): Promise<Figures> {
  const { inputs } = grouped;
  const sweep = async (part: Point['part'], parameter: string): Promise<Sweep | undefined> => {
    const own = points.filter((point) => point.part === part);
    if (own.length === 0) return undefined;
    const series = await measureSweep(run, own, grouped);
    const automatic = new Map([
      ['unsupervised', inputs.temperatures.unsupervised],
      ['with normals', inputs.temperatures.normal],
    ]);
    return {
      parameter,
      isLogarithmic: true,
      series: [...series].map(([method, values]) => {
        const mark = part === 'figure6' ? automatic.get(method) : undefined;
        return { method, points: values, ...(typeof mark === 'number' ? { automatic: mark } : {}) };
      }),
    };
  };
  const temperatureSweep = await sweep('figure6', 'temperature');
  const hardPatchesSweep = await sweep('a1', 'patches that count');
  const normalImagesSweep = await sweep('a2', 'normal images');
  return {
    ...(temperatureSweep ? { temperatureSweep } : {}),
    ...(hardPatchesSweep ? { hardPatchesSweep } : {}),
    ...(normalImagesSweep ? { normalImagesSweep } : {}),
  };
}

/** Pixel AUROC of the distances and of the weights, over all images with masks and all good ones. */
function localisation(inputs: Inputs, weightings: Weightings): Measurement[] {
  const { images, pairs, normalSteps, masks } = inputs;
  const all = normalSteps[normalSteps.length - 1]?.distances;
  const chosen = [...images.keys()].filter((i) => masks?.[i] !== undefined || isGoodName(images[i]!.truth));
  const measure = (map: ((i: number) => ArrayLike<number>) | undefined): number | null => {
    if (masks === undefined || map === undefined) return null;
    return auroc(function* () {
      for (const i of chosen) {
        const { width, height } = images[i]!;
        yield { scores: upsample(map(i), gridOf(inputs, i), width, height), mask: masks[i]?.values };
      }
    });
  };
  const row = (method: string, metric: 'auroc' | 'aurocWeights', value: number | null): Measurement => ({
    part: 'masks',
    method,
    metric,
    value,
  });
  return [
    row(
      'unsupervised',
      'auroc',
      measure((i) => pairs.distances(i, 'mean')),
    ),
    row('unsupervised', 'aurocWeights', measure(weightings.get('unsupervised'))),
    row('with normals', 'auroc', measure(all && ((i) => all[i]!))),
    row('with normals', 'aurocWeights', measure(weightings.get('normal'))),
  ];
}
