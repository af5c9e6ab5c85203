// The header of NumPy's .npy format, version 1.0 (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html).

/** Long enough for any shape, so that a header can be rewritten in place once the number of rows is known. */
const headerBytes = 128;

/** Header of a little-endian float32 array in C order. */
export function npyHeader(shape: number[]): Uint8Array {
  const tuple = `(${shape.join(', ')}${shape.length === 1 ? ',' : ''})`;
  const description = `{'descr': '<f4', 'fortran_order': False, 'shape': ${tuple}, }`;
  const prefix = Uint8Array.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, headerBytes - 10, 0]);
  const text = new TextEncoder().encode(`${description.padEnd(headerBytes - prefix.length - 1)}\n`);
  const header = new Uint8Array(headerBytes);
  header.set(prefix);
  header.set(text, prefix.length);
  return header;
}
