// What only a report shows: how it was made, how large the clusters are, and which images could not be used.
import type { ImageFailure, Note, ReportData } from '../worker/api';
import { sectionId } from './cluster-section';
import { h } from './dom';
import { count } from './format';
import type { ClusterModel } from './gallery-model';

export function reportOverview({ notes, failures }: ReportData, clusters: ClusterModel[]): HTMLElement {
  return h(
    'div',
    { class: 'overview' },
    h('section', { 'aria-labelledby': 'sizes' }, h('h2', { id: 'sizes' }, 'Cluster sizes'), sizes(clusters)),
    h('section', { 'aria-labelledby': 'how' }, h('h2', { id: 'how' }, 'How it was made'), settings(notes)),
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
      h('span', { class: 'size-count' }, count(images.length, 'image')),
    );
  });
  return h('ul', { class: 'sizes', role: 'list' }, ...rows);
}

function settings(notes: Note[]): HTMLElement {
  const rows = notes.map(({ label, value }) => h('tr', {}, h('th', { scope: 'row' }, label), h('td', {}, value)));
  return h('table', { class: 'notes' }, h('tbody', {}, ...rows));
}

function failed(failures: ImageFailure[]): HTMLElement {
  const rows = failures.map(({ path, reason }) => h('li', {}, h('span', { class: 'path' }, path), ` ${reason}`));
  return h(
    'section',
    { class: 'failures', 'aria-labelledby': 'failures' },
    h('h2', { id: 'failures' }, `${count(failures.length, 'image')} left out`),
    h('ul', { role: 'list' }, ...rows),
  );
}
