// Errors lose their class and code on the way between threads; so tasks hand them out as plain data.
import type { MessagePort } from 'node:worker_threads';
import { EngineError, type EngineErrorDetail } from '../../api/errors';
export type Settled<T> = { value: T } | { error: { detail: EngineErrorDetail; message: string } };

/**
 * Makes a task of a function: its EngineErrors become data, anything else stays a rejection with its stack. The port to a device, where
 * it was given one, is closed at the end.
 */
export function task<Input extends { devicePort?: MessagePort }, Value>(
  work: (input: Input) => Promise<Value>,
): (input: Input) => Promise<Settled<Value>> {
  return async (input) => {
    try {
      return { value: await work(input) };
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      return { error: { detail: error.detail, message: error.message } };
    } finally {
      input.devicePort?.close();
    }
  };
}
