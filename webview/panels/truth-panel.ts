// What folders and names tell, beside the clusters: which class, folder or part of a name went where, and how well classes agree with the
// clusters. A cell of the table filters the images.
import * as l10n from '@vscode/l10n';
import { evaluate } from '../../worker/evaluation/metrics';
import { paretoChart } from './pareto';
import { choiceList } from '../kit/controls';
import { clusterDot } from '../kit/cluster-dot';
import { h } from '../kit/dom';
import { percent, threeDecimals } from '../kit/format';
import type { Facet } from '../model/facets';
import type { ClusterModel, GalleryModel } from '../model/gallery-model';
import type { ImageModel } from '../model/image-model';
import { language } from '../kit/l10n';

export interface TruthActions {
  filter: (facet: Facet, value: string, cluster: number | undefined) => void;
}

export class TruthPanel {
  readonly element = h('div', { class: 'panel truth-panel' });
  #shown: GalleryModel | undefined;
  /** Id of the facet that the person chose. */
  #chosen = '';

  constructor(readonly actions: TruthActions) {}

  /** Measures the clusters against the classes and draws the confusion table. */
  update(model: GalleryModel): void {
    if (model === this.#shown) return;
    this.#shown = model;
    this.#draw(model);
  }

  #draw(model: GalleryModel): void {
    const { images, clusters, facets } = model;
    const facet = facets.find(({ id }) => id === this.#chosen) ?? facets[0];
    if (!facet) {
      this.element.replaceChildren(paretoChart(clusters));
      return;
    }
    const known = images.all.filter((image) => facet.valueOf(image) !== undefined);
    const { nmi, ari, f1Micro, purity, confusion } = evaluate(
      known.map((image) => facet.valueOf(image)!),
      known.map(({ cluster }) => cluster),
    );
    const choices = facets.map(({ id, label }) => ({ value: id, label }));
    const choose = choiceList(l10n.t('Count by'), choices, facet.id, (id) => {
      this.#chosen = id;
      this.#draw(model);
    }).element;
    const values = [
      ['NMI', threeDecimals(nmi), l10n.t('Normalised mutual information')],
      ['ARI', threeDecimals(ari), l10n.t('Adjusted Rand index')],
      ['F1', threeDecimals(f1Micro), l10n.t('Share of images whose cluster is matched to their class')],
      [l10n.t('Purity'), percent(purity), l10n.t("Share of images that are of their cluster's most frequent class")],
    ] as const;
    const list = h(
      'dl',
      { class: 'metrics' },
      ...values.map(([name, value, title]) => h('div', { title }, h('dt', {}, name), h('dd', {}, value))),
    );
    const titles = new Map(clusters.map(({ id, title, color }) => [id, { title, color }]));
    const head = h(
      'tr',
      {},
      h('td'),
      ...confusion.clusters.map((id) => {
        const dot = clusterDot(titles.get(id)?.color);
        const title = titles.get(id)?.title ?? String(id);
        return h('th', { scope: 'col', title }, dot, h('span', { class: 'visually-hidden' }, title));
      }),
    );
    const rows = confusion.classes.map((name, r) => {
      const total = confusion.counts[r]!.reduce((sum, each) => sum + each, 0);
      const cells = confusion.clusters.map((id, c) => {
        const images = confusion.counts[r]![c]!;
        const cell = h('td', { class: images === 0 ? 'empty' : '' });
        if (images > 0) {
          const label = imagesOfClass(images, name, titles.get(id)?.title ?? String(id));
          const link = h('button', { type: 'button', 'aria-label': label, title: label }, String(images));
          link.addEventListener('click', () => this.actions.filter(facet, name, id));
          cell.append(link);
          cell.style.setProperty('--part', String(images / total));
        }
        return cell;
      });
      const all = h('button', { type: 'button', class: 'class-name' }, name);
      all.addEventListener('click', () => this.actions.filter(facet, name, undefined));
      return h('tr', {}, h('th', { scope: 'row' }, all), ...cells);
    });
    this.element.replaceChildren(
      paretoChart(clusters),
      ...(facets.length > 1 ? [h('p', {}, `${l10n.t('Count by')} `, choose)] : []),
      ...(facet.isTruth ? [list] : []),
      ...(facet.isTime ? [stackedBars(facet, known, clusters)] : []),
      h('table', { class: 'confusion' }, h('thead', {}, head), h('tbody', {}, ...rows)),
      h('p', { class: 'summary' }, l10n.t('Columns: clusters. Choose a number to see its images.')),
    );
  }
}

function imagesOfClass(n: number, name: string, cluster: string): string {
  return n === 1
    ? l10n.t('1 image of {0} in {1}', name, cluster)
    : l10n.t('{0} images of {1} in {2}', n.toLocaleString(language), name, cluster);
}

/** A bar a day, in the colours of the clusters: what came when. */
function stackedBars(facet: Facet, images: readonly ImageModel[], clusters: readonly ClusterModel[]): HTMLElement {
  const counts = new Map(facet.values.map((value) => [value, new Map<number, number>()]));
  for (const image of images) {
    const own = counts.get(facet.valueOf(image)!)!;
    own.set(image.cluster, (own.get(image.cluster) ?? 0) + 1);
  }
  const totals = [...counts.values()].map((own) => [...own.values()].reduce((sum, each) => sum + each, 0));
  const most = Math.max(...totals, 1);
  const rows = [...counts].map(([value, own], r) => {
    const parts = clusters
      .filter(({ id }) => own.has(id))
      .map(({ id, color, title }) => {
        const part = h('span', { class: 'stack-part', title: `${value}, ${title}: ${own.get(id)!}` });
        part.style.setProperty('--cluster-color', color);
        part.style.setProperty('--length', `${(100 * own.get(id)!) / most}%`);
        return part;
      });
    const count = totals[r]!.toLocaleString(language);
    return h('li', {}, h('span', {}, value), h('span', { class: 'stack' }, ...parts), h('span', {}, count));
  });
  return h('ul', { class: 'stacks', role: 'list', 'aria-label': l10n.t('Images of each day') }, ...rows);
}
