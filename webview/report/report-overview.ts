// What only a report shows: how it was made, how large the clusters are, and which images could not be used.
import * as l10n from '@vscode/l10n';
import type { ReportData } from '../../worker/api/report-data';
import type { ImageFailure, Note } from '../../worker/api/requests';
import { sectionId } from '../grid/cluster-section';
import { h } from '../kit/dom';
import { numberOfImages } from '../kit/format';
import type { ClusterModel } from '../model/gallery-model';
import { language } from '../kit/l10n';

/** What stands below the header of a report. @param clusters in the order of the label file */
export function reportOverview({ notes, failures }: ReportData, clusters: ClusterModel[]): HTMLElement {
  return h(
    'div',
    { class: 'overview' },
    h('section', { 'aria-labelledby': 'sizes' }, h('h2', { id: 'sizes' }, l10n.t('Cluster sizes')), sizes(clusters)),
    h('section', { 'aria-labelledby': 'how' }, h('h2', { id: 'how' }, l10n.t('How it was made')), settings(notes)),
    failures.length > 0 ? failed(failures) : null,
  );
}

/** A bar a cluster, which leads to its images. */
function sizes(clusters: ClusterModel[]): HTMLElement {
  const largest = Math.max(...clusters.map(({ images }) => images.length), 1);
  const rows = clusters.map(({ id, title, color, images }) => {
    const bar = h('span', { class: 'size-bar', 'aria-hidden': 'true' });
    bar.style.setProperty('--length', `${(images.length / largest) * 100}%`);
    bar.style.setProperty('--cluster-color', color);
    return h(
      'li',
      {},
      h('a', { href: `#${sectionId(id)}` }, title),
      h('span', { class: 'size-track' }, bar),
      h('span', { class: 'size-count' }, numberOfImages(images.length)),
    );
  });
  return h('ul', { class: 'sizes', role: 'list' }, ...rows);
}

function settings(notes: Note[]): HTMLElement {
  const rows = notes.map(({ label, value }) => h('tr', {}, h('th', { scope: 'row' }, label), h('td', {}, value)));
  return h('table', { class: 'notes' }, h('tbody', {}, ...rows));
}

function imagesLeftOut(n: number): string {
  return n === 1 ? l10n.t('1 image left out') : l10n.t('{0} images left out', n.toLocaleString(language));
}

function failed(failures: ImageFailure[]): HTMLElement {
  const rows = failures.map(({ path, reason }) => h('li', {}, h('span', { class: 'path' }, path), ` ${reason}`));
  return h(
    'section',
    { class: 'failures', 'aria-labelledby': 'failures' },
    h('h2', { id: 'failures' }, imagesLeftOut(failures.length)),
    h('ul', { role: 'list' }, ...rows),
  );
}
