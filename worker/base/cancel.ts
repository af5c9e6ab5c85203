// Cooperative cancelling across threads: a flag in shared memory that long work looks at every few milliseconds.
// Ending a thread while ONNX Runtime works in it would abort the whole process, so nothing here ever does that.
import { EngineError } from '../api/errors';

/** Shared by the main thread and the pool's workers. */
export type CancelFlag = SharedArrayBuffer;

/** A flag that is not set. */
export function createCancelFlag(): CancelFlag {
  return new SharedArrayBuffer(4);
}

/** Sets the flag, for good: work that looks at it ends by {@link throwIfCancelled}. */
export function cancel(flag: CancelFlag): void {
  Atomics.store(new Int32Array(flag), 0, 1);
}

/** Whether the flag is set. */
export function isCancelled(flag: CancelFlag): boolean {
  return Atomics.load(new Int32Array(flag), 0) !== 0;
}

/** @throws EngineError `cancelled` once the flag is set */
export function throwIfCancelled(flag: CancelFlag): void {
  if (isCancelled(flag)) throw new EngineError({ code: 'cancelled' }, 'Cancelled.');
}
