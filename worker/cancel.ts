// Cooperative cancelling across threads: a flag in shared memory that long work looks at every few milliseconds.
// Ending a thread while ONNX Runtime works in it would abort the whole process, so nothing here ever does that.
import { EngineError } from './api';

/** Shared by the main thread and the pool's workers. */
export type CancelFlag = SharedArrayBuffer;

export function createCancelFlag(): CancelFlag {
  return new SharedArrayBuffer(4);
}

export function cancel(flag: CancelFlag): void {
  Atomics.store(new Int32Array(flag), 0, 1);
}

export function isCancelled(flag: CancelFlag): boolean {
  return Atomics.load(new Int32Array(flag), 0) !== 0;
}

/** @throws EngineError `cancelled` once the flag is set */
export function throwIfCancelled(flag: CancelFlag): void {
  if (isCancelled(flag)) throw new EngineError('cancelled', 'Cancelled.');
}
