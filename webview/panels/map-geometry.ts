// What lies where on the map. Pure.
import type { PanZoom, Point } from '../kit/pan-zoom';
import { squaredDistance } from '../../worker/algebra/vectors';

/** Around the map, in CSS pixels. */
const margin = 14;

/** Where a place of the map, 0 to 1 both ways, is drawn: in the largest square of a canvas, panned and zoomed. In CSS pixels. */
export function mapPlace(
  { x, y }: Point,
  { width, height }: { width: number; height: number },
  { scale, offset }: PanZoom,
): Point {
  const side = Math.min(width, height) - 2 * margin;
  const [left, top] = [(width - side) / 2, (height - side) / 2];
  return { x: (left + x * side) * scale + offset.x, y: (top + y * side) * scale + offset.y };
}

/** Whether a place is inside a closed line that may cross itself: by the number of crossings to its right. */
export function insidePolygon({ x, y }: Point, corners: readonly Point[]): boolean {
  let isInside = false;
  for (const [i, a] of corners.entries()) {
    const b = corners[(i + 1) % corners.length]!;
    if (a.y > y !== b.y > y && x < ((b.x - a.x) * (y - a.y)) / (b.y - a.y) + a.x) isInside = !isInside;
  }
  return isInside;
}

/** Index of the nearest of some points (x, y, x, y, …) within a distance. */
export function nearestPoint(points: Float32Array, { x, y }: Point, within: number): number | undefined {
  const point = Float64Array.of(x, y);
  let best: number | undefined;
  let least = within * within;
  for (let row = 0; row < points.length / 2; row++) {
    const square = squaredDistance(points, 2 * row, point, 0, 2);
    if (square <= least) [best, least] = [row, square];
  }
  return best;
}

/** Size of the box around some points. */
export function sizeOf(points: readonly Point[]): { width: number; height: number; longest: number } {
  const span = (values: number[]) => (values.length === 0 ? 0 : Math.max(...values) - Math.min(...values));
  const [width, height] = [span(points.map(({ x }) => x)), span(points.map(({ y }) => y))];
  return { width, height, longest: Math.max(width, height) };
}

/** The corners of the box between two opposite ones. */
export function boxCorners(from: Point, to: Point): Point[] {
  return [from, { x: to.x, y: from.y }, to, { x: from.x, y: to.y }];
}
