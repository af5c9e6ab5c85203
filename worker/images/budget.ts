// How much memory images may take at one time, over all threads: large ones wait for each other, small ones never do.
import { totalmem } from 'node:os';

const megabyte = 2 ** 20;
/** Of all images that are read or decoded at one time. */
const budget = Math.floor(Math.min(2048 * megabyte, totalmem() / 4) / megabyte);
const millisecondsBetweenLooks = 10;

/** Megabytes in use, shared by the threads of a pool; a process without one has its own. */
let inUse = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));

/** What the threads of one pool count in. */
export function createImageBudget(): SharedArrayBuffer {
  return new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
}

/** From now on this thread counts in what others count in, too. */
export function shareImageBudget(buffer: SharedArrayBuffer): void {
  inUse = new Int32Array(buffer);
}

/**
 * Does work that takes memory when there is room for it; what is larger than the whole budget, when there is nothing else.
 * @param bytes that it takes, about
 */
export async function withinBudget<T>(bytes: number, work: () => Promise<T>): Promise<T> {
  const share = Math.min(budget, Math.ceil(bytes / megabyte));
  const counter = inUse;
  while (!take(counter, share)) await new Promise((resolve) => setTimeout(resolve, millisecondsBetweenLooks));
  try {
    return await work();
  } finally {
    Atomics.sub(counter, 0, share);
  }
}

function take(counter: Int32Array, share: number): boolean {
  const before = Atomics.load(counter, 0);
  return before + share <= budget && Atomics.compareExchange(counter, 0, before, before + share) === before;
}
