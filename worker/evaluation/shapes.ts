// How far two places in an image are the same, whatever each is known by: a box, polygons, or a raster. Pure.
import type { RegionMask } from '../api/analysis';
import { boxOverlap } from '../base/box-overlap';

/** A place in an image, in any unit that is the same for both of two that are compared. */
export interface Shape {
  box: readonly [left: number, top: number, width: number, height: number];
  /** Corners x, y, x, y, …: each holds what is inside by the even-odd rule, the shape what any of them does. */
  polygons?: readonly (readonly number[])[];
  /** A raster that the box spans; row by row, 1 inside. */
  raster?: Pick<RegionMask, 'width' | 'height'> & { cells: Uint8Array };
}

/** Places along each side where two shapes are compared. */
const samples = 128;

/**
 * Intersection over union. Where one of the two is known by its box only, that of their boxes; else of their insides, looked at in 128 × 128
 * places over both.
 */
export function intersectionOverUnion(a: Shape, b: Shape): number {
  const [left, top] = [Math.max(a.box[0], b.box[0]), Math.max(a.box[1], b.box[1])];
  const [right, bottom] = [Math.min(endOf(a, 0), endOf(b, 0)), Math.min(endOf(a, 1), endOf(b, 1))];
  if (right <= left || bottom <= top) return 0;
  if (isBox(a) || isBox(b)) return boxOverlap(a.box, b.box);
  const [x, y] = [Math.min(a.box[0], b.box[0]), Math.min(a.box[1], b.box[1])];
  const frame = [x, y, Math.max(endOf(a, 0), endOf(b, 0)) - x, Math.max(endOf(a, 1), endOf(b, 1)) - y] as const;
  const [first, second] = [sampled(a, frame), sampled(b, frame)];
  let [both, either] = [0, 0];
  for (let i = 0; i < first.length; i++) {
    both += first[i]! & second[i]!;
    either += first[i]! | second[i]!;
  }
  return either === 0 ? 0 : both / either;
}

/** In the square of the shape's unit. */
export function areaOf({ box, polygons, raster }: Shape): number {
  if (raster) {
    const inside = raster.cells.reduce((sum, cell) => sum + cell, 0);
    return (inside / (raster.width * raster.height)) * box[2] * box[3];
  }
  if (polygons) return polygons.reduce((sum, polygon) => sum + polygonArea(polygon), 0);
  return box[2] * box[3];
}

/** The shape in another unit. */
export function scaled({ box, polygons, ...rest }: Shape, across: number, down: number): Shape {
  const [left, top, width, height] = box;
  return {
    ...rest,
    box: [left * across, top * down, width * across, height * down],
    ...(polygons
      ? { polygons: polygons.map((polygon) => polygon.map((value, i) => value * (i % 2 === 0 ? across : down))) }
      : {}),
  };
}

/** @returns undefined for polygons without corners */
export function boxAround(polygons: readonly (readonly number[])[]): Shape['box'] | undefined {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const polygon of polygons) {
    for (let i = 0; i + 1 < polygon.length; i += 2) {
      left = Math.min(left, polygon[i]!);
      right = Math.max(right, polygon[i]!);
      top = Math.min(top, polygon[i + 1]!);
      bottom = Math.max(bottom, polygon[i + 1]!);
    }
  }
  return left > right ? undefined : [left, top, right - left, bottom - top];
}

function isBox({ polygons, raster }: Shape): boolean {
  return polygons === undefined && raster === undefined;
}

function endOf({ box }: Shape, axis: 0 | 1): number {
  return box[axis] + box[axis + 2]!;
}

function sampled({ box, polygons, raster }: Shape, [left, top, width, height]: Shape['box']): Uint8Array {
  const values = new Uint8Array(samples * samples);
  for (let row = 0; row < samples; row++) {
    const y = top + ((row + 0.5) / samples) * height;
    const spans = (polygons ?? []).map((polygon) => crossings(polygon, y));
    for (let column = 0; column < samples; column++) {
      const x = left + ((column + 0.5) / samples) * width;
      const isInside = raster
        ? cellAt(box, raster, x, y) === 1
        : spans.some((own) => own.filter((crossing) => crossing < x).length % 2 === 1);
      if (isInside) values[row * samples + column] = 1;
    }
  }
  return values;
}

function cellAt(box: Shape['box'], { width, height, cells }: NonNullable<Shape['raster']>, x: number, y: number) {
  const [column, row] = [((x - box[0]) / box[2]) * width, ((y - box[1]) / box[3]) * height];
  if (column < 0 || row < 0 || column >= width || row >= height) return 0;
  return cells[Math.floor(row) * width + Math.floor(column)];
}

/** Where the borders of a polygon cross a level. */
function crossings(polygon: readonly number[], y: number): number[] {
  const found: number[] = [];
  for (let i = 0; i + 1 < polygon.length; i += 2) {
    const [ax, ay] = [polygon[i]!, polygon[i + 1]!];
    const [bx, by] = [polygon[(i + 2) % polygon.length]!, polygon[(i + 3) % polygon.length]!];
    if (ay > y !== by > y) found.push(ax + ((y - ay) / (by - ay)) * (bx - ax));
  }
  return found;
}

function polygonArea(polygon: readonly number[]): number {
  let twice = 0;
  for (let i = 0; i + 1 < polygon.length; i += 2) {
    const [nextX, nextY] = [polygon[(i + 2) % polygon.length]!, polygon[(i + 3) % polygon.length]!];
    twice += polygon[i]! * nextY - nextX * polygon[i + 1]!;
  }
  return Math.abs(twice) / 2;
}
