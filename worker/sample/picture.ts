// A grey picture of brightness values around 0..1, and smooth random fields to paint with.
import type { Random } from '../base/random';

/** (side, side), row-major. */
export interface Picture {
  side: number;
  values: Float32Array;
}

/** A picture of one brightness. @param side in pixels */
export function createPicture(side: number, value = 0): Picture {
  return { side, values: new Float32Array(side * side).fill(value) };
}

/** A smooth random function of the plane, between about −1 and 1. */
export type Field = (x: number, y: number) => number;

/** Value noise: random numbers on a grid of `cell` pixels, blended smoothly in between. */
export function createField(random: Random, cell: number): Field {
  const size = 64;
  const grid = Float32Array.from({ length: size * size }, () => random.between(-1, 1));
  const at = (column: number, row: number) => grid[(row & (size - 1)) * size + (column & (size - 1))]!;
  return (x, y) => {
    const [u, v] = [x / cell, y / cell];
    const [column, row] = [Math.floor(u), Math.floor(v)];
    const [a, b] = [smooth(u - column), smooth(v - row)];
    const top = at(column, row) * (1 - a) + at(column + 1, row) * a;
    const bottom = at(column, row + 1) * (1 - a) + at(column + 1, row + 1) * a;
    return top * (1 - b) + bottom * b;
  };
}

/** Runs from 0 to 1 with a level start and end. */
export function smooth(t: number): number {
  const x = Math.min(1, Math.max(0, t));
  return x * x * (3 - 2 * x);
}

/** 1 at zero, falling off on both sides as a normal curve: exp(−t²). */
export function bell(t: number): number {
  return Math.exp(-t * t);
}

/** Calls `paint` for every pixel centre of a square region of a picture, with the offset of its value. */
export function forRegion(
  side: number,
  centre: { x: number; y: number },
  reach: number,
  paint: (x: number, y: number, offset: number) => void,
): void {
  const from = (value: number) => Math.max(0, Math.floor(value - reach));
  const to = (value: number) => Math.min(side - 1, Math.ceil(value + reach));
  for (let y = from(centre.y); y <= to(centre.y); y++) {
    for (let x = from(centre.x); x <= to(centre.x); x++) paint(x, y, y * side + x);
  }
}
