// How a failed request of the engine becomes the one error type that callers know.
import { ResponseError } from 'vscode-jsonrpc/node';
import { EngineError, type EngineErrorCode } from '../../worker/api';

/** What the engine adds to a JSON-RPC error. */
interface EngineErrorData {
  code: EngineErrorCode;
  file?: string;
}

/** The engine's process ended while a request was waiting. Asking again starts a new process. */
export class EngineStoppedError extends EngineError {
  constructor(
    /** "signal SIGKILL", "exit code 3" or why it could not start. */
    readonly reason: string,
  ) {
    super(
      'internal',
      `The engine stopped unexpectedly (${reason}). Finished work is kept; the next run goes on from there.`,
    );
  }
}

/** Says in a few words how a process ended. */
export function describeExit(code: number | null, signal: NodeJS.Signals | null): string {
  return signal === null ? `exit code ${code ?? 'unknown'}` : `signal ${signal}`;
}

/** The error of a cancelled request. */
export function cancelledError(): EngineError {
  return new EngineError('cancelled', 'Cancelled.');
}

/** True when the person (or the caller) cancelled, so that nothing needs to be said. */
export function isCancelled(error: unknown): boolean {
  return error instanceof EngineError && error.code === 'cancelled';
}

/** Turns whatever a JSON-RPC request was rejected with into an EngineError. */
export function toEngineError(error: unknown): EngineError {
  if (error instanceof EngineError) return error;
  if (error instanceof ResponseError && isErrorData(error.data)) {
    return new EngineError(error.data.code, error.message, error.data.file, { cause: error });
  }
  return new EngineError('internal', error instanceof Error ? error.message : String(error), undefined, {
    cause: error,
  });
}

function isErrorData(data: unknown): data is EngineErrorData {
  return typeof data === 'object' && data !== null && 'code' in data && typeof data.code === 'string';
}
