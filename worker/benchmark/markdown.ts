// The tables as Markdown, to read in a terminal or to paste into an issue.
import type { BenchmarkDataset, BenchmarkResults } from './results';
import { benchmarkTables, formatValue, metricDefinitions, metricTitles, type TableSection } from './tables';

export function markdownReport(results: BenchmarkResults): string {
  const tables = benchmarkTables(results);
  const parts = [
    '# Anomaly clustering benchmark',
    `Model ${results.model}, seed ${results.seed}, temperature ${results.temperature}.`,
    table(
      ['dataset', 'images', 'that count', 'classes', 'normal images', 'masks', 'temperature', 'with normals'],
      results.datasets.map(datasetRow),
    ),
    ...results.datasets.flatMap(({ name, remarks }) => remarks.map((remark) => `- ${name}: ${remark}`)),
    ...tables.flatMap(({ title, caption, sections }) => [
      `## ${title}`,
      caption,
      ...sections.flatMap((section) => [`### ${section.title}`, sectionTable(section)]),
    ]),
    '## Metrics',
    Object.entries(metricDefinitions)
      .map(([metric, definition]) => `- ${metricTitles[metric as keyof typeof metricTitles]}: ${definition}`)
      .join('\n'),
    'Columns headed “paper” are quoted from Sohn et al., WACV 2023 (WideResNet-50-2): for MVTec AD the mean over the object or the texture categories. The paper does not say which F1 it prints. Bold: best of ours. –: the dataset has no such number.',
  ];
  return `${parts.join('\n\n')}\n`;
}

function datasetRow({ name, images, counted, classes, normals, hasMasks, temperatures }: BenchmarkDataset): string[] {
  return [
    name,
    String(images),
    String(counted),
    classes.map((each) => `${each.name} ${each.images}`).join(', '),
    normals === 0 ? '–' : String(normals),
    hasMasks ? 'yes' : '–',
    temperatures.unsupervised.toPrecision(3),
    temperatures.normal?.toPrecision(3) ?? '–',
  ];
}

function sectionTable({ columns, rows }: TableSection): string {
  return table(
    ['', ...columns.map(({ title }) => title)],
    rows.map(({ title, cells }) => [
      title,
      ...cells.map(({ value, isBest }) => (isBest ? `**${formatValue(value)}**` : formatValue(value))),
    ]),
    '---:',
  );
}

function table(header: string[], rows: string[][], alignment = '---'): string {
  const line = (cells: string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(header), line(header.map((_, i) => (i === 0 ? '---' : alignment))), ...rows.map(line)].join('\n');
}
