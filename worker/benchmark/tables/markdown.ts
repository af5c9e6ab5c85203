// The tables as Markdown, to read in a terminal or to paste into an issue.
import type { BenchmarkDataset, BenchmarkResults } from './results';
import { sweepTables } from './sweep-tables';
import {
  benchmarkTables,
  footnotes,
  formatCell,
  groupTitles,
  metricDefinitions,
  metricTitles,
  type TableCell,
  type TableSection,
} from './tables';

/** The whole report: how the numbers came about, all tables and sweeps, what the metrics mean. `\n` at the ends of lines. */
export function markdownReport(results: BenchmarkResults): string {
  const { model, seed, temperature, bankShare, datasets } = results;
  const bank = datasets.some(({ group }) => group === 'mtd')
    ? `, ${Math.round(bankShare * 100)} % of Magnetic Tile's normal images to compare with`
    : '';
  const parts = [
    '# Anomaly clustering benchmark',
    `Model ${text(model)}, seed ${seed}, temperature ${temperature}${bank}.`,
    table(
      [
        'dataset',
        'beside the paper’s',
        'images',
        'that count',
        'classes',
        'k',
        'normal images',
        'masks',
        'temperature',
        'with normals',
      ],
      datasets.map(datasetRow),
    ),
    datasets.flatMap(({ name, remarks }) => remarks.map((remark) => `- ${text(name)}: ${text(remark)}`)).join('\n'),
    ...[...benchmarkTables(results), ...sweepTables(results)].flatMap(({ title, caption, sections }) => [
      `## ${title}`,
      caption,
      ...sections.flatMap((section) => [`### ${text(section.title)}`, sectionTable(section)]),
    ]),
    '## Metrics',
    Object.entries(metricDefinitions)
      .map(([metric, definition]) => `- ${metricTitles[metric as keyof typeof metricTitles]}: ${definition}`)
      .join('\n'),
    ...footnotes,
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function datasetRow(dataset: BenchmarkDataset): string[] {
  const { name, group, images, counted, classes, k, normals, hasMasks, temperatures } = dataset;
  return [
    text(name),
    group === undefined ? '–' : groupTitles[group],
    String(images),
    String(counted),
    classes.map((each) => `${text(each.name)} ${each.images}`).join(', '),
    String(k),
    normals === 0 ? '–' : String(normals),
    hasMasks ? 'yes' : '–',
    temperatures.unsupervised.toPrecision(3),
    temperatures.normal?.toPrecision(3) ?? '–',
  ];
}

function sectionTable({ columns, rows }: TableSection): string {
  return table(
    ['', ...columns.map(({ title }) => title)],
    rows.map(({ title, cells }) => [title, ...cells.map(number)]),
    '---:',
  );
}

function number(cell: TableCell): string {
  const printed = formatCell(cell);
  return cell.isBest ? `**${printed}**` : printed;
}

function table(header: string[], rows: string[][], alignment = '---'): string {
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map((_, i) => (i === 0 ? '---' : alignment))), ...rows.map(line)].join('\n');
}

/** A name of a person's file or folder as it is: nothing in it ends a cell or a line, or is a tag or emphasis. */
function text(name: string): string {
  return name.replace(/[\r\n]+/g, ' ').replace(/[\\|<>*`[\]~]/g, '\\$&');
}
