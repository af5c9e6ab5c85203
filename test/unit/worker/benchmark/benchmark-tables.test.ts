// What a reader of the benchmark's tables relies on: the paper's numbers beside the right ones of ours, means by group, what is bold,
// sweeps as tables, and the page's axes.
import assert from 'node:assert/strict';
import { tablesCsv } from '../../../../worker/benchmark/tables/csv';
import { markdownReport } from '../../../../worker/benchmark/tables/markdown';
import { tables as definitions } from '../../../../worker/benchmark/tables/methods';
import paper from '../../../../worker/benchmark/tables/paper-tables.json';
import type {
  BenchmarkDataset,
  BenchmarkPart,
  BenchmarkResults,
  Measurement,
  Metric,
  PaperGroup,
  Sweep,
} from '../../../../worker/benchmark/tables/results';
import { rankedMethods } from '../../../../worker/benchmark/tables/best';
import { sweepTables } from '../../../../worker/benchmark/tables/sweep-tables';
import { benchmarkTables, formatCell, type BenchmarkTable } from '../../../../worker/benchmark/tables/tables';
import { labelsOf, splitsOf, yRange } from '../../../../webview/benchmark/scales';

type Numbers = Partial<Record<BenchmarkPart, Record<string, Partial<Record<Metric, number | null>>>>>;

function dataset(
  name: string,
  group: PaperGroup | undefined,
  numbers: Numbers,
  patches?: [number, number][],
): BenchmarkDataset {
  const measurements = Object.entries(numbers).flatMap(([part, methods]) =>
    Object.entries(methods).flatMap(([method, values]) =>
      Object.entries(values).map(([metric, value]) => ({ part, method, metric, value }) as Measurement),
    ),
  );
  const sweep: Sweep = {
    parameter: 'patches that count',
    isLogarithmic: true,
    series: [{ method: 'unsupervised', points: patches ?? [] }],
  };
  return {
    name,
    ...(group === undefined ? {} : { group }),
    images: 1,
    counted: 1,
    normals: 0,
    hasMasks: false,
    classes: [],
    k: 3,
    temperatures: { unsupervised: 0.05, normal: null },
    remarks: [],
    measurements,
    figures: patches ? { hardPatchesSweep: sweep } : {},
  };
}

const all: Metric[] = ['nmi', 'ari', 'f1Micro', 'f1Macro', 'purity'];
const every = (value: number) => Object.fromEntries(all.map((metric) => [metric, value]));

const results: BenchmarkResults = {
  version: 1,
  model: 'patchnet-s@00000000',
  seed: 0,
  temperature: 'auto',
  bankShare: 0.8,
  parts: ['table1', 'table2', 'table3', 'table4', 'table5', 'masks', 'a1'],
  datasets: [
    dataset(
      'bottle',
      'object',
      {
        table1: { average: every(0.2), 'max-hausdorff': every(0.4), 'weighted-average with masks': every(0.9) },
        masks: { 'weighted-average with masks': { nmi: 0.9 }, unsupervised: { auroc: 0.8, aurocWeights: 0.7 } },
      },
      [
        [1, 0.2],
        [2, 0.6],
        [4, 0.4],
      ],
    ),
    dataset('screw', 'object', { table1: { average: every(0.3), 'max-hausdorff': every(0.1) } }, [
      [1, 0.4],
      [2, 0.5],
    ]),
    dataset('carpet', 'texture', { table1: { average: every(0.7), 'max-hausdorff': every(0.6999) } }),
    dataset('tiles', 'mtd', { table1: { average: every(-0.0001), 'max-hausdorff': { nmi: null } } }),
    dataset('strip <1> *new*', undefined, { table1: { average: every(0.5), 'max-hausdorff': every(0.25) } }),
  ],
};

function section(part: BenchmarkPart, title: string, found: BenchmarkTable[] = benchmarkTables(results)) {
  const sections = found.find((table) => table.part === part)?.sections ?? [];
  return (
    sections.find((each) => each.title === title) ??
    assert.fail(`${part} has ${sections.map((each) => each.title).join(', ')}, not ${title}`)
  );
}

function value(part: BenchmarkPart, title: string, row: string, column: string) {
  const { columns, rows } = section(part, title);
  const cells = rows.find((each) => each.title === row)?.cells ?? assert.fail(`${part} has no row ${row}`);
  return cells[columns.findIndex((each) => each.title === column)]?.value;
}

describe('what is best on the data at hand', () => {
  it('is told by the mean of the datasets, without what needs their masks', () => {
    const ranked = rankedMethods(benchmarkTables(results));
    const overall = ranked.map(({ title }) => title);
    assert.ok(!overall.some((title) => title.includes('masks')), overall.join());
    const nmis = ranked.map(({ nmi }) => nmi);
    assert.deepEqual(
      nmis,
      [...nmis].sort((a, b) => b - a),
    );
    // Over all five: (.2 + .3 + .7 + 0 + .5) / 5 for the average.
    const average = ranked.find(({ title }) => title === 'average')!;
    assert.ok(Math.abs(average.nmi - (0.2 + 0.3 + 0.7 - 0.0001 + 0.5) / 5) < 1e-9, String(average.nmi));
  });
});

describe("the paper's numbers in the tables", () => {
  it('are those of the group, whatever the table', () => {
    assert.equal(value('table1', 'tiles', 'max-Hausdorff', 'paper ARI'), paper.table1.rows['max-hausdorff'].mtd[1]);
    assert.equal(value('table1', 'bottle', 'weighted average, with masks', 'paper NMI'), 0.724);
    assert.equal(value('table2', 'carpet', 'Ward, weighted average', 'paper NMI'), 0.674);
    assert.equal(value('table2', 'tiles', 'IIC', 'paper NMI'), 0.064);
    assert.equal(value('table3', 'bottle', 'weighted average, with normals', 'paper R@0.95'), 0.527);
    assert.equal(value('table4', 'tiles', 'max-Hausdorff', 'paper NMI'), 0.25);
    assert.equal(value('table5', 'carpet', 'Hausdorff: max min, mean', 'paper NMI'), 0.562);
    assert.equal(value('table5', 'tiles', 'weighted average, min over images', 'paper NMI'), 0.052);
    assert.equal(value('masks', 'carpet', 'with normals', 'paper AUROC of distances'), 0.973);
    assert.equal(value('table1', 'mean over 2 object categories', 'average', 'paper NMI'), 0.244);
  });

  it('have one column for F1, after both of ours, because the paper does not say which it is', () => {
    assert.deepEqual(
      section('table1', 'bottle').columns.map(({ title }) => title),
      ['NMI', 'paper NMI', 'ARI', 'paper ARI', 'F1 micro', 'F1 macro', 'paper F1', 'purity'],
    );
  });

  it('are missing where the paper has none', () => {
    const hasPaper = (part: BenchmarkPart, title: string) =>
      section(part, title).columns.some(({ isPaper }) => isPaper);
    assert.ok(!hasPaper('table1', 'strip <1> *new*'));
    assert.ok(!hasPaper('table3', 'tiles'));
    assert.equal(value('masks', 'tiles', 'unsupervised', 'paper AUROC of distances'), undefined);
    assert.ok(!hasPaper('table2', 'strip <1> *new*'));
  });
});

describe('heads that are trained', () => {
  it("have the best epoch's number in brackets, ours and the paper's, and it makes none of them the best", () => {
    const trained = { part: 'table2', method: 'SCAN', metric: 'nmi', value: 0.31, best: 0.99 } as const;
    const ward = { part: 'table2', method: 'ward, weighted-average', metric: 'nmi', value: 0.4 } as const;
    const [first] = results.datasets;
    const found = benchmarkTables({ ...results, datasets: [{ ...first!, measurements: [trained, ward] }] });
    const [section] = found.find(({ part }) => part === 'table2')!.sections;
    const row = section!.rows.find(({ title }) => title === 'SCAN')!;
    const printed = row.cells.map(formatCell);
    assert.deepEqual(printed.slice(0, 2), ['.310 (.990)', '.176 (.198)']);
    assert.deepEqual(
      section!.rows.flatMap(({ title, cells }) => (cells[0]!.isBest ? [title] : [])),
      ['Ward, weighted average'],
    );
  });
});

describe('the means of the tables', () => {
  it('stand after the datasets and say over how many they are', () => {
    const titles = benchmarkTables(results)[0]!.sections.map(({ title, isMean }) => [title, isMean]);
    assert.deepEqual(titles, [
      ['bottle', false],
      ['screw', false],
      ['carpet', false],
      ['tiles', false],
      ['strip <1> *new*', false],
      ['mean over 2 object categories', true],
      ['mean over 5 datasets', true],
    ]);
    // (0.2 + 0.3 + 0.7 − 0.0001 + 0.5) / 5
    const mean = value('table1', 'mean over 5 datasets', 'average', 'NMI');
    assert.ok(Math.abs(mean! - 0.33998) < 1e-12);
  });

  it('are left out where they would be dashes only', () => {
    const masks = benchmarkTables(results).find(({ part }) => part === 'masks');
    assert.ok(masks!.sections.every(({ isMean }) => !isMean));
  });
});

describe('bold numbers', () => {
  const best = (title: string) =>
    section('table1', title)
      .rows.filter(({ cells }) => cells[0]!.isBest)
      .map((row) => row.title);

  it('leave out the upper bound, which is told where the defects are', () => {
    assert.deepEqual(best('bottle'), ['max-Hausdorff']);
  });

  it('are all that read the same', () => {
    assert.deepEqual(best('carpet'), ['average', 'max-Hausdorff']);
  });

  it('need something to be better than', () => {
    assert.deepEqual(best('tiles'), []);
  });
});

describe('the sweeps as tables', () => {
  it('have a row a parameter, and means where all datasets have it', () => {
    const [table] = sweepTables(results);
    assert.equal(table!.title, 'A.1: hard weights');
    const rows = (title: string) =>
      section('a1', title, [table!]).rows.map((row) => [row.title, row.cells[0]!.value, row.cells[0]!.isBest]);
    assert.deepEqual(rows('bottle'), [
      ['1', 0.2, false],
      ['2', 0.6, true],
      ['4', 0.4, false],
    ]);
    assert.deepEqual(
      rows('mean over 2 object categories').map(([at, mean]) => [at, Number(Number(mean).toFixed(12))]),
      [
        ['1', 0.3],
        ['2', 0.55],
      ],
    );
  });
});

describe('the Markdown report', () => {
  const report = markdownReport(results);

  it('shows names as they are, in headings and cells', () => {
    assert.ok(report.includes('### strip \\<1\\> \\*new\\*\n'));
    assert.ok(report.includes('| strip \\<1\\> \\*new\\* | – |'));
  });

  it('says how the numbers came about, and defines them', () => {
    assert.match(report, /^Model patchnet-s@00000000, seed 0, temperature auto, 80 % of Magnetic Tile's/m);
    assert.match(report, /^- ARI: adjusted Rand index$/m);
    assert.match(report, /quoted from Sohn et al\./);
    assert.ok(report.includes('## A.1: hard weights'));
  });

  it('has no negative zero', () => {
    assert.ok(!report.includes('-.000'));
    assert.ok(report.includes('| average | .000 | .065 |'));
  });
});

describe('the CSV file', () => {
  it('has a row a measurement, with full precision', () => {
    const rows = tablesCsv(results).trimEnd().split('\r\n');
    assert.equal(rows.length, 1 + results.datasets.reduce((sum, { measurements }) => sum + measurements.length, 0));
    assert.ok(rows.includes('tiles,mtd,table1,average,nmi,-0.0001,0.065,'));
  });
});

describe('the rows of each table', () => {
  it('have names of their own', () => {
    for (const { part, methods } of definitions) {
      assert.equal(new Set(methods.map(({ id }) => id)).size, methods.length, part);
      assert.equal(new Set(methods.map(({ title }) => title)).size, methods.length, part);
    }
  });
});

describe("a plot's axes", () => {
  it('have labels at 1, 2, 5 where there is room, at powers of ten where there is not', () => {
    assert.deepEqual(splitsOf([1, 30, 128], true, 600), [1, 2, 5, 10, 20, 50, 100]);
    assert.deepEqual(splitsOf([1, 30, 128], true, 250), [1, 10, 100]);
    assert.deepEqual(splitsOf([0.004, 0.3], true, 600), [0.005, 0.01, 0.02, 0.05, 0.1, 0.2]);
  });

  it('start at the first value on a linear one', () => {
    assert.deepEqual(splitsOf([1, 94], false, 600), [1, 20, 40, 60, 80]);
    assert.deepEqual(splitsOf([1, 2, 3], false, 600), [1, 2, 3]);
    assert.deepEqual(splitsOf([1], false, 600), [1]);
  });

  it('hold all values, and label them so that they differ', () => {
    assert.deepEqual(yRange([0.31, null, 0.82], false), [0, 0.9]);
    assert.deepEqual(yRange([-0.05, 0.2], false)[0], -0.05);
    assert.deepEqual(yRange([0.35, 1], true), [0.3, 1.02]);
    assert.deepEqual(labelsOf([0, 0.05, 0.1]), ['0.00', '0.05', '0.10']);
    assert.deepEqual(labelsOf([0.2, 0.4]), ['0.2', '0.4']);
  });
});
