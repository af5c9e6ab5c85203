// A region's cells inside its box, as short as files want them. Pure.
import type { RegionMask } from '../api/analysis';

/** @param values (height, width), other than 0 inside */
export function runsOf({
  width,
  height,
  values,
}: {
  width: number;
  height: number;
  values: ArrayLike<number>;
}): RegionMask {
  const runs: number[] = [];
  let [inside, length] = [false, 0];
  for (let cell = 0; cell < values.length; cell++) {
    if ((values[cell] !== 0) !== inside) {
      runs.push(length);
      [inside, length] = [!inside, 0];
    }
    length++;
  }
  runs.push(length);
  return { width, height, runs };
}

/** @returns (height, width): 1 inside */
export function cellsOf({ width, height, runs }: RegionMask): Uint8Array {
  const values = new Uint8Array(width * height);
  let at = 0;
  for (const [i, length] of runs.entries()) {
    if (i % 2 === 1) values.fill(1, at, at + length);
    at += length;
  }
  return values;
}
