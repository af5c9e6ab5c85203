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

/** Whose numbers of the paper stand beside a dataset's. */
export const groupTitles: Record<PaperGroup, string> = {
  object: 'MVTec AD, objects',
  texture: 'MVTec AD, textures',
  mtd: 'Magnetic Tile',
};

/** A metric of ours, or the paper's number for it. */
export interface TableColumn {
  title: string;
  definition: string;
  isPaper: boolean;
}

/** A number; null is printed as a dash. */
export interface TableCell {
  value: number | null;
  /** The same at the best epoch, printed in brackets. */
  best?: number;
  /** The largest of ours in its column, the upper bound aside. */
  isBest: boolean;
}

/** A method, with a cell for each column. */
export interface TableRow {
  title: string;
  cells: TableCell[];
}

/** One dataset, or the mean over several. */
export interface TableSection {
  title: string;
  isMean: boolean;
  columns: TableColumn[];
  rows: TableRow[];
}

/** A table as it is shown, on a page or in Markdown. */
export interface BenchmarkTable {
  part: TableDefinition['part'];
  title: string;
  caption: string;
  sections: TableSection[];
}

/** Datasets that share a section. */
export interface SectionMembers {
  title: string;
  isMean: boolean;
  datasets: BenchmarkDataset[];
  group: PaperGroup | undefined;
}

/** The value of a method and metric for a dataset or a mean. */
type Values = (method: string, metric: Metric, of?: 'value' | 'best') => number | null;

/** The tables that were asked for or that there are numbers for. Means that hold no number of ours are left out. */
export function benchmarkTables({ datasets, parts }: BenchmarkResults): BenchmarkTable[] {
  return tables
    .filter(
      ({ part }) =>
        parts.includes(part) || datasets.some(({ measurements }) => measurements.some((m) => m.part === part)),
    )
    .map((definition) => {
      const { part, title, caption } = definition;
      const sections = sectionsOf(datasets).map((members) => section(definition, members));
      return { part, title, caption, sections: sections.filter((each) => !each.isMean || hasNumbers(each)) };
    });
}

/** Whether at least one cell is a number of ours. */
function hasNumbers({ columns, rows }: TableSection): boolean {
  return rows.some(({ cells }) => cells.some(({ value }, i) => value !== null && !columns[i]!.isPaper));
}

/** One a dataset, and the means that the paper prints: over object categories, over texture categories, and over all datasets. */
export function sectionsOf(datasets: BenchmarkDataset[]): SectionMembers[] {
  const mean = (what: string, members: BenchmarkDataset[], group?: PaperGroup): SectionMembers[] =>
    members.length < 2
      ? []
      : [{ title: `mean over ${members.length} ${what}`, isMean: true, datasets: members, group }];
  const ofGroup = (group: PaperGroup) => datasets.filter((dataset) => dataset.group === group);
  return [
    ...datasets.map((each) => ({ title: each.name, isMean: false, datasets: [each], group: each.group })),
    ...mean('object categories', ofGroup('object'), 'object'),
    ...mean('texture categories', ofGroup('texture'), 'texture'),
    ...mean('datasets', datasets),
  ];
}

/** Null unless all have the number: a mean over some datasets would stand beside means over all. */
export function meanOf(values: (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length < values.length ? null : known.reduce((a, b) => a + b, 0) / known.length;
}

/** What the largest of several numbers reads like; undefined where there are fewer than two. Equal in print is equal. */
export function bestOf(values: (number | null)[]): string | undefined {
  const known = values.filter((value) => value !== null);
  return known.length < 2 ? undefined : formatValue(Math.max(...known));
}

function valuesOf({ part }: TableDefinition, datasets: BenchmarkDataset[]): Values {
  const each = datasets.map(
    ({ measurements }) =>
      new Map(measurements.filter((m) => m.part === part).map((m) => [`${m.method}/${m.metric}`, m])),
  );
  return (method, metric, of = 'value') => meanOf(each.map((found) => found.get(`${method}/${metric}`)?.[of] ?? null));
}

function section(definition: TableDefinition, { title, isMean, datasets, group }: SectionMembers): TableSection {
  const { metrics, methods: all } = definition;
  const values = valuesOf(definition, datasets);
  const paperOf = (method: Method, metric: Metric) => (group === undefined ? null : method.paper(metric, group));
  const columns = metrics.flatMap((metric): { metric: Metric; isPaper: boolean }[] => {
    const quotes = paperBeside(metric).filter((each) => all.some((method) => paperOf(method, each) !== null));
    return [{ metric, isPaper: false }, ...quotes.map((each) => ({ metric: each, isPaper: true }))];
  });
  const candidates = all.filter(({ isUpperBound }) => !isUpperBound);
  const best = new Map(metrics.map((metric) => [metric, bestOf(candidates.map(({ id }) => values(id, metric)))]));
  const cell = (method: Method, metric: Metric, isPaper: boolean): TableCell => {
    const found = isPaper ? paperOf(method, metric) : values(method.id, metric);
    const atBest = isPaper
      ? group === undefined
        ? null
        : (method.paperBest?.(metric, group) ?? null)
      : values(method.id, metric, 'best');
    const isBest = !isPaper && candidates.includes(method) && formatValue(found) === best.get(metric);
    return { value: found, isBest, ...(atBest === null ? {} : { best: atBest }) };
  };
  return {
    title,
    isMean,
    columns: columns.map(({ metric, isPaper }) => ({
      title: isPaper ? `paper ${metric === 'f1Micro' ? 'F1' : metricTitles[metric]}` : metricTitles[metric],
      definition: isPaper ? 'as the paper prints it' : metricDefinitions[metric],
      isPaper,
    })),
    rows: all.map((method) => ({
      title: method.title,
      cells: columns.map(({ metric, isPaper }) => cell(method, metric, isPaper)),
    })),
  };
}

/** The paper's metrics that stand to the right of ours. It does not say which F1 it prints, so that one stands after both of ours. */
function paperBeside(metric: Metric): Metric[] {
  if (metric === 'f1Micro') return [];
  return metric === 'f1Macro' ? ['f1Micro'] : [metric];
}

/** As the paper prints numbers; a dash where there is none. */
export function formatValue(value: number | null): string {
  if (value === null) return '–';
  const printed = value.toFixed(3).replace(/^(-?)0\./, '$1.');
  return printed === '-.000' ? '.000' : printed;
}

/** With the best epoch's number in brackets, where there is one. */
export function formatCell({ value, best }: Pick<TableCell, 'value' | 'best'>): string {
  return best === undefined ? formatValue(value) : `${formatValue(value)} (${formatValue(best)})`;
}

/** What every rendering says below its tables. */
export const footnotes = [
  'Columns headed “paper” are quoted from Sohn et al., Anomaly Clustering, WACV 2023 (WideResNet-50-2): for MVTec AD the mean over the object or the texture categories. The paper does not say which F1 it prints.',
  'Bold: best of ours, the upper bound aside. –: the dataset, or one of those in a mean, has no such number.',
];
