// Turns a photo until its part lies along the horizontal, and brings what the network says of it back to where it was. Pure.
import type { PatchGrid } from '../api/analysis';
import { mirrored } from '../images/change-view';
import type { FoundPart, Picture } from './find-part';

/** Part of the keys of what is made from turned photos: to be raised when they are turned otherwise than before. */
export const turningVersion = 1;

/** Which of its ends every part of a folder has to the right: the sign of the product with {@link FoundPart.ends}. */
export type PartsWay = readonly number[];

/** How the photos of a folder are turned. */
export interface Turning {
  way: PartsWay;
  /** Width over height of the photo. */
  aspect: number;
  /** Where patches of the network lie. */
  grid: PatchGrid;
}

/** Of one of them. Long images are line scans, which show no part with something around it. */
export function turningOf(
  { width, height, elongation }: { width: number; height: number; elongation?: number | undefined },
  { way, grid }: Pick<Turning, 'way' | 'grid'>,
): Turning | undefined {
  return elongation === undefined ? { way, aspect: width / height, grid } : undefined;
}

/** About `from`, which comes to `to`; shares of width and height. */
export interface Turn {
  /** Radians, by which the photo's part has to be turned back. */
  angle: number;
  from: { x: number; y: number };
  to: { x: number; y: number };
}

/** A part that is less long has no direction. */
export const leastElongation = 1.15;

/**
 * @param aspect width over height of the photo
 * @returns undefined where the part has no direction, or would not fit into the photo when it is turned
 */
export function turnOf({ x, y, angle, elongation, ends, reach }: FoundPart, way: PartsWay): Turn | undefined {
  if (elongation < leastElongation) return undefined;
  const pointsLeft = ends.reduce((sum, end, i) => sum + end * (way[i] ?? 0), 0) < 0;
  const { left, right, top, bottom } = pointsLeft
    ? { left: reach.right, right: reach.left, top: reach.bottom, bottom: reach.top }
    : reach;
  if (left + right > 1 || top + bottom > 1) return undefined;
  return {
    angle: pointsLeft ? angle + Math.PI : angle,
    from: { x, y },
    to: { x: inStep(Math.min(Math.max(x, left), 1 - right)), y: inStep(Math.min(Math.max(y, top), 1 - bottom)) },
  };
}

/** Parts lie in the same phase of the patches, as far as networks have 32 of them along a side. */
const steps = 32;

/** The nearest place in the middle of a patch. */
function inStep(at: number): number {
  return (Math.round(at * steps - 0.5) + 0.5) / steps;
}

/** Where a place of the turned photo was before, in shares. */
function before({ angle, from, to }: Turn, aspect: number, x: number, y: number): { x: number; y: number } {
  const [dx, dy] = [(x - to.x) * aspect, y - to.y];
  const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
  return { x: from.x + (dx * cosine - dy * sine) / aspect, y: from.y + dx * sine + dy * cosine };
}

/** Where it is then. */
function after({ angle, from, to }: Turn, aspect: number, x: number, y: number): { x: number; y: number } {
  return before({ angle: -angle, from: to, to: from }, aspect, x, y);
}

/**
 * @param picture squeezed to any size
 * @param aspect width over height of the photo itself
 * @returns (height, width, 3), as large; what lies beyond the edge mirrors what is inside
 */
export function turned({ rgb, width, height }: Picture, turn: Turn, aspect: number): Uint8Array {
  const result = new Uint8Array(rgb.length);
  for (let row = 0, at = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const { x, y } = before(turn, aspect, (column + 0.5) / width, (row + 0.5) / height);
      const [atX, atY] = [mirrored(x * width - 0.5, width), mirrored(y * height - 0.5, height)];
      const [x0, y0] = [Math.floor(atX), Math.floor(atY)];
      const right = 3 * (Math.min(x0 + 1, width - 1) - x0);
      const down = 3 * width * (Math.min(y0 + 1, height - 1) - y0);
      const [partX, partY] = [atX - x0, atY - y0];
      for (let from = 3 * (y0 * width + x0), end = from + 3; from < end; from++, at++) {
        const above = rgb[from]! * (1 - partX) + rgb[from + right]! * partX;
        const below = rgb[from + down]! * (1 - partX) + rgb[from + right + down]! * partX;
        result[at] = Math.round(above * (1 - partY) + below * partY);
      }
    }
  }
  return result;
}

/**
 * Which patch of the turned photo shows what a patch of the photo shows: the one whose centre is nearest.
 * @returns (rows · columns)
 */
export function patchesBefore(
  { rows, columns, stride, origin, inputWidth, inputHeight }: PatchGrid,
  turn: Turn,
  aspect: number,
): Uint32Array {
  const centre = (index: number, size: number) => (origin + index * stride) / size;
  const cellAt = (place: number, size: number, cells: number) =>
    insideOf(Math.round((place * size - origin) / stride), cells);
  return Uint32Array.from({ length: rows * columns }, (_, patch) => {
    const [column, row] = [patch % columns, Math.floor(patch / columns)];
    const { x, y } = after(turn, aspect, centre(column, inputWidth), centre(row, inputHeight));
    return cellAt(y, inputHeight, rows) * columns + cellAt(x, inputWidth, columns);
  });
}

/** Corners that turned out of the photo are as what is beside them, away from what mirrors there. */
const inset = 2;

function insideOf(cell: number, cells: number): number {
  if (cell >= 0 && cell < cells) return cell;
  return Math.min(Math.max(cell, Math.min(inset, cells - 1)), Math.max(cells - 1 - inset, 0));
}
