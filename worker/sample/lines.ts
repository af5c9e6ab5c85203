// Lines to draw scratches and cracks along: their courses, and the pixels near them.
import { forRegion } from './picture';
import type { Random } from '../base/random';

/** A place in the picture, in pixels. */
export interface Point {
  x: number;
  y: number;
}

/** Points along a line of constant small curvature: `bend` radians over the whole length, `centre` in its middle. */
export function bentLine(centre: Point, direction: number, length: number, bend: number): Point[] {
  const steps = 24;
  const from = { x: centre.x - (Math.cos(direction) * length) / 2, y: centre.y - (Math.sin(direction) * length) / 2 };
  return walk(from, steps, (i) => ({ angle: direction + bend * (i / steps - 0.5), step: length / steps }));
}

/** Points along a line that turns left and right in short steps. */
export function jaggedLine(from: Point, direction: number, length: number, random: Random): Point[] {
  let wander = 0;
  return walk(from, Math.ceil(length / 6), () => {
    wander = 0.8 * wander + 0.22 * random.normal();
    return { angle: direction + wander + random.between(-0.8, 0.8), step: random.between(3, 9) };
  });
}

function walk(from: Point, steps: number, next: (index: number) => { angle: number; step: number }): Point[] {
  const path = [from];
  let last = from;
  for (let i = 1; i <= steps; i++) {
    const { angle, step } = next(i);
    last = { x: last.x + Math.cos(angle) * step, y: last.y + Math.sin(angle) * step };
    path.push(last);
  }
  return path;
}

/** A pixel near a line. */
export interface LinePixel {
  /** Of the pixel's value in a picture. */
  offset: number;
  /** From the line, in pixels: negative on its one side, positive on its other. */
  distance: number;
  /** Where on the line its nearest point lies, from 0 (start) to 1 (end). */
  along: number;
}

/** The pixels within `reach` of a line, each once. */
export function pixelsNear(path: readonly Point[], reach: number, side: number): Iterable<LinePixel> {
  const pixels = new Map<number, LinePixel>();
  for (let i = 1; i < path.length; i++) {
    const [from, to] = [path[i - 1]!, path[i]!];
    const [dx, dy] = [to.x - from.x, to.y - from.y];
    const length = Math.hypot(dx, dy);
    const centre = { x: from.x + dx / 2, y: from.y + dy / 2 };
    forRegion(side, centre, length / 2 + reach, (x, y, offset) => {
      const share = ((x - from.x) * dx + (y - from.y) * dy) / (length * length);
      const clamped = Math.min(1, Math.max(0, share));
      const away = Math.hypot(x - from.x - clamped * dx, y - from.y - clamped * dy);
      if (away > reach || away >= Math.abs(pixels.get(offset)?.distance ?? Infinity)) return;
      const sign = (x - from.x) * dy - (y - from.y) * dx < 0 ? -1 : 1;
      pixels.set(offset, { offset, distance: sign * away, along: (i - 1 + clamped) / (path.length - 1) });
    });
  }
  return pixels.values();
}
