// How a thread tells those who would end it that it has loaded what it needs.
import { workerData } from 'node:worker_threads';

/** To be called in a thread of the pool when everything that it needs is loaded. */
export function countAsLoaded(): void {
  const { loaded } = (workerData ?? {}) as { loaded?: Int32Array };
  if (loaded) Atomics.add(loaded, 0, 1);
}
