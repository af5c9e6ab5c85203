// Sorting of very many numbers, and of what they belong to.

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

/** Fewer items are sorted sooner by comparing them. */
const fewestByDigits = 200;
const bytesOfDouble = 8;

/**
 * Items by rising number; equal ones keep their order. Many of them several times as fast as by comparing them: a radix sort of the doubles'
 * bits, a byte at a time (Terdiman, 2000).
 * @param value no NaN
 */
export function sortedBy<Item>(items: readonly Item[], value: (item: Item) => number): Item[] {
  const keys = new Float64Array(items.length);
  // −0 becomes 0.
  for (let i = 0; i < items.length; i++) keys[i] = value(items[i]!) + 0;
  const order = items.length < fewestByDigits ? orderByComparing(keys) : orderByDigits(keys);
  const sorted = new Array<Item>(items.length);
  for (let i = 0; i < sorted.length; i++) sorted[i] = items[order[i]!]!;
  return sorted;
}

function places(count: number): Uint32Array {
  const order = new Uint32Array(count);
  for (let i = 0; i < count; i++) order[i] = i;
  return order;
}

function orderByComparing(keys: Float64Array): Uint32Array {
  // Not their difference, which of infinite ones is no number.
  return places(keys.length).sort((a, b) => (keys[a]! < keys[b]! ? -1 : keys[a]! > keys[b]! ? 1 : a - b));
}

function orderByDigits(keys: Float64Array): Uint32Array {
  const halves = new Uint32Array(keys.slice().buffer);
  // Bits that rise as their numbers do: those of negative ones are turned round.
  for (let i = 0; i < halves.length; i += 2) {
    const isNegative = halves[i + 1]! >>> 31 === 1;
    halves[i] = isNegative ? ~halves[i]! : halves[i]!;
    halves[i + 1] = isNegative ? ~halves[i + 1]! : halves[i + 1]! ^ (1 << 31);
  }
  const bytes = new Uint8Array(halves.buffer);
  let order: Uint32Array = places(keys.length);
  let next: Uint32Array = new Uint32Array(keys.length);
  // The lowest byte comes first, as in every machine that VS Code runs on.
  for (let byte = 0; byte < bytesOfDouble; byte++) {
    const counts = new Uint32Array(256);
    for (let at = byte; at < bytes.length; at += bytesOfDouble) counts[bytes[at]!]!++;
    // All have the same, as is usual for the highest.
    if (counts[bytes[byte]!] === keys.length) continue;
    for (let each = 0, sum = 0; each < 256; each++) {
      const count = counts[each]!;
      counts[each] = sum;
      sum += count;
    }
    for (const i of order) next[counts[bytes[bytesOfDouble * i + byte]!]!++] = i;
    [order, next] = [next, order];
  }
  return order;
}
