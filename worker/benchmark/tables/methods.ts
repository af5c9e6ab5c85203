// The rows of each table: how the benchmark names them, how people read them, and where the paper prints them.
import type { BenchmarkPart, Metric, PaperGroup } from './results';
import paper from './paper-tables.json' with { type: 'json' };

/** A row of a table. */
export interface Method {
  /** As in `Measurement.method`. */
  id: string;
  title: string;
  /** The paper's number for a metric and a group, or null where it prints none. */
  paper: (metric: Metric, group: PaperGroup) => number | null;
  /** The paper's number for the epoch that is best on the test set, where it prints one in brackets. */
  paperBest?: (metric: Metric, group: PaperGroup) => number | null;
  /** It is told where the defects are, so it is not the best of the methods. */
  isUpperBound?: true;
}

/** A table of the paper: its metrics are its columns, once a group of datasets. */
export interface TableDefinition {
  part: BenchmarkPart;
  title: string;
  /** What a reader has to know of the table, in a sentence or two. */
  caption: string;
  metrics: Metric[];
  methods: Method[];
}

type PaperGroups<T> = Partial<Record<PaperGroup, T>>;

/** A look into the paper's tables that may miss. */
function pick(values: readonly (number | null)[] | undefined, index: number): number | null {
  return index < 0 ? null : (values?.[index] ?? null);
}

const table1Columns: Partial<Record<Metric, number>> = { nmi: 0, ari: 1, f1Micro: 2 };

function table1(id: string, title: string, row: PaperGroups<number[]> | undefined): Method {
  return { id, title, paper: (metric, group) => pick(row?.[group], table1Columns[metric] ?? -1) };
}

function onlyNmi(id: string, title: string, values: (group: PaperGroup) => number | null | undefined): Method {
  return { id, title, paper: (metric, group) => (metric === 'nmi' ? (values(group) ?? null) : null) };
}

const clustererTitles: Record<string, string> = {
  kmeans: 'k-means',
  gmm: 'Gaussian mixture',
  kmedoids: 'k-medoids',
  spectral: 'spectral',
  single: 'single linkage',
  complete: 'complete linkage',
  average: 'average linkage',
  ward: 'Ward',
};

const methodTitles: Record<string, string> = {
  'max-hausdorff': 'max-Hausdorff',
  hausdorff: 'max-Hausdorff',
  'weighted-average': 'weighted average',
  'weighted-average with normals': 'weighted average, with normals',
};

const table2Methods = Object.entries(paper.table2.rows).flatMap(
  ([clusterer, row]: [string, PaperGroups<(number | null)[]>]) =>
    ['max-hausdorff', 'weighted-average'].map((distance, column) =>
      onlyNmi(`${clusterer}, ${distance}`, `${clustererTitles[clusterer]}, ${methodTitles[distance]}`, (group) =>
        pick(row[group], column),
      ),
    ),
);

/** Rows of heads that are trained for each dataset; the clusterer of each. */
export const deepMethods = { IIC: 'iic', GATCluster: 'gatcluster', SCAN: 'scan' } as const;

const deep = (Object.keys(deepMethods) as (keyof typeof deepMethods)[]).map((id): Method => {
  const of = (column: number) => (group: PaperGroup) => pick(paper.table2.deep[id][group], column);
  return { ...onlyNmi(id, id, of(0)), paperBest: onlyNmi(id, id, of(1)).paper };
});

const table3Methods = paper.table3.columns.map((id, column): Method => ({
  id,
  title: methodTitles[id] ?? id,
  paper: (metric, group) => {
    const rows: Partial<Record<string, number[]>> = group === 'mtd' ? {} : paper.table3[group];
    return pick(rows[metric], column);
  },
}));

const table4Methods = paper.table4.columns.map((id, column) =>
  onlyNmi(id, methodTitles[id] ?? id, (group) => pick(paper.table4[group], column)),
);

const hausdorffNames: Record<string, string> = {
  'mean mean, -': 'mean-mean',
  'max min, max': 'max-hausdorff',
  'max min, mean': 'max-min-mean',
  'min min, -': 'min-min',
  'mean min, max': 'mean-min-max',
  'mean min, mean': 'mean-min-mean',
};

const table5Columns = paper.table5.columns;

const table5Methods = [
  ...Object.entries(paper.table5['hausdorff (operators of Eq. 3, operator of Eq. 2)']).map(([operators, values]) =>
    onlyNmi(hausdorffNames[operators]!, `Hausdorff: ${operators.replace(', -', '')}`, (group) =>
      pick(values, table5Columns.indexOf(group)),
    ),
  ),
  ...Object.entries(paper.table5['weights (operator over j of Eq. 5)']).map(([operator, values]) =>
    onlyNmi(`weights ${operator}`, `weighted average, ${operator} over images`, (group) =>
      pick(values, table5Columns.indexOf(group)),
    ),
  ),
];

const rows1 = paper.table1.rows;
const maskNmi: PaperGroups<number> = paper.mask_weights;
const localisation = paper.localisation_auroc;

const withMasks: Method = {
  ...onlyNmi('weighted-average with masks', 'weighted average, with masks', (group) => maskNmi[group]),
  isUpperBound: true,
};

function localisationMethod(id: 'unsupervised' | 'with normals'): Method {
  // The paper prints one number over all of MVTec AD.
  return { id, title: id, paper: (metric, group) => (metric === 'auroc' && group !== 'mtd' ? localisation[id] : null) };
}

export const tables: TableDefinition[] = [
  {
    part: 'table1',
    title: 'Table 1: distances',
    caption: "Ward, k = true number of classes. With masks: the paper's upper bound.",
    metrics: ['nmi', 'ari', 'f1Micro', 'f1Macro', 'purity'],
    methods: [
      table1('average', 'average', rows1.average),
      table1('max-hausdorff', 'max-Hausdorff', rows1['max-hausdorff']),
      table1('weighted-average unsupervised', 'weighted average, unsupervised', rows1['weighted-average unsupervised']),
      table1('weighted-average with normals', 'weighted average, with normals', rows1['weighted-average with normals']),
      withMasks,
      table1('ours', 'ours (six blocks)', undefined),
      table1('ours with normals', 'ours, with normals', undefined),
    ],
  },
  {
    part: 'table2',
    title: 'Table 2: clusterers',
    caption:
      'k-means and the Gaussian mixture need vectors, which max-Hausdorff does not give. Of IIC, GATCluster and SCAN the heads are trained on maps (6 × 6 cells, 64 principal components) of the frozen network, not the network itself, with six fixed views of each image; docs/method.md has all that differs. In brackets: the epoch with the best NMI on the true classes, which nobody knows.',
    metrics: ['nmi', 'ari', 'f1Micro', 'f1Macro', 'purity'],
    methods: [...table2Methods, ...deep],
  },
  {
    part: 'table3',
    title: 'Table 3: purity over all numbers of clusters',
    caption: 'Ward. mAUC = Σ purity(k) / N; R@P = 1 − (smallest k with purity(k) ≥ P) / N.',
    metrics: ['mAUC', 'R@0.9', 'R@0.95', 'R@0.99'],
    methods: table3Methods,
  },
  {
    part: 'table4',
    title: 'Table 4: holistic and patch representations',
    caption:
      "Ward. Ours are of this model's own patch map and its global average; the paper takes the last stage of WideResNet-50 (2048 channels, 8 × 8).",
    metrics: ['nmi', 'ari', 'f1Micro', 'f1Macro', 'purity'],
    methods: table4Methods,
  },
  {
    part: 'table5',
    title: 'Table 5: operators',
    caption: 'Ward. Operators of Eq. 3 (over patches) and Eq. 2 (over directions), and over the images of Eq. 5.',
    metrics: ['nmi', 'ari', 'f1Micro', 'f1Macro', 'purity'],
    methods: table5Methods,
  },
  {
    part: 'masks',
    title: 'Masks: upper bound and localisation',
    caption:
      "Pixel AUROC of the patch distances and of the weights against the masks. The paper's is over all of MVTec AD.",
    metrics: ['nmi', 'auroc', 'aurocWeights'],
    methods: [withMasks, localisationMethod('unsupervised'), localisationMethod('with normals')],
  },
];
