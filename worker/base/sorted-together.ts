// The values of several arrays in one order.

/** All values of all parts, rising. The parts stay as they are. */
export function sortedTogether(parts: readonly Float32Array[]): Float32Array {
  const sorted = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    sorted.set(part, at);
    at += part.length;
  }
  return sorted.sort();
}
