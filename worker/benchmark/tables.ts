// The tables of a benchmark as data, for every way of showing them: ours by dataset and on average, with the paper's beside them. Pure.
import { tables, type Method, type TableDefinition } from './methods';
import type { BenchmarkDataset, BenchmarkResults, Metric, PaperGroup } from './results';

export const metricTitles: Record<Metric, string> = {
  nmi: 'NMI',
  ari: 'ARI',
  f1Micro: 'F1 micro',
  f1Macro: 'F1 macro',
  purity: 'purity',
  mAUC: 'mAUC',
  'R@0.9': 'R@0.9',
  'R@0.95': 'R@0.95',
  'R@0.99': 'R@0.99',
  auroc: 'AUROC of distances',
  aurocWeights: 'AUROC of weights',
};

export const metricDefinitions: Record<Metric, string> = {
  nmi: 'normalised mutual information with the true classes, arithmetic mean of the entropies',
  ari: 'adjusted Rand index',
  f1Micro: 'share of the images in the cluster that is matched to their class (Hungarian)',
  f1Macro: 'mean over the classes of the F1 of class and matched cluster',
  purity: "share of the images that are of their cluster's most frequent class",
  mAUC: 'mean purity over all numbers of clusters',
  'R@0.9': 'share of the clusters that can be saved at purity 0.9',
  'R@0.95': 'share of the clusters that can be saved at purity 0.95',
  'R@0.99': 'share of the clusters that can be saved at purity 0.99',
  auroc: 'area under the ROC curve of the patch distances against the masks, over all pixels',
  aurocWeights: 'the same of the weights alpha',
};

export interface TableColumn {
  title: string;
  definition: string;
  isPaper: boolean;
}

export interface TableCell {
  value: number | null;
  /** The largest of ours in its column. */
  isBest: boolean;
}

export interface TableRow {
  title: string;
  cells: TableCell[];
}

/** One dataset, or the mean over several. */
export interface TableSection {
  title: string;
  columns: TableColumn[];
  rows: TableRow[];
}

export interface BenchmarkTable {
  part: TableDefinition['part'];
  title: string;
  caption: string;
  sections: TableSection[];
}

/** The value of a method and metric for a dataset or a mean. */
type Values = (method: string, metric: Metric) => number | null;

export function benchmarkTables({ datasets, parts }: BenchmarkResults): BenchmarkTable[] {
  return tables
    .filter(
      ({ part }) =>
        parts.includes(part) || datasets.some(({ measurements }) => measurements.some((m) => m.part === part)),
    )
    .map((definition) => {
      const { part, title, caption } = definition;
      const sections = datasets.map((dataset) =>
        section(definition, dataset.name, valuesOf(definition, dataset), dataset.group),
      );
      return { part, title, caption, sections: [...sections, ...means(definition, datasets)] };
    });
}

/** The means that the paper prints: over object categories, over texture categories, and over all datasets. */
function means(definition: TableDefinition, datasets: BenchmarkDataset[]): TableSection[] {
  const groups: [string, BenchmarkDataset[], PaperGroup | undefined][] = [
    ['object categories', datasets.filter(({ group }) => group === 'object'), 'object'],
    ['texture categories', datasets.filter(({ group }) => group === 'texture'), 'texture'],
    ['datasets', datasets, undefined],
  ];
  return groups
    .filter(([, members], i) => members.length > 1 && !(i < 2 && members.length === 0))
    .map(([what, members, group]) => {
      const values = members.map((dataset) => valuesOf(definition, dataset));
      return section(
        definition,
        `mean over ${members.length} ${what}`,
        (method, metric) => mean(values, method, metric),
        group,
      );
    });
}

/** Null unless all have the number: a mean over some datasets would stand beside means over all. */
function mean(values: Values[], method: string, metric: Metric): number | null {
  const known = values.map((value) => value(method, metric)).filter((value) => value !== null);
  return known.length < values.length ? null : known.reduce((a, b) => a + b, 0) / known.length;
}

function valuesOf({ part }: TableDefinition, { measurements }: BenchmarkDataset): Values {
  const values = new Map(measurements.filter((m) => m.part === part).map((m) => [`${m.method}/${m.metric}`, m.value]));
  return (method, metric) => values.get(`${method}/${metric}`) ?? null;
}

function section(
  { metrics, methods, quoted = [] }: TableDefinition,
  title: string,
  values: Values,
  group: PaperGroup | undefined,
): TableSection {
  const all: Method[] = [...methods, ...quoted];
  const paperOf = (method: Method, metric: Metric) => (group === undefined ? null : method.paper(metric, group));
  const columns = metrics.flatMap((metric): { metric: Metric; isPaper: boolean }[] => {
    const hasPaper = all.some((method) => paperOf(method, metric) !== null);
    return [{ metric, isPaper: false }, ...(hasPaper ? [{ metric, isPaper: true }] : [])];
  });
  const best = new Map(
    metrics.map((metric) => [metric, Math.max(...methods.map(({ id }) => values(id, metric) ?? -Infinity))]),
  );
  const cell = (method: Method, metric: Metric, isPaper: boolean): TableCell => {
    if (isPaper) return { value: paperOf(method, metric), isBest: false };
    const value = values(method.id, metric);
    return { value, isBest: value !== null && value === best.get(metric) };
  };
  return {
    title,
    columns: columns.map(({ metric, isPaper }) => ({
      title: isPaper ? `paper ${metric === 'f1Micro' ? 'F1' : metricTitles[metric]}` : metricTitles[metric],
      definition: metricDefinitions[metric],
      isPaper,
    })),
    rows: all.map((method) => ({
      title: method.title,
      cells: columns.map(({ metric, isPaper }) => cell(method, metric, isPaper)),
    })),
  };
}

/** As the paper prints numbers; a dash where there is none. */
export function formatValue(value: number | null): string {
  return value === null ? '–' : value.toFixed(3).replace(/^(-?)0\./, '$1.');
}
