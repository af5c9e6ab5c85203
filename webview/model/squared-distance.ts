// The squared Euclidean distance from a row of a matrix to a point.

/**
 * @param values (rows, dimensions), row by row
 * @param enough where the sum reaches it, the rest of the dimensions is left out: the result is then at least `enough`
 */
export function squaredDistance(
  values: ArrayLike<number>,
  row: number,
  point: ArrayLike<number>,
  enough = Infinity,
): number {
  const dimensions = point.length;
  const start = row * dimensions;
  let sum = 0;
  for (let d = 0; d < dimensions && sum < enough; d++) sum += (values[start + d]! - point[d]!) ** 2;
  return sum;
}
