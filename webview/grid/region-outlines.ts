// Outlines of an image's regions over its picture, in the colours of their clusters.
import type { AnalysedRegion } from '../../worker/api/analysis';
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

/**
 * The edges between cells inside and outside as an SVG path, in shares of the image.
 * @returns '' where nothing is inside
 */
export function outlineOf({ box, size, mask: { width, height, runs } }: AnalysedRegion): string {
  const inside = new Uint8Array(width * height);
  let at = 0;
  for (const [i, length] of runs.entries()) {
    if (i % 2 === 1) inside.fill(1, at, at + length);
    at += length;
  }
  const is = (x: number, y: number) => x >= 0 && y >= 0 && x < width && y < height && inside[y * width + x] === 1;
  const [left, top, w, h] = box;
  const short = (value: number) => String(Math.round(value * 1e4) / 1e4);
  const x = (column: number) => short((left + (column / width) * w) / size[0]);
  const y = (row: number) => short((top + (row / height) * h) / size[1]);
  let path = '';
  for (let row = 0; row <= height; row++) {
    for (let column = 0, start = -1; column <= width; column++) {
      const isEdge = column < width && is(column, row - 1) !== is(column, row);
      if (isEdge && start < 0) start = column;
      if (!isEdge && start >= 0) {
        path += `M${x(start)} ${y(row)}H${x(column)}`;
        start = -1;
      }
    }
  }
  for (let column = 0; column <= width; column++) {
    for (let row = 0, start = -1; row <= height; row++) {
      const isEdge = row < height && is(column - 1, row) !== is(column, row);
      if (isEdge && start < 0) start = row;
      if (!isEdge && start >= 0) {
        path += `M${x(column)} ${y(start)}V${y(row)}`;
        start = -1;
      }
    }
  }
  return path;
}
