// Entry of the page that compares two label files: how far they agree, what stands for what, and which images are elsewhere.
import '../kit/l10n';
import '../kit/base.css';
import '../report/report-theme.css';
import './compare.css';
import * as l10n from '@vscode/l10n';
import type { ComparisonData } from '../../worker/api/report-data';
import { clusterDot } from '../kit/cluster-dot';
import { h } from '../kit/dom';
import { numberOfImages, percent, shortPath, threeDecimals } from '../kit/format';
import { language } from '../kit/l10n';

const data = JSON.parse(document.getElementById('page-data')?.textContent ?? '') as ComparisonData;
const { first, second, comparison, pictures } = data;
document.title = l10n.t('{0} and {1}', first.name, second.name);
document.body.append(
  h(
    'main',
    { class: 'comparison' },
    h('h1', {}, document.title),
    summary(),
    h('h2', {}, l10n.t('What went where')),
    h('p', { class: 'summary' }, l10n.t('Rows: {0}. Columns: {1}.', first.name, second.name)),
    table(),
    ...(comparison.moved.length === 0 ? [] : [h('h2', {}, l10n.t('Images that are elsewhere')), moved()]),
    ...missing(l10n.t('Only in {0}', first.name), comparison.onlyInFirst),
    ...missing(l10n.t('Only in {0}', second.name), comparison.onlyInSecond),
  ),
);

function summary(): HTMLElement {
  const { images, agreement } = comparison;
  const both = l10n.t('{0} are in both.', numberOfImages(images));
  if (!agreement) return h('p', {}, both);
  const { same, ari, nmi } = agreement;
  return h(
    'p',
    { class: 'agreement' },
    h('strong', {}, percent(same)),
    ` ${l10n.t('are in clusters that stand for each other.')} ${both} ARI ${threeDecimals(ari)}, NMI ${threeDecimals(nmi)}.`,
  );
}

function table(): HTMLElement {
  const { first: rows, second: columns, counts } = comparison.table;
  const partners = new Set(comparison.clusters.map((pair) => `${pair.first?.id} ${pair.second?.id}`));
  const head = columns.map(({ id, title }) => h('th', { scope: 'col' }, clusterDot(second.colors[id]), ` ${title}`));
  const body = rows.map(({ id, title, images }, r) =>
    h(
      'tr',
      {},
      h('th', { scope: 'row' }, clusterDot(first.colors[id]), ` ${title}`),
      ...columns.map((column, c) => {
        const count = counts[r]![c]!;
        const isPair = partners.has(`${id} ${column.id}`);
        const cell = h('td', { class: isPair ? 'pair' : '' }, count === 0 ? '' : count.toLocaleString(language));
        cell.style.setProperty('--part', String(images === 0 ? 0 : count / images));
        return cell;
      }),
    ),
  );
  return h('table', {}, h('thead', {}, h('tr', {}, h('td'), ...head)), h('tbody', {}, ...body));
}

function moved(): HTMLElement {
  const groups = new Map<string, typeof comparison.moved>();
  for (const image of comparison.moved) {
    const title = `${image.from} → ${image.to}`;
    groups.set(title, [...(groups.get(title) ?? []), image]);
  }
  const sorted = [...groups].sort(([, a], [, b]) => b.length - a.length);
  return h(
    'div',
    {},
    ...sorted.map(([title, images]) =>
      h(
        'section',
        {},
        h('h3', {}, title, h('span', { class: 'summary' }, ` ${numberOfImages(images.length)}`)),
        h(
          'ul',
          { class: 'moved', role: 'list' },
          ...images.map(({ path, pinned }) =>
            h(
              'li',
              { title: path },
              pictures[path] === undefined ? null : h('img', { src: pictures[path], alt: '' }),
              h('span', {}, pinned ? `${shortPath(path)} · ${l10n.t('pinned')}` : shortPath(path)),
            ),
          ),
        ),
      ),
    ),
  );
}

function missing(title: string, paths: readonly string[]): HTMLElement[] {
  if (paths.length === 0) return [];
  return [
    h('details', {}, h('summary', {}, `${title}: ${numberOfImages(paths.length)}`), h('p', {}, paths.join(', '))),
  ];
}
