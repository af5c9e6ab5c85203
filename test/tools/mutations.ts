// Damage as disks, networks, editors and merges do it to files: the same for the same seed.
import { createRandom, type Random } from '../../worker/base/random';

/** One to three kinds of damage at random places. @returns other bytes than the original ones */
export function mutate(original: Uint8Array, seed: number): Uint8Array<ArrayBuffer> {
  return damaged(original, seed, ofBytes);
}

/** As `mutate`, with what happens to text: lines lost, doubled or swapped, brackets, numbers, conflict markers, other encodings. */
export function mutateText(original: Uint8Array, seed: number): Uint8Array<ArrayBuffer> {
  return damaged(original, seed, [...ofBytes, ...ofText, ...ofText]);
}

type Mutation = (bytes: Uint8Array, random: Random) => Uint8Array;

function damaged(original: Uint8Array, seed: number, mutations: readonly Mutation[]): Uint8Array<ArrayBuffer> {
  const random = createRandom(seed);
  let bytes: Uint8Array = original;
  for (let left = random.integer(1, 3); left > 0 || isEqual(bytes, original); left--) {
    bytes = mutations[random.integer(0, mutations.length - 1)]!(bytes, random);
    // Damage to nothing changes nothing.
    if (bytes.length === 0) break;
  }
  return new Uint8Array(bytes);
}

const ofBytes: Mutation[] = [
  // One bit.
  (bytes, random) => changed(bytes, place(bytes, random), (value) => value ^ (1 << random.integer(0, 7))),
  // One byte, near the start, where the sizes stand.
  (bytes, random) =>
    changed(
      bytes,
      Math.min(bytes.length - 1, random.integer(0, 64)),
      () => [0, 1, 0x7f, 0x80, 0xff][random.integer(0, 4)]!,
    ),
  // A number of four bytes.
  (bytes, random) => {
    const copy = Buffer.from(bytes);
    if (copy.length < 4) return copy;
    copy.writeUInt32LE(
      [0, 1, 0x7fffffff, 0x80000000, 0xffffffff][random.integer(0, 4)]!,
      random.integer(0, copy.length - 4),
    );
    return copy;
  },
  // Cut short.
  (bytes, random) => bytes.subarray(0, random.integer(0, bytes.length)),
  // A part lost.
  (bytes, random) => {
    const [from, to] = range(bytes, random);
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
  },
  // A part twice.
  (bytes, random) => {
    const [from, to] = range(bytes, random);
    return Buffer.concat([bytes.subarray(0, to), bytes.subarray(from)]);
  },
  // A block of zeros, as of a disk that lost it.
  (bytes, random) => {
    const [from, to] = range(bytes, random);
    return Uint8Array.from(bytes).fill(0, from, to);
  },
  // Noise in a part.
  (bytes, random) => {
    const [from, to] = range(bytes, random);
    return Uint8Array.from(bytes, (value, i) => (i >= from && i < to ? random.integer(0, 255) : value));
  },
];

const ofText: Mutation[] = [
  onLines((lines, random) => lines.toSpliced(random.integer(0, lines.length - 1), random.integer(1, 4))),
  onLines((lines, random) => {
    const from = random.integer(0, lines.length - 1);
    return lines.toSpliced(from, 0, ...lines.slice(from, from + random.integer(1, 4)));
  }),
  onLines((lines, random) => {
    const [a, b] = [random.integer(0, lines.length - 1), random.integer(0, lines.length - 1)];
    return lines.with(a, lines[b]!).with(b, lines[a]!);
  }),
  // As git leaves a merge.
  onLines((lines, random) => {
    const from = random.integer(0, lines.length - 1);
    const part = lines.slice(from, from + 2);
    return lines.toSpliced(from, 2, '<<<<<<< HEAD', ...part, '=======', ...part.toReversed(), '>>>>>>> theirs');
  }),
  // A value of another kind.
  onText((text, random) => {
    const values = ['null', '-1', '1e999', '[]', '{}', '"x"', 'true', '9007199254740993', '"../../x"', '"\\u0000"'];
    const all = [...text.matchAll(/: ("[^"]*"|[\d.]+|true)/g)];
    const hit = all[random.integer(0, Math.max(0, all.length - 1))];
    if (!hit) return text;
    const start = hit.index + 2;
    return text.slice(0, start) + values[random.integer(0, values.length - 1)]! + text.slice(start + hit[1]!.length);
  }),
  // Deep nesting.
  onText((text, random) => {
    const depth = 10 ** random.integer(2, 5);
    return text.replace('"root": "."', `"root": ${'['.repeat(depth)}${']'.repeat(depth)}`);
  }),
  // Another encoding.
  (bytes) => Buffer.from(new TextDecoder().decode(bytes), 'utf16le'),
  (bytes) => Buffer.from(new TextDecoder().decode(bytes), 'latin1'),
];

function onText(change: (text: string, random: Random) => string): Mutation {
  return (bytes, random) => new TextEncoder().encode(change(new TextDecoder().decode(bytes), random));
}

function onLines(change: (lines: string[], random: Random) => string[]): Mutation {
  return onText((text, random) => change(text.split('\n'), random).join('\n'));
}

function changed(bytes: Uint8Array, at: number, change: (value: number) => number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  if (at < copy.length) copy[at] = change(copy[at]!);
  return copy;
}

function place(bytes: Uint8Array, random: Random): number {
  return random.integer(0, Math.max(0, bytes.length - 1));
}

function range(bytes: Uint8Array, random: Random): [from: number, to: number] {
  const from = random.integer(0, bytes.length);
  return [from, Math.min(bytes.length, from + random.integer(1, Math.max(1, Math.min(4096, bytes.length))))];
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
