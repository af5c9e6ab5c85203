// What was measured: a row a dataset, and what a reader has to know of its numbers.
import type { BenchmarkDataset } from '../../worker/benchmark/tables/results';
import { groupTitles } from '../../worker/benchmark/tables/tables';
import { h } from '../kit/dom';
import { count } from '../kit/format';

const columns: { title: string; definition: string; cell: (dataset: BenchmarkDataset) => string }[] = [
  {
    title: "beside the paper's",
    definition: "whose numbers of the paper stand beside this dataset's",
    cell: ({ group }) => (group === undefined ? '–' : groupTitles[group]),
  },
  { title: 'images', definition: 'images that are clustered', cell: ({ images }) => images.toLocaleString('en') },
  {
    title: 'that count',
    definition: 'images that count in the metrics: those with several defects do not',
    cell: ({ counted }) => counted.toLocaleString('en'),
  },
  { title: 'k', definition: 'true number of clusters', cell: ({ k }) => String(k) },
  {
    title: 'normal images',
    definition: 'images of Eq. 6 to compare with; they are not clustered',
    cell: ({ normals }) => (normals === 0 ? '–' : normals.toLocaleString('en')),
  },
  {
    title: 'masks',
    definition: 'whether there are masks of the defects',
    cell: ({ hasMasks }) => (hasMasks ? 'yes' : '–'),
  },
  {
    title: 'temperature',
    definition: 'temperature of Eq. 5, in distance units',
    cell: ({ temperatures }) => temperatures.unsupervised.toPrecision(3),
  },
  {
    title: 'with normals',
    definition: 'temperature of Eq. 6, in distance units',
    cell: ({ temperatures }) => temperatures.normal?.toPrecision(3) ?? '–',
  },
];

/** A table with a row a dataset, and the remarks below it. */
export function benchmarkOverview(datasets: BenchmarkDataset[]): HTMLElement {
  const head = columns.map(({ title, definition }) => h('th', { scope: 'col', title: definition }, title));
  const rows = datasets.map((dataset) =>
    h(
      'tr',
      {},
      h('th', { scope: 'row' }, dataset.name),
      ...columns.map(({ cell }) => h('td', {}, cell(dataset))),
      h('td', { class: 'classes' }, dataset.classes.map(({ name, images }) => `${name} ${images}`).join(', ')),
    ),
  );
  return h(
    'section',
    { 'aria-labelledby': 'datasets' },
    h('h2', { id: 'datasets' }, 'Datasets'),
    h(
      'div',
      { class: 'table-scroll overview', tabindex: 0, role: 'region', 'aria-labelledby': 'datasets' },
      h(
        'table',
        {},
        h('thead', {}, h('tr', {}, h('td', {}), ...head, h('th', { scope: 'col', class: 'classes' }, 'classes'))),
        h('tbody', {}, ...rows),
      ),
    ),
    remarksOf(datasets),
  );
}

/** Open as long as they are few: they say how the numbers are to be read. */
function remarksOf(datasets: BenchmarkDataset[]): HTMLElement | null {
  const remarks = datasets.flatMap(({ name, remarks }) => remarks.map((text) => ({ name, text })));
  if (remarks.length === 0) return null;
  return h(
    'details',
    { class: 'remarks printed', open: remarks.length <= 6 },
    h('summary', {}, count(remarks.length, 'remark')),
    h('ul', {}, ...remarks.map(({ name, text }) => h('li', {}, h('strong', {}, name), `: ${text}`))),
  );
}
