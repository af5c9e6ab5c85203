// What every kind of part gives to those who draw on it: where it lies, and where on it a defect may be.
import type { Point } from '../../worker/sample/lines';
import type { Light, Relief } from './relief';
import type { Random } from '../../worker/base/random';

export interface Part {
  relief: Relief;
  light: Light;
  /** A place on the part where a defect may be. */
  place: (random: Random) => Point;
  /** 1 on the part, 0 on the background, soft in between. */
  inside: (x: number, y: number) => number;
  /** A place on the outer edge, and the direction that leads away from the part, in radians. */
  edge: (random: Random) => Point & { outwards: number };
}

/** The part's own coordinates: u and v from its middle in pixels, turned with the part. */
export interface Pose {
  centre: Point;
  /** Radians. */
  turn: number;
  scale: number;
}

/** How a part lies that fell so loosely: 1 as it is drawn, 0 in the middle and upright, as if all parts were aligned. */
export function loosened({ centre, turn, scale }: Pose, looseness: number, side: number): Pose {
  const moved = (at: number) => side / 2 + looseness * (at - side / 2);
  return { centre: { x: moved(centre.x), y: moved(centre.y) }, turn: looseness * turn, scale };
}

export function toPart({ centre, turn, scale }: Pose, x: number, y: number): { u: number; v: number } {
  const [dx, dy] = [(x - centre.x) / scale, (y - centre.y) / scale];
  return { u: dx * Math.cos(turn) + dy * Math.sin(turn), v: dy * Math.cos(turn) - dx * Math.sin(turn) };
}

export function toPicture({ centre, turn, scale }: Pose, u: number, v: number): Point {
  return {
    x: centre.x + scale * (u * Math.cos(turn) - v * Math.sin(turn)),
    y: centre.y + scale * (u * Math.sin(turn) + v * Math.cos(turn)),
  };
}
