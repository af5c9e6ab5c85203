// Entry of a benchmark's page: what was measured, the tables, the curves and the pictures.
import './navigator-language';
import '../report/report-theme.css';
import './benchmark.css';
import './figures.css';
import 'uplot/dist/uPlot.min.css';
import type { BenchmarkDataset, BenchmarkResults } from '../../worker/benchmark/tables/results';
import { rankedMethods, type RankedMethod } from '../../worker/benchmark/tables/best';
import { benchmarkTables, footnotes } from '../../worker/benchmark/tables/tables';
import { benchmarkOverview } from './overview';
import { clusterFigure, weightMapFigure } from './pictures';
import { curveFigures } from './plots';
import { tableSection } from './table-view';
import { append, h } from '../kit/dom';

const results = JSON.parse(document.getElementById('page-data')?.textContent ?? '') as BenchmarkResults;
document.title = 'Anomaly clustering benchmark';

/** Methods that are named at the top. */
const namedAtTop = 3;

const tables = benchmarkTables(results);
const sections = [
  ...tables.map((table) => ({ title: table.title, element: tableSection(table) })),
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
    bestOnThis(rankedMethods(tables), results.datasets.length),
    sections.length > 1
      ? h(
          'nav',
          { 'aria-label': 'Contents' },
          ...sections.map(({ title, element }) => h('a', { href: `#${element.id}` }, title)),
        )
      : null,
    benchmarkOverview(results.datasets),
    ...sections.map(({ element }) => foldable(element)),
    h('footer', {}, ...footnotes.map((note) => h('p', {}, note))),
  ),
]);

/** The first thing that a reader wants to know. */
function bestOnThis(ranked: readonly RankedMethod[], datasets: number): HTMLElement | null {
  const [first, ...others] = ranked.slice(0, namedAtTop);
  if (!first) return null;
  const where = datasets === 1 ? 'on this data' : `on these ${datasets} datasets, as their mean`;
  const rest = others.map(({ title, nmi }) => `${title} (${nmi.toFixed(3)})`).join(', ');
  return h(
    'p',
    { class: 'best' },
    `Best ${where}: `,
    h('strong', {}, first.title),
    ` with an NMI of ${first.nmi.toFixed(3)} (${first.table}).`,
    rest === '' ? null : ` Then ${rest}.`,
  );
}

/** A section whose heading folds it. */
function foldable(section: HTMLElement): HTMLElement {
  const heading = section.querySelector('h2')!;
  const rest = [...section.childNodes].filter((node) => node !== heading);
  section.replaceChildren(h('details', { class: 'fold printed', open: true }, h('summary', {}, heading)));
  section.firstElementChild!.append(...rest);
  return section;
}

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
