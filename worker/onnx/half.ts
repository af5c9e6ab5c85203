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

/** Rounds to half precision, to the nearest, ties to even; too large becomes infinite. */
export function floatToHalf(values: Float32Array): Uint16Array {
  const half = new Uint16Array(values.length);
  const patterns = new Uint32Array(values.buffer, values.byteOffset, values.length);
  for (let i = 0; i < half.length; i++) half[i] = roundToHalf(patterns[i]!, values[i]!);
  return half;
}

function roundToHalf(bits: number, value: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  // 65520 lies midway between the largest half and what would follow it.
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  // Below 2^-14 halves are multiples of 2^-24.
  if (magnitude < 0x38800000) return sign | roundHalfToEven(Math.abs(value) * 2 ** 24);
  const rounded = magnitude + 0xfff + ((magnitude >>> 13) & 1);
  return sign | ((rounded - 0x38000000) >>> 13);
}

function roundHalfToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}
