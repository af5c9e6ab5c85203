// Entry of a benchmark's page: what was measured, the tables, the curves and the pictures.
import './report-theme.css';
import './benchmark.css';
import type { BenchmarkDataset, BenchmarkResults } from '../worker/benchmark/results';
import { benchmarkTables } from '../worker/benchmark/tables';
import { clusterFigure, weightMapFigure } from './benchmark-figures';
import { curveFigures } from './benchmark-plots';
import { tableSection } from './benchmark-tables';
import { append, h } from './dom';
import { count } from './format';

const results = JSON.parse(document.getElementById('page-data')?.textContent ?? '') as BenchmarkResults;
document.title = 'Anomaly clustering benchmark';

append(document.body, [
  h(
    'main',
    { class: 'benchmark' },
    h(
      'header',
      {},
      h('h1', {}, 'Anomaly clustering benchmark'),
      h('p', { class: 'facts' }, `Model ${results.model} · seed ${results.seed} · temperature ${results.temperature}`),
    ),
    h('section', {}, h('h2', {}, 'Datasets'), h('div', { class: 'datasets' }, ...results.datasets.map(datasetCard))),
    ...benchmarkTables(results).map(tableSection),
    ...results.datasets.flatMap(figuresOf),
    h(
      'footer',
      {},
      'Columns headed “paper” are quoted from Sohn et al., Anomaly Clustering, WACV 2023 (WideResNet-50-2): for MVTec AD the mean over the object or the texture categories. The paper does not say which F1 it prints. Bold: best of ours. –: the dataset has no such number.',
    ),
  ),
]);

function datasetCard({
  name,
  images,
  counted,
  classes,
  normals,
  hasMasks,
  k,
  temperatures,
  remarks,
}: BenchmarkDataset): HTMLElement {
  const facts: [string, string][] = [
    ['Images', counted === images ? String(images) : `${images}, of which ${counted} count`],
    ['Classes', classes.map((each) => `${each.name} ${each.images}`).join(', ')],
    ['Clusters', String(k)],
    ['Normal images', normals === 0 ? 'none' : String(normals)],
    ['Masks', hasMasks ? 'yes' : 'none'],
    [
      'Temperature',
      temperatures.normal === null
        ? temperatures.unsupervised.toPrecision(3)
        : `${temperatures.unsupervised.toPrecision(3)}, with normals ${temperatures.normal.toPrecision(3)}`,
    ],
  ];
  return h(
    'article',
    {},
    h('h3', {}, name),
    h('dl', {}, ...facts.flatMap(([label, value]) => [h('dt', {}, label), h('dd', {}, value)])),
    remarks.length === 0
      ? null
      : h(
          'details',
          {},
          h('summary', {}, count(remarks.length, 'remark')),
          h('ul', {}, ...remarks.map((remark) => h('li', {}, remark))),
        ),
  );
}

function figuresOf(dataset: BenchmarkDataset): HTMLElement[] {
  const { weightMaps, clusters } = dataset.figures;
  const parts = [
    ...curveFigures(dataset),
    ...(weightMaps ? [weightMapFigure(weightMaps)] : []),
    ...(clusters ? [clusterFigure(clusters)] : []),
  ];
  return parts.length === 0 ? [] : [h('section', { class: 'figures' }, h('h2', {}, dataset.name), ...parts)];
}
