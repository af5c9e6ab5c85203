// An area while it is drawn: its parts, and the corners of the next one. Pure.
import type { AreaPoint, AreaPolygon } from '../../worker/area/document';
import { coveredBy } from '../../worker/area/raster';
import type { AreaShape } from '../source/protocol';

export interface AreaDraft extends AreaShape {
  /** Corners of the part that is not closed yet. */
  corners: readonly AreaPoint[];
}

interface Place {
  x: number;
  y: number;
}

/** Two corners that are nearer are one, in parts of the image: a double click, or the way back to the first corner. */
const near = 0.012;
/** Smaller rectangles are slips of the hand. */
const smallest = 0.01;

/** @param saved undefined: nothing is drawn yet */
export function startDraft(saved: AreaShape | undefined): AreaDraft {
  return { mode: saved?.mode ?? 'ignore', polygons: saved?.polygons ?? [], corners: [] };
}

/** One more corner; at the first or the last one, it closes the part, as far as that has three. */
export function addCorner(draft: AreaDraft, at: Place): AreaDraft {
  const corner = inside(at);
  const { corners } = draft;
  const isNear = (other: AreaPoint | undefined) =>
    other !== undefined && Math.hypot(other[0] - corner[0], other[1] - corner[1]) < near;
  if (isNear(corners[0]) || isNear(corners.at(-1))) return corners.length < 3 ? draft : closePart(draft);
  return { ...draft, corners: [...corners, corner] };
}

/** Nothing where the part has no three corners. */
export function closePart(draft: AreaDraft): AreaDraft {
  const { corners, polygons } = draft;
  return corners.length < 3 ? draft : { ...draft, polygons: [...polygons, [...corners]], corners: [] };
}

/** A part with four corners. */
export function addRectangle(draft: AreaDraft, from: Place, to: Place): AreaDraft {
  const polygon = rectangle(from, to);
  return polygon ? { ...draft, polygons: [...draft.polygons, polygon] } : draft;
}

/** Undefined where it is hardly any. */
export function rectangle(from: Place, to: Place): AreaPolygon | undefined {
  const [[x1, y1], [x2, y2]] = [inside(from), inside(to)];
  if (Math.abs(x2 - x1) < smallest || Math.abs(y2 - y1) < smallest) return undefined;
  return [
    [x1, y1],
    [x2, y1],
    [x2, y2],
    [x1, y2],
  ];
}

/** The last corner or, where there is none, the last part. */
export function removeLast(draft: AreaDraft): AreaDraft {
  const { corners, polygons } = draft;
  return corners.length > 0
    ? { ...draft, corners: corners.slice(0, -1) }
    : { ...draft, polygons: polygons.slice(0, -1) };
}

const rasterSide = 128;

/** Share of the image that counts, 0 to 1. */
export function countedShare({ mode, polygons }: AreaShape): number {
  const covered = coveredBy(polygons, rasterSide, rasterSide);
  const share = covered.reduce((a, b) => a + b, 0) / covered.length;
  return mode === 'look' ? share : 1 - share;
}

function inside({ x, y }: Place): AreaPoint {
  const clamp = (value: number) => Math.min(Math.max(value, 0), 1);
  return [clamp(x), clamp(y)];
}
