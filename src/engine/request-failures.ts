// The ways in which a request of the engine fails, as the one error type that callers know.
import { EngineError } from '../../worker/api/errors';

/** The engine's process ended while a request was waiting. Asking again starts a new process. */
export class EngineStoppedError extends EngineError {
  constructor(
    /** "signal SIGKILL", "exit code 3" or why it could not start. */
    readonly reason: string,
  ) {
    super(
      { code: 'internal' },
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
  return new EngineError({ code: 'cancelled' }, 'Cancelled.');
}

/** True when the person (or the caller) cancelled, so that nothing needs to be said. */
export function isCancelled(error: unknown): boolean {
  return error instanceof EngineError && error.code === 'cancelled';
}
