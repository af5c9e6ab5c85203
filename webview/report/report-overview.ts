// What only a report shows. First what everybody reads: a picture and a sentence for each cluster, how many there are of each, and when it
// was made; at its end how it was made, and which images could not be used.
import * as l10n from '@vscode/l10n';
import type { Made, ReportData } from '../../worker/api/report-data';
import type { ImageFailure, Note } from '../../worker/api/requests';
import { evenly } from '../../worker/base/evenly';
import { drawHeatMap } from '../grid/draw-heat-map';
import { sectionId } from '../grid/cluster-section';
import { clusterDot } from '../kit/cluster-dot';
import { h } from '../kit/dom';
import { numberOfImages, percent } from '../kit/format';
import { language } from '../kit/l10n';
import type { ClusterModel, GalleryModel } from '../model/gallery-model';
import type { ImageModel } from '../model/image-model';
import { placeInWords } from '../model/where';
import { paretoChart } from '../panels/pareto';
import type { ReportSource } from './report-source';

/** What stands below the header of a report. */
export function reportOverview(data: ReportData, model: GalleryModel, source: ReportSource): HTMLElement {
  const clusters = model.clusters
    .map((cluster) => withFurther(cluster, model))
    .filter(({ images }) => images.length > 0);
  const sorted = [...clusters].sort((a, b) => b.images.length - a.images.length);
  return h(
    'div',
    { class: 'overview' },
    h('p', { class: 'made' }, madeInWords(data.made)),
    h(
      'section',
      { class: 'found', 'aria-labelledby': 'found' },
      h('h2', { id: 'found' }, l10n.t('What was found')),
      h('ul', { class: 'cards', role: 'list' }, ...sorted.map((cluster) => card(cluster, model, source))),
    ),
    h(
      'section',
      { 'aria-labelledby': 'sizes' },
      h('h2', { id: 'sizes' }, l10n.t('How many of each')),
      paretoChart(clusters, ({ id }) => `#${sectionId(id)}`),
    ),
  );
}

/** Where images have several labels, each counts: a kind of defect that is never the largest is one, too. */
function withFurther(cluster: ClusterModel, { imageCount }: GalleryModel): ClusterModel {
  if (cluster.further.length === 0) return cluster;
  const images = [...cluster.images, ...cluster.further];
  return { ...cluster, images, share: images.length / imageCount };
}

/** What stands below the images of a report. */
export function reportEnd({ notes, failures }: ReportData): HTMLElement {
  return h(
    'footer',
    { class: 'report-end' },
    notes.length > 0
      ? h('section', { 'aria-labelledby': 'how' }, h('h2', { id: 'how' }, l10n.t('How it was made')), settings(notes))
      : null,
    failures.length > 0 ? failed(failures) : null,
  );
}

function madeInWords({ date, version, folder }: Made): string {
  const day = new Date(date).toLocaleString(language, { dateStyle: 'long', timeStyle: 'short' });
  return [day, folder, version === '' ? '' : `Anomaly Clustering ${version}`].filter(Boolean).join(' · ');
}

/** The most typical image with its heat map, and a sentence. */
function card(cluster: ClusterModel, model: GalleryModel, source: ReportSource): HTMLElement {
  const { id, title, color, images } = cluster;
  const typical = images.find(({ isMedoid }) => isMedoid) ?? images[0]!;
  const picture = h('img', { alt: typical.path, class: 'card-picture' });
  const heat = h('canvas', { class: 'card-heat', width: 0, height: 0 });
  const sentence = h('p', {}, sizeInWords(cluster, model));
  void fillCard({ picture, heat, sentence }, { cluster, typical, model, source });
  return h(
    'li',
    { class: 'card' },
    h('a', { href: `#${sectionId(id)}`, 'aria-label': title }, h('span', { class: 'card-frame' }, picture, heat)),
    h('div', {}, h('h3', {}, clusterDot(color), title), sentence),
  );
}

/** Images that say where a cluster's anomalies are. */
const lookedAt = 40;

async function fillCard(
  { picture, heat, sentence }: { picture: HTMLImageElement; heat: HTMLCanvasElement; sentence: HTMLElement },
  {
    cluster,
    typical,
    model,
    source,
  }: { cluster: ClusterModel; typical: ImageModel; model: GalleryModel; source: ReportSource },
): Promise<void> {
  const [thumbnail] = await source.thumbnails([typical.path]);
  if (thumbnail?.uri !== undefined) picture.src = thumbnail.uri;
  const scale = model.analysis?.scale;
  if (!scale) return;
  const maps = await source.heatMaps(evenly(cluster.images, lookedAt).map(({ path }) => path));
  const [own] = await source.heatMaps([typical.path]);
  if (own) drawHeatMap(heat, own.distances, own.grid, { min: scale.usual, max: scale.unusual }, cardSide);
  const where = placeInWords(maps, scale);
  sentence.textContent = `${sizeInWords(cluster, model)} ${where}`;
}

const cardSide = 128;

function sizeInWords({ images, share, ok }: ClusterModel, { imageCount }: GalleryModel): string {
  const size = l10n.t(
    '{0} of {1} ({2}).',
    numberOfImages(images.length),
    imageCount.toLocaleString(language),
    percent(share),
  );
  if (ok === undefined) return size;
  return `${size} ${ok ? l10n.t('Marked as OK.') : l10n.t('Marked as not OK.')}`;
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
