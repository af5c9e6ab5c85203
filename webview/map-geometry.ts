// What lies where on the map. Pure.

export interface Point {
  x: number;
  y: number;
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
  let best: number | undefined;
  let least = within * within;
  for (let i = 0; i < points.length; i += 2) {
    const square = (points[i]! - x) ** 2 + (points[i + 1]! - y) ** 2;
    if (square <= least) [best, least] = [i / 2, square];
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
