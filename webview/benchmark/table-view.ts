// The tables of a benchmark's page: ours, with the paper's numbers beside them.
import { formatCell, type BenchmarkTable, type TableSection } from '../../worker/benchmark/tables/tables';
import { h } from '../kit/dom';
import { count } from '../kit/format';

/** More datasets than these are folded below their means. */
const unfoldedDatasets = 3;

/** A table with its means and its datasets; many datasets are folded. */
export function tableSection({ title, caption, sections }: BenchmarkTable): HTMLElement {
  const means = sections.filter(({ isMean }) => isMean);
  const datasets = sections.filter(({ isMean }) => !isMean);
  const isFolded = datasets.length > unfoldedDatasets;
  return h(
    'section',
    {},
    h('h2', {}, title),
    h('p', { class: 'caption' }, caption),
    ...(isFolded
      ? [
          tables(means),
          h(
            'details',
            { class: 'printed' },
            h('summary', {}, `Each of the ${count(datasets.length, 'dataset')}`),
            tables(datasets),
          ),
        ]
      : [tables(sections)]),
  );
}

function tables(sections: TableSection[]): HTMLElement {
  return h('div', { class: 'tables' }, ...sections.map(numbers));
}

function numbers({ title, columns, rows }: TableSection): HTMLElement {
  const head = columns.map(({ title: name, definition, isPaper }) =>
    h('th', { scope: 'col', title: definition, class: isPaper ? 'paper' : undefined }, name),
  );
  const body = rows.map((row) =>
    h(
      'tr',
      {},
      h('th', { scope: 'row' }, row.title),
      ...row.cells.map((cell, i) => {
        const text = formatCell(cell);
        return h(
          'td',
          { class: columns[i]!.isPaper ? 'paper' : undefined },
          cell.isBest ? h('strong', {}, text) : text,
        );
      }),
    ),
  );
  return h(
    'div',
    { class: 'table-scroll', tabindex: 0, role: 'region', 'aria-label': title },
    h('table', {}, h('caption', {}, title), h('thead', {}, h('tr', {}, h('td', {}), ...head)), h('tbody', {}, ...body)),
  );
}
