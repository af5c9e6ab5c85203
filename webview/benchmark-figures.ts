// The pictures of a benchmark's page: weight maps side by side (figure 3) and the clusters (figure 5).
import type { FigureClusters, WeightMaps } from '../worker/benchmark/results';
import { upsample } from '../worker/evaluation/upsample';
import { h } from './dom';
import { count } from './format';
import { colorize } from './heat-map';

const mapSide = 128;

export function weightMapFigure({ grid, methods, images }: WeightMaps): HTMLElement {
  const head = h(
    'tr',
    {},
    h('th', { scope: 'col' }, 'image'),
    ...methods.map((name) => h('th', { scope: 'col' }, name)),
  );
  const rows = images.map(({ path, truth, thumbnail, maps }) =>
    h(
      'tr',
      {},
      h(
        'th',
        { scope: 'row' },
        h('img', { src: thumbnail, alt: `${truth}: ${path}`, title: path }),
        h('span', {}, truth),
      ),
      ...maps.map((map, i) =>
        h('td', {}, map === null ? '–' : overlay(thumbnail, map, grid, `${methods[i]} of ${path}`)),
      ),
    ),
  );
  return h(
    'figure',
    { class: 'weight-maps' },
    h(
      'figcaption',
      {},
      h('strong', {}, 'Figure 3: weight maps'),
      h('span', {}, 'How much each patch counts, from nothing (clear) to the most in this image (bright).'),
    ),
    h('div', { class: 'table-scroll' }, h('table', {}, h('thead', {}, head), h('tbody', {}, ...rows))),
  );
}

function overlay(thumbnail: string, map: string, grid: WeightMaps['grid'], name: string): HTMLElement {
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
      h('h4', {}, major, h('span', {}, ` purity ${purity.toFixed(2)}, ${count(images.length, 'image')}`)),
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
