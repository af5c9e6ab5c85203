// The rows of Table 2 for which a head is trained: IIC, GATCluster and SCAN on the images of one dataset.
import { counted } from '../../base/units';
import { mapsForTraining, trainClusterer } from '../../deep/train-clusterer';
import { evaluate, type Evaluation } from '../../evaluation/metrics';
import type { Session } from '../../session/session';
import { canTrain, installLine } from '../../training/library';
import { deepMethods } from '../tables/methods';
import type { Measurement } from '../tables/results';
import { truthOf, type Grouped } from './evaluate-method';
import { gridOf, type Inputs } from './inputs';

export interface TrainedRows {
  measurements: Measurement[];
  /** How long training took, or what is missing for it. */
  remarks: string[];
  /** Where GATCluster looks, (M) of an image. */
  attention?: (i: number) => Float32Array;
}

const metrics = ['nmi', 'ari', 'f1Micro', 'f1Macro', 'purity'] as const;

/**
 * The numbers of the last epoch, and beside them those of the epoch with the best NMI, which only those can know who have the true classes.
 * @throws EngineError `cancelled`
 */
export async function measureTrainedRows(
  session: Session,
  { inputs, k, seed }: Omit<Grouped, 'vectors'>,
): Promise<TrainedRows> {
  const rows = Object.entries(deepMethods);
  if (!(await canTrain())) {
    const measurements = rows.flatMap(([method]) =>
      metrics.map((metric): Measurement => ({ part: 'table2', method, metric, value: null })),
    );
    return {
      measurements,
      remarks: [
        `IIC, GATCluster and SCAN were left out: what trains them is not installed. Install it: ${installLine()}`,
      ],
    };
  }
  const truth = truthOf(inputs);
  const measure = (labels: Int32Array): Evaluation =>
    evaluate(
      truth.classes,
      truth.counted.map((i) => labels[i]!),
    );
  const start = performance.now();
  const maps = await mapsForTraining(session, inputs.sources);
  const found: TrainedRows = { measurements: [], remarks: [] };
  const times = [`maps of ${maps.views} views in ${seconds(start)}, ${Math.ceil(maps.values.byteLength / 2 ** 20)} MB`];
  for (const [method, clusterer] of rows) {
    const from = performance.now();
    let best: Evaluation | undefined;
    const { labels, epochs, attention } = await trainClusterer(session.run, clusterer, maps, {
      k,
      seed,
      onEpoch({ labels }) {
        const now = measure(labels());
        if (!best || now.nmi > best.nmi) best = now;
      },
    });
    const last = measure(labels);
    const highest = best && best.nmi > last.nmi ? best : last;
    for (const metric of metrics)
      found.measurements.push({ part: 'table2', method, metric, value: last[metric], best: highest[metric] });
    times.push(`${method} ${counted(epochs, 'epoch')} in ${seconds(from)}`);
    if (new Set(labels).size === 1)
      found.remarks.push(`${method} put all images into one cluster: its head learnt nothing here.`);
    if (attention) found.attention = (i) => onPatches(attention, i, maps.side, inputs);
  }
  return { ...found, remarks: [`Trained: ${times.join('; ')}.`] };
}

function seconds(from: number): string {
  return `${Math.round((performance.now() - from) / 1000)} s`;
}

/** The attention of the cell that each patch lies in. */
function onPatches(attention: Float32Array, i: number, side: number, inputs: Inputs): Float32Array {
  const { rows, columns } = gridOf(inputs, i);
  return Float32Array.from({ length: rows * columns }, (_, patch) => {
    const row = Math.floor((Math.floor(patch / columns) * side) / rows);
    const column = Math.floor(((patch % columns) * side) / columns);
    return attention[(i * side + row) * side + column]!;
  });
}
