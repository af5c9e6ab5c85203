// The pictures of a benchmark's page: weight maps side by side (figure 3) and the clusters (figure 5).
import type { PatchGrid } from '../../worker/api/analysis';
import type { FigureClusters, WeightMaps } from '../../worker/benchmark/tables/results';
import { upsample } from '../../worker/evaluation/upsample';
import { h } from '../kit/dom';
import { count } from '../kit/format';
import { colorize } from '../../worker/evaluation/heat-colors';

const mapSide = 128;

/** Thumbnails under the weight maps of each method, a table a class. A map's bytes go from 0 to its image's largest weight. */
export function weightMapFigure({ methods, images }: WeightMaps): HTMLElement {
  const classes = [...new Set(images.map(({ truth }) => truth))];
  const groups = classes.map((truth) => {
    const rows = images
      .filter((image) => image.truth === truth)
      .map(({ path, grid, thumbnail, maps }) =>
        h(
          'tr',
          {},
          h('th', { scope: 'row' }, h('img', { src: thumbnail, alt: path, title: path })),
          ...maps.map((map, i) =>
            h('td', {}, map === null ? '–' : overlay(thumbnail, map, grid, `${methods[i]} of ${path}`)),
          ),
        ),
      );
    const head = ['image', ...methods].map((name) => h('th', { scope: 'col' }, name.replace('Eq. ', 'Eq.\u00a0')));
    return h(
      'div',
      { class: 'table-scroll', tabindex: 0, role: 'region', 'aria-label': `Weight maps of ${truth}` },
      h('table', {}, h('caption', {}, truth), h('thead', {}, h('tr', {}, ...head)), h('tbody', {}, ...rows)),
    );
  });
  return h(
    'figure',
    { class: 'weight-maps' },
    h(
      'figcaption',
      {},
      h('strong', {}, 'Figure 3: weight maps'),
      h('span', {}, 'How much each patch counts:'),
      h('span', { class: 'scale' }, 'nothing', colorScale(), 'the most in this image'),
    ),
    h('div', { class: 'weight-groups' }, ...groups),
  );
}

/** The colours of the maps over middle grey, where the clear end is seen as clear. */
function colorScale(): HTMLElement {
  const canvas = h('canvas', { width: 256, height: 1, 'aria-hidden': 'true' });
  const pixels = colorize([...Array(256).keys()], { min: 0, max: 255 });
  canvas.getContext('2d')!.putImageData(new ImageData(pixels, 256, 1), 0, 0);
  return canvas;
}

function overlay(thumbnail: string, map: string, grid: PatchGrid, name: string): HTMLElement {
  const bytes = Uint8Array.from(atob(map), (character) => character.charCodeAt(0));
  const pixels = colorize(upsample(bytes, grid, mapSide, mapSide), { min: 0, max: 255 });
  const canvas = h('canvas', { width: mapSide, height: mapSide });
  canvas.getContext('2d')!.putImageData(new ImageData(pixels, mapSide, mapSide), 0, 0);
  return h(
    'span',
    { class: 'overlay', role: 'img', 'aria-label': name, title: name },
    h('img', { src: thumbnail, alt: '' }),
    canvas,
  );
}

const marks = { major: '', minority: 'of another class', combined: 'several defects, does not count' };

/** Each cluster's thumbnails, its major class first, and how many more images it has. */
export function clusterFigure({ method, clusters }: FigureClusters): HTMLElement {
  const groups = clusters.map(({ major, purity, images }) => {
    const order = Object.keys(marks);
    const shown = images
      .filter(({ thumbnail }) => thumbnail !== undefined)
      .sort((a, b) => order.indexOf(a.mark) - order.indexOf(b.mark));
    const pictures = shown.map(({ path, truth, thumbnail, mark }) => {
      const name = `${truth}: ${path}${marks[mark] && `, ${marks[mark]}`}`;
      return h('li', { class: mark, title: name }, h('img', { src: thumbnail, alt: name }));
    });
    const rest = images.length - shown.length;
    return h(
      'section',
      { class: 'figure-cluster' },
      h('h3', {}, major, h('span', {}, ` purity ${purity.toFixed(2)}, ${count(images.length, 'image')}`)),
      h('ul', { role: 'list' }, ...pictures, rest > 0 ? h('li', { class: 'rest' }, `+${rest}`) : null),
    );
  });
  return h(
    'figure',
    { class: 'clusters' },
    h(
      'figcaption',
      {},
      h('strong', {}, `Figure 5: Ward with ${clusters.length} clusters`),
      h('span', {}, `${method}. Each cluster is titled with its major class. `),
      h('span', { class: 'key minority' }, 'of another class'),
      h('span', { class: 'key combined' }, 'several defects, does not count'),
    ),
    h('div', { class: 'figure-clusters' }, ...groups),
  );
}
