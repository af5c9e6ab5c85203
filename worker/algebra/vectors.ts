// What is computed of two vectors, one number after the other: products, sums and distances. Pure.

/** Σ a_i b_i of two vectors of one length. */
export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/**
 * {@link dot} of one vector with each of several, to the last bit. Four sums at a time: one waits for its own last addition, and leaves the
 * processor idle three times out of four.
 */
export function dotEach(vector: Float64Array, others: readonly Float64Array[]): Float64Array {
  const products = new Float64Array(others.length);
  const fours = others.length - (others.length % 4);
  for (let at = 0; at < fours; at += 4) {
    const [a, b, c, d] = [others[at]!, others[at + 1]!, others[at + 2]!, others[at + 3]!];
    let [sumA, sumB, sumC, sumD] = [0, 0, 0, 0];
    for (let i = 0; i < vector.length; i++) {
      const value = vector[i]!;
      sumA += value * a[i]!;
      sumB += value * b[i]!;
      sumC += value * c[i]!;
      sumD += value * d[i]!;
    }
    products.set([sumA, sumB, sumC, sumD], at);
  }
  for (let at = fours; at < others.length; at++) products[at] = dot(vector, others[at]!);
  return products;
}

/** target += scale · vector, in place. */
export function addScaled(target: Float64Array, vector: Float64Array, scale: number): void {
  for (let i = 0; i < target.length; i++) target[i]! += scale * vector[i]!;
}

/**
 * ‖a − b‖² of `length` numbers of `a` from `aFrom` on and of `b` from `bFrom` on, so that rows of a matrix need no views of their own.
 * The square of a difference is its product with itself, and the sum runs from the first number to the last: the same bits everywhere.
 */
export function squaredDistance(
  a: Float32Array | Float64Array,
  aFrom: number,
  b: Float32Array | Float64Array,
  bFrom: number,
  length: number,
): number {
  let sum = 0;
  for (let d = 0; d < length; d++) {
    const difference = a[aFrom + d]! - b[bFrom + d]!;
    sum += difference * difference;
  }
  return sum;
}
