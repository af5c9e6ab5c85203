// Entry of a benchmark's page: what was measured, the tables, the curves and the pictures.
import '../report/report-theme.css';
import './benchmark.css';
import './figures.css';
import 'uplot/dist/uPlot.min.css';
import type { BenchmarkDataset, BenchmarkResults } from '../../worker/benchmark/tables/results';
import { benchmarkTables, footnotes } from '../../worker/benchmark/tables/tables';
import { benchmarkOverview } from './overview';
import { clusterFigure, weightMapFigure } from './pictures';
import { curveFigures } from './plots';
import { tableSection } from './table-view';
import { append, h } from '../kit/dom';

const results = JSON.parse(document.getElementById('page-data')?.textContent ?? '') as BenchmarkResults;
document.title = 'Anomaly clustering benchmark';

const sections = [
  ...benchmarkTables(results).map((table) => ({ title: table.title, element: tableSection(table) })),
  ...results.datasets.flatMap((dataset) => {
    const element = figuresOf(dataset);
    return element ? [{ title: `Figures: ${dataset.name}`, element }] : [];
  }),
];
for (const [i, { element }] of sections.entries()) element.id = `section-${i + 1}`;

append(document.body, [
  h(
    'main',
    { class: 'benchmark' },
    h('header', {}, h('h1', {}, 'Anomaly clustering benchmark'), h('p', { class: 'facts' }, facts(results))),
    benchmarkOverview(results.datasets),
    sections.length > 1
      ? h(
          'nav',
          { 'aria-label': 'Contents' },
          ...sections.map(({ title, element }) => h('a', { href: `#${element.id}` }, title)),
        )
      : null,
    ...sections.map(({ element }) => element),
    h('footer', {}, ...footnotes.map((note) => h('p', {}, note))),
  ),
]);

// Paper has no folds to open.
const opened: HTMLDetailsElement[] = [];
window.addEventListener('beforeprint', () => {
  opened.push(...document.querySelectorAll<HTMLDetailsElement>('details.printed:not([open])'));
  for (const details of opened) details.open = true;
});
window.addEventListener('afterprint', () => {
  for (const details of opened.splice(0)) details.open = false;
});

function facts({ model, seed, temperature, bankShare, datasets }: BenchmarkResults): string {
  const bank = datasets.some(({ group }) => group === 'mtd')
    ? [`${Math.round(bankShare * 100)} % of Magnetic Tile's normal images to compare with`]
    : [];
  return [`Model ${model}`, `seed ${seed}`, `temperature ${temperature}`, ...bank].join(' · ');
}

function figuresOf(dataset: BenchmarkDataset): HTMLElement | undefined {
  const { weightMaps, clusters } = dataset.figures;
  const parts = [
    ...curveFigures(dataset),
    ...(weightMaps ? [weightMapFigure(weightMaps)] : []),
    ...(clusters ? [clusterFigure(clusters)] : []),
  ];
  return parts.length === 0
    ? undefined
    : h('section', { class: 'figures' }, h('h2', {}, `Figures: ${dataset.name}`), ...parts);
}
