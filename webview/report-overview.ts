// What only a report shows: how it was made, how large the clusters are, and which images could not be used.
import * as l10n from '@vscode/l10n';
import type { ImageFailure, Note, ReportData } from '../worker/api';
import { sectionId } from './cluster-section';
import { h } from './dom';
import { numberOfImages } from './format';
import type { ClusterModel } from './gallery-model';
import { language } from './l10n';

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
