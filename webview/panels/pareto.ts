// A Pareto chart: clusters by their size, and what the largest of them make up together.
import * as l10n from '@vscode/l10n';
import { h, svg } from '../kit/dom';
import { percent } from '../kit/format';
import { language } from '../kit/l10n';
import type { ClusterModel } from '../model/gallery-model';

const rowHeight = 22;
const [width, labelWidth, countWidth] = [360, 110, 92];

/** Those that a person marked as OK are no defects: they do not count. @param linkOf where a name leads */
export function paretoChart(
  clusters: readonly ClusterModel[],
  linkOf?: (cluster: ClusterModel) => string,
): HTMLElement {
  const counted = clusters.filter(({ ok, images }) => ok !== true && images.length > 0);
  const sorted = [...counted].sort((a, b) => b.images.length - a.images.length);
  const total = sorted.reduce((sum, { images }) => sum + images.length, 0);
  const most = sorted[0]?.images.length ?? 1;
  const track = width - labelWidth - countWidth;
  let sum = 0;
  const points: string[] = [];
  const bars = sorted.map((cluster, i) => {
    const { images, color, title } = cluster;
    sum += images.length;
    const y = i * rowHeight;
    points.push(`${labelWidth + (track * sum) / total},${y + rowHeight / 2}`);
    const href = linkOf?.(cluster);
    const name = svg('text', { x: labelWidth - 8, y: y + 15, class: 'pareto-name' }, shortened(title));
    const counts = `${images.length.toLocaleString(language)} · ${percent(sum / total)}`;
    // A title is that of the element that it is in.
    return svg(
      'g',
      {},
      svg('title', {}, title),
      href === undefined ? name : svg('a', { href }, name),
      svg('rect', {
        x: labelWidth,
        y: y + 4,
        width: Math.max(2, (track * images.length) / most),
        height: rowHeight - 8,
        rx: 2,
        fill: color,
      }),
      svg('text', { x: width - countWidth + 10, y: y + 15, class: 'pareto-count' }, counts),
    );
  });
  const line = svg('polyline', { points: points.join(' '), class: 'pareto-line' });
  const height = Math.max(1, sorted.length) * rowHeight;
  const label = sorted.map(({ title, images }) => `${title}: ${images.length}`).join(', ');
  return h(
    'figure',
    { class: 'pareto' },
    h('figcaption', {}, l10n.t('Largest first, with the share that they make up together')),
    svg('svg', { viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': label }, ...bars, line),
  );
}

const longestName = 16;

function shortened(title: string): string {
  return title.length > longestName ? `${title.slice(0, longestName - 1)}…` : title;
}
