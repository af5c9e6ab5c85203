// Dilation and erosion of grey pictures by a square.
import { createPicture, type Picture } from '../../worker/sample/picture';

/** The largest value within `reach` pixels, in a square. Outside the picture there is nothing. */
export function grow(picture: Picture, reach: number): Picture {
  return growRowsAndTurn(growRowsAndTurn(picture, reach), reach);
}

/** The smallest value within `reach` pixels, in a square. */
export function shrink({ side, values }: Picture, reach: number): Picture {
  const grown = grow({ side, values: values.map((value) => -value) }, reach);
  return { side, values: grown.values.map((value) => -value) };
}

function growRowsAndTurn({ side, values }: Picture, reach: number): Picture {
  const result = createPicture(side);
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      let largest = -Infinity;
      for (let x = Math.max(0, column - reach); x <= Math.min(side - 1, column + reach); x++) {
        largest = Math.max(largest, values[row * side + x]!);
      }
      result.values[column * side + row] = largest;
    }
  }
  return result;
}
