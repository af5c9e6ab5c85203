// How good deep clustering is on a set: SCAN, IIC and GATCluster over several seeds, with Ward on the same images beside them.
import { trainedClustererNames, defaultSettings, type TrainedClustererName } from '../../worker/api/settings';
import { mapsForTraining, trainClusterer } from '../../worker/deep/train-clusterer';
import type { Dataset } from '../../worker/describe/dataset';
import { describeImages } from '../../worker/describe/describe-images';
import { sourceOf } from '../../worker/describe/distinct-images';
import { evaluate } from '../../worker/evaluation/metrics';
import type { Session } from '../../worker/session/session';

export interface TrainedMeasured {
  network: string;
  set: string;
  images: number;
  classes: number;
  method: TrainedClustererName | 'ward' | 'ward of the paper';
  /** By seed, all images, at the true number of clusters. */
  nmi: number[];
  ari: number[];
  /** By seed: NMI of the epoch that is best on the true classes, which nobody knows. */
  best: number[];
  epochs: number[];
  /** By seed. */
  seconds: number[];
  /** First and last loss of the first phase, by seed. */
  losses: [number, number][];
  /** Of the maps. */
  megabytes: number;
}

/**
 * @param seeds how many; a seed starts the head and orders its batches
 * @param told each row as soon as it is there, and again with each seed
 */
export async function measureTrained(
  session: Session,
  dataset: Dataset,
  set: string,
  seeds: number,
  told: (row: TrainedMeasured) => void,
): Promise<void> {
  const { run, model } = session;
  const { images } = dataset;
  const truth = images.map((image) => image.truth!);
  const k = new Set(truth).size;
  const about = { network: model.reference, set, images: images.length, classes: k };
  const start = performance.now();
  const maps = await mapsForTraining(
    session,
    images.map((image) => sourceOf(image, model)),
  );
  const megabytes = maps.values.byteLength / 2 ** 20;
  console.error(`${set}: ${images.length} images, maps in ${((performance.now() - start) / 1000).toFixed(0)} s`);
  for (const method of ['ward', 'ward of the paper'] as const) {
    const settings = { ...defaultSettings, weights: 'unsupervised' } as const;
    const described = await describeImages(
      session,
      dataset,
      method === 'ward' ? { ...settings, method: 'blocks' } : { ...settings, method: 'paper', references: 24 },
    );
    const { assignment } = await run.task('group', {
      ...described.comparison,
      clusterer: 'ward',
      clusters: k,
      seed: 0,
    });
    const { nmi, ari } = evaluate(
      described.images.map(({ image }) => image.truth!),
      [...assignment],
    );
    told({ ...about, method, nmi: [nmi], ari: [ari], best: [], epochs: [], seconds: [], losses: [], megabytes: 0 });
  }
  const rows = trainedClustererNames.map((method): TrainedMeasured => {
    const none = { nmi: [], ari: [], best: [], epochs: [], seconds: [], losses: [] };
    return { ...about, ...none, method, megabytes };
  });
  // Seed by seed, so that a run which is ended has all methods with fewer of them.
  for (let seed = 0; seed < seeds; seed++) {
    for (const row of rows) {
      const from = performance.now();
      let best = 0;
      const { labels, epochs, losses } = await trainClusterer(run, row.method as TrainedClustererName, maps, {
        k,
        seed,
        onEpoch: ({ labels }) => (best = Math.max(best, evaluate(truth, [...labels()]).nmi)),
      });
      const { nmi, ari } = evaluate(truth, [...labels]);
      row.nmi.push(nmi);
      row.ari.push(ari);
      row.best.push(Math.max(best, nmi));
      row.epochs.push(epochs);
      row.losses.push([losses[0]![0]!, losses[0]!.at(-1)!]);
      row.seconds.push((performance.now() - from) / 1000);
      told(row);
    }
  }
}

const titles = {
  ward: 'ours, Ward',
  'ward of the paper': "paper's, Ward",
  iic: 'IIC',
  gatcluster: 'GATCluster',
  scan: 'SCAN',
};

/** NMI with its spread, the best epoch's in brackets; then time and memory. */
export function trainedAsMarkdown(measured: readonly TrainedMeasured[]): string {
  const sets = [...new Set(measured.map(({ set }) => set))];
  const methods = Object.keys(titles) as (keyof typeof titles)[];
  const of = (set: string, method: string) => measured.find((each) => each.set === set && each.method === method);
  const table = (title: string, text: (row: TrainedMeasured) => string) => [
    `### ${title}`,
    [
      `| | ${sets.join(' | ')} |`,
      `| --- | ${sets.map(() => '---:').join(' | ')} |`,
      ...methods.map((method) => {
        const cells = sets.map((set) => {
          const row = of(set, method);
          return row ? text(row) : '–';
        });
        return `| ${titles[method]} | ${cells.join(' | ')} |`;
      }),
    ].join('\n'),
  ];
  const spread = (values: number[]) => (values.length < 2 ? '' : ` ± ${deviation(values).toFixed(3)}`);
  return `${[
    ...table(
      'NMI, mean of the seeds ± their standard deviation (mean of the best epochs)',
      ({ nmi, best }) => `${mean(nmi).toFixed(3)}${spread(nmi)}${best.length > 0 ? ` (${mean(best).toFixed(3)})` : ''}`,
    ),
    ...table('ARI', ({ ari }) => `${mean(ari).toFixed(3)}${spread(ari)}`),
    ...table('Seconds, epochs', ({ seconds, epochs }) =>
      seconds.length > 0 ? `${mean(seconds).toFixed(0)} s, ${mean(epochs).toFixed(0)}` : '–',
    ),
    ...table(
      'Loss of the first phase, first to last epoch',
      ({ losses }) => losses.map(([from, to]) => `${from.toFixed(2)} to ${to.toFixed(2)}`).join(', ') || '–',
    ),
  ].join('\n\n')}\n`;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Standard deviation of a sample. */
function deviation(values: readonly number[]): number {
  const middle = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1));
}
