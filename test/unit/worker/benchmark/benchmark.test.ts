// The benchmark's tables: means worked out by hand, and the paper's numbers as printed; CSV and Markdown that other programs can read.
import assert from 'node:assert/strict';
import { curvesCsv, tablesCsv } from '../../../../worker/benchmark/tables/csv';
import { markdownReport } from '../../../../worker/benchmark/tables/markdown';
import { rowsOf } from '../../../../worker/benchmark/run/plan';
import { tables as definitions } from '../../../../worker/benchmark/tables/methods';
import {
  benchmarkParts,
  type BenchmarkDataset,
  type BenchmarkResults,
  type PaperGroup,
} from '../../../../worker/benchmark/tables/results';
import { benchmarkTables, formatValue } from '../../../../worker/benchmark/tables/tables';

function dataset(
  name: string,
  group: PaperGroup | undefined,
  nmi: number,
  withNormals: number | null,
): BenchmarkDataset {
  return {
    name,
    ...(group === undefined ? {} : { group }),
    images: 20,
    counted: 18,
    normals: withNormals === null ? 0 : 5,
    hasMasks: false,
    classes: [
      { name: 'combined', images: 2 },
      { name: 'crack, "long"', images: 9 },
      { name: 'hole|pit', images: 9 },
    ],
    k: 2,
    temperatures: { unsupervised: 0.05, normal: withNormals === null ? null : 0.04 },
    remarks: ['a.png was left out: it is empty (0 bytes).'],
    measurements: [
      { part: 'table1', method: 'average', metric: 'nmi', value: nmi / 2 },
      { part: 'table1', method: 'weighted-average unsupervised', metric: 'nmi', value: nmi },
      { part: 'table1', method: 'weighted-average with normals', metric: 'nmi', value: withNormals },
    ],
    figures: { purityCurves: [{ method: 'average', mAUC: 0.75, purity: [0.5, 1] }] },
  };
}

const results: BenchmarkResults = {
  version: 1,
  model: 'patchnet-s@00000000',
  seed: 0,
  temperature: 'auto',
  bankShare: 0.8,
  parts: ['table1', 'table2'],
  datasets: [
    dataset('bottle', 'object', 0.4, 0.6),
    dataset('screw', 'object', 0.2, null),
    dataset('tiles, "half"', 'mtd', 0.3, 0.5),
    dataset('strip', undefined, 0.8, null),
  ],
};

/** Value of a cell by its titles. */
function cell(part: string, section: string, row: string, column: string): number | null | undefined {
  const found = benchmarkTables(results)
    .find((table) => table.part === part)
    ?.sections.find(({ title }) => title === section);
  const index = found?.columns.findIndex(({ title }) => title === column) ?? -1;
  return found?.rows.find(({ title }) => title === row)?.cells[index]?.value;
}

const unsupervised = 'weighted average, unsupervised';
const withNormals = 'weighted average, with normals';

describe('the tables of a benchmark', () => {
  it('average over all datasets of a group, or not at all', () => {
    assert.ok(Math.abs(cell('table1', 'mean over 2 object categories', unsupervised, 'NMI')! - 0.3) < 1e-12);
    assert.equal(cell('table1', 'mean over 2 object categories', withNormals, 'NMI'), null);
    assert.ok(Math.abs(cell('table1', 'mean over 4 datasets', unsupervised, 'NMI')! - 0.425) < 1e-12);
  });

  it("put the paper's numbers beside the datasets that it has", () => {
    assert.equal(cell('table1', 'bottle', unsupervised, 'paper NMI'), 0.451);
    assert.equal(cell('table1', 'tiles, "half"', withNormals, 'paper F1'), 0.49);
    assert.equal(cell('table2', 'bottle', 'SCAN', 'paper NMI'), 0.176);
    assert.equal(cell('table2', 'bottle', 'k-means, max-Hausdorff', 'paper NMI'), null);
    assert.equal(cell('table1', 'strip', unsupervised, 'paper NMI'), undefined);
  });

  it('have a dash where a dataset has no such number', () => {
    assert.equal(cell('table1', 'screw', withNormals, 'NMI'), null);
    assert.deepEqual([null, 0.4567, 1, -0.05].map(formatValue), ['–', '.457', '1.000', '-.050']);
  });

  it('mark the best of ours in each column', () => {
    const [table] = benchmarkTables(results);
    const best = table!.sections[0]!.rows.filter(({ cells }) => cells[0]!.isBest).map(({ title }) => title);
    assert.deepEqual(best, [withNormals]);
  });

  it('have a row for everything that is computed', () => {
    for (const { part, method } of rowsOf(benchmarkParts)) {
      const definition = definitions.find((table) => table.part === part);
      assert.ok(
        definition?.methods.some(({ id }) => id === method),
        `${part}: ${method}`,
      );
    }
  });

  it('are rectangular in Markdown, whatever the names hold', () => {
    const lines = markdownReport(results).split('\n');
    const rows = lines.filter((line) => line.startsWith('|'));
    assert.ok(rows.some((row) => row.includes('hole\\|pit')));
    let columns = 0;
    for (const [i, line] of lines.entries()) {
      if (!line.startsWith('|')) continue;
      const count = line.replaceAll('\\|', '').split('|').length;
      if (!lines[i - 1]!.startsWith('|')) columns = count;
      assert.equal(count, columns, line);
    }
  });

  it('are quoted in CSV as RFC 4180 says', () => {
    const rows = tablesCsv(results).split('\r\n');
    assert.equal(rows[0], 'dataset,group,part,method,metric,value,paper,best epoch');
    assert.ok(rows.includes('bottle,object,table1,average,nmi,0.2,0.244,'));
    assert.ok(rows.includes('screw,object,table1,weighted-average with normals,nmi,,0.577,'));
    assert.ok(rows.includes('"tiles, ""half""",mtd,table1,weighted-average with normals,nmi,0.5,0.39,'));
    assert.ok(curvesCsv(results).includes('bottle,figure4,average,2,1\r\n'));
    const [first, ...others] = results.datasets;
    const lines = tablesCsv({ ...results, datasets: [{ ...first!, name: 'two\nlines' }, ...others] });
    assert.ok(lines.includes('\r\n"two\nlines",object,table1,average,nmi,0.2,0.244,\r\n'));
  });
});
