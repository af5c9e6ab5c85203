// Half-precision numbers (IEEE 754 binary16), in which the cache keeps patch embeddings.

const table = buildTable();

/** Widens half-precision bit patterns into `target`, which must be at least as long. */
export function halfToFloat(half: Uint16Array, target: Float32Array): void {
  for (let i = 0; i < half.length; i++) target[i] = table[half[i]!]!;
}

/** All 65,536 values: subnormals, infinities and NaN included. */
function buildTable(): Float32Array {
  const values = new Float32Array(0x10000);
  for (let bits = 0; bits < 0x10000; bits++) {
    const sign = bits & 0x8000 ? -1 : 1;
    const exponent = (bits >> 10) & 0x1f;
    const fraction = bits & 0x3ff;
    values[bits] =
      exponent === 0x1f
        ? fraction === 0
          ? sign * Infinity
          : NaN
        : exponent === 0
          ? sign * fraction * 2 ** -24
          : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  }
  return values;
}

/** Neither infinite nor NaN. */
export function isFiniteHalf(bits: number): boolean {
  return (bits & 0x7c00) !== 0x7c00;
}
