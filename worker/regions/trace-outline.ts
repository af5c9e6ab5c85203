// From a raster mask to polygons along the edges of its cells, so that what they hold is the mask and nothing else. Pure.

/** Corners in order, without the first one again at the end. */
export type Polygon = readonly (readonly [x: number, y: number])[];

/** East, south, west, north: a ring has its cells on its right. */
const steps = [
  [1, 0],
  [0, 1],
  [-1, 0],
  [0, -1],
] as const;

/**
 * The borders of a mask by following the edges of its cells. Cells that touch at a corner are together. Rings around cells turn clockwise as a
 * picture is seen (y points down), rings around holes the other way.
 * @param isInside (height, width), row by row, other than 0 inside
 */
export function traceRings(isInside: ArrayLike<number>, width: number, height: number): Polygon[] {
  const at = (x: number, y: number) => x >= 0 && y >= 0 && x < width && y < height && isInside[y * width + x] !== 0;
  const corners = width + 1;
  /** Of each corner of a cell the directions of the edges that leave it, a bit each. */
  const leaving = new Uint8Array(corners * (height + 1));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (!at(x, y)) continue;
      const corner = y * corners + x;
      if (!at(x, y - 1)) leaving[corner]! |= 1;
      if (!at(x + 1, y)) leaving[corner + 1]! |= 2;
      if (!at(x, y + 1)) leaving[corner + corners + 1]! |= 4;
      if (!at(x - 1, y)) leaving[corner + corners]! |= 8;
    }
  }
  const rings: Polygon[] = [];
  for (let start = 0; start < leaving.length; start++) {
    while (leaving[start] !== 0) rings.push(follow(start));
  }
  return rings;

  function follow(start: number): Polygon {
    const ring: [number, number][] = [];
    let corner = start;
    // The first corner of a ring row by row is one where it turns.
    let direction = steps.findIndex((_, each) => (leaving[start]! & (1 << each)) !== 0);
    let before = -1;
    while ((leaving[corner]! & (1 << direction)) !== 0) {
      if (direction !== before) ring.push([corner % corners, Math.floor(corner / corners)]);
      leaving[corner]! &= ~(1 << direction);
      const [x, y] = steps[direction]!;
      corner += x + y * corners;
      before = direction;
      // Left first: where two cells touch at a corner, over to the other one.
      const next = [before + 3, before, before + 1].find((each) => (leaving[corner]! & (1 << (each % 4))) !== 0);
      if (next === undefined) break;
      direction = next % 4;
    }
    return ring;
  }
}

/**
 * One polygon for each connected part of a mask. A hole is joined to the border around it by a cut without width.
 * @param isInside (height, width), row by row, other than 0 inside
 */
export function traceParts(isInside: ArrayLike<number>, width: number, height: number): Polygon[] {
  const rings = traceRings(isInside, width, height).map((ring) => ({ ring, area: signedArea(ring) }));
  const borders = rings.filter(({ area }) => area > 0).sort((a, b) => a.area - b.area);
  const holesOf = new Map<Polygon, Polygon[]>();
  for (const { ring: hole } of rings.filter(({ area }) => area < 0)) {
    // The first corner of a ring is the upper left one of a cell of the hole, whose middle is on no border.
    const [x, y] = hole[0]!;
    const around = borders.find(({ ring }) => holds(ring, x + 0.5, y + 0.5))!.ring;
    holesOf.set(around, [...(holesOf.get(around) ?? []), hole]);
  }
  return borders.map(({ ring }) => joinRings([ring, ...(holesOf.get(ring) ?? [])]));
}

/** Rings as one polygon: each is joined to those before it by a cut without width, where they are nearest. */
export function joinRings(rings: readonly Polygon[]): Polygon {
  return rings.slice(1).reduce<Polygon>((joined, ring) => {
    let [from, to, nearest] = [0, 0, Infinity];
    for (const [i, [ax, ay]] of joined.entries()) {
      for (const [j, [bx, by]] of ring.entries()) {
        const distance = (ax - bx) ** 2 + (ay - by) ** 2;
        if (distance < nearest) [from, to, nearest] = [i, j, distance];
      }
    }
    return [...joined.slice(0, from + 1), ...ring.slice(to), ...ring.slice(0, to + 1), ...joined.slice(from)];
  }, rings[0] ?? []);
}

/** Positive where the corners turn clockwise as a picture is seen. */
export function signedArea(polygon: Polygon): number {
  let twice = 0;
  for (const [i, [x, y]] of polygon.entries()) {
    const [nextX, nextY] = polygon[(i + 1) % polygon.length]!;
    twice += x * nextY - nextX * y;
  }
  return twice / 2;
}

/** By the number of borders to the left: a cut without width counts twice. */
function holds(polygon: Polygon, x: number, y: number): boolean {
  let isInside = false;
  for (const [i, [ax, ay]] of polygon.entries()) {
    const [bx, by] = polygon[(i + 1) % polygon.length]!;
    if (ay > y !== by > y && ax + ((y - ay) / (by - ay)) * (bx - ax) < x) isInside = !isInside;
  }
  return isInside;
}
