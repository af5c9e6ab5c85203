// Outlines of an image's regions over its picture, in the colours of their clusters.
import type { AnalysedRegion } from '../../worker/api/analysis';
import { cellsOf } from '../../worker/regions/region-mask';
import { traceRings } from '../../worker/regions/trace-outline';
import { svg } from '../kit/dom';
import type { OutlinedRegion } from '../model/outlined-regions';

/** An element that covers the picture; empty where there are no regions. */
export function regionOutlines(regions: readonly OutlinedRegion[]): SVGElement {
  const layer = svg('svg', {
    class: 'region-outlines',
    viewBox: '0 0 1 1',
    preserveAspectRatio: 'none',
    'aria-hidden': 'true',
  });
  for (const { region, color, title, isChosen } of regions) {
    const d = outlineOf(region);
    const path = svg('path', { d, class: isChosen ? 'region-outline chosen' : 'region-outline' });
    path.style.stroke = color;
    path.append(svg('title', {}, title));
    // Dark below light, so that it is seen on every photo.
    layer.append(svg('path', { d, class: 'region-outline-shade' }), path);
  }
  return layer;
}

/** The borders of a region as an SVG path, in shares of the image; '' where nothing is inside. */
export function outlineOf({ box: [left, top, across, down], size, mask }: AnalysedRegion): string {
  const { width, height } = mask;
  const short = (value: number) => String(Math.round(value * 1e4) / 1e4);
  const place = ([x, y]: readonly [number, number]) =>
    `${short((left + (x / width) * across) / size[0])} ${short((top + (y / height) * down) / size[1])}`;
  return traceRings(cellsOf(mask), width, height)
    .map((ring) => `M${ring.map(place).join('L')}Z`)
    .join('');
}
