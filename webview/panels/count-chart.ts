// A small curve over the number of clusters; the automatic choice is marked.
import * as l10n from '@vscode/l10n';
import { h, svg } from '../kit/dom';

const [width, height, left] = [320, 74, 6];

/**
 * @param counts rising numbers of clusters
 * @param values of each; NaN leaves a gap
 * @param automatic the number that is marked
 */
export function countChart(
  title: string,
  counts: readonly number[],
  values: readonly number[],
  automatic: number,
): HTMLElement {
  const known = values.filter((value) => !Number.isNaN(value));
  const [least, most] = [Math.min(...known), Math.max(...known)];
  const x = (i: number) => left + (i / Math.max(1, counts.length - 1)) * (width - 2 * left);
  const y = (value: number) => height - 16 - ((value - least) / (most - least || 1)) * (height - 26);
  const points = values.flatMap((value, i) => (Number.isNaN(value) ? [] : [`${x(i)},${y(value)}`]));
  const marked = counts.indexOf(automatic);
  const best = counts[values.indexOf(most)];
  const labels = counts.flatMap((k, i) =>
    k % 5 === 0 || k === 2 ? [svg('text', { x: x(i), y: height - 2, class: 'axis' }, String(k))] : [],
  );
  const drawing = svg(
    'svg',
    {
      viewBox: `0 0 ${width} ${height}`,
      role: 'img',
      'aria-label': l10n.t('{0} by number of clusters; highest at {1}', title, String(best)),
    },
    ...(marked < 0 ? [] : [svg('line', { x1: x(marked), x2: x(marked), y1: 4, y2: height - 14, class: 'marked' })]),
    svg('polyline', { points: points.join(' '), class: 'curve' }),
    ...labels,
  );
  return h('figure', { class: 'chart' }, h('figcaption', {}, title), drawing);
}
