// Polygons as a raster: which pixels count. Pure.
import type { Mask } from '../images/masks';
import type { AreaDocument, AreaPolygon } from './document';

/** As fine as a patch of any network has some hundred pixels. */
const rasterSide = 1024;

/** (height, width) over the whole image, whatever its shape; 1 where it counts. */
export function rasterOf({ mode, polygons }: Pick<AreaDocument, 'mode' | 'polygons'>): Mask {
  const [width, height] = [rasterSide, rasterSide];
  const covered = coveredBy(polygons, width, height);
  return { width, height, values: mode === 'look' ? covered : covered.map((value) => 1 - value) };
}

/**
 * The pixels whose centres lie in any of the polygons: of each by the even-odd rule, row by row between the edges that the row crosses.
 * @param polygons corners in shares of width and height
 * @returns (height, width), 1 inside
 */
export function coveredBy(polygons: readonly AreaPolygon[], width: number, height: number): Uint8Array {
  const covered = new Uint8Array(width * height);
  for (const polygon of polygons) {
    for (let row = 0; row < height; row++) {
      const crossings = crossingsAt(polygon, (row + 0.5) / height);
      for (let i = 0; i + 1 < crossings.length; i += 2) {
        // The first pixel whose centre is at the edge or behind it, and the first one behind the next edge.
        const from = Math.max(Math.ceil(crossings[i]! * width - 0.5), 0);
        const to = Math.min(Math.ceil(crossings[i + 1]! * width - 0.5), width);
        if (from < to) covered.fill(1, row * width + from, row * width + to);
      }
    }
  }
  return covered;
}

/** Where a row crosses the edges of a polygon, from left to right. A corner belongs to the edge that goes down from it. */
function crossingsAt(polygon: AreaPolygon, y: number): number[] {
  const crossings: number[] = [];
  for (const [i, [x1, y1]] of polygon.entries()) {
    const [x2, y2] = polygon[(i + 1) % polygon.length]!;
    if (y1 <= y !== y2 <= y) crossings.push(x1 + ((y - y1) / (y2 - y1)) * (x2 - x1));
  }
  return crossings.sort((a, b) => a - b);
}
