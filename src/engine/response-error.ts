// How a failed JSON-RPC request of the engine becomes the one error type that callers know.
import { ResponseError } from 'vscode-jsonrpc/node';
import type { ErrorData } from '../../worker/api/envelope';
import { EngineError } from '../../worker/api/errors';

/** Turns whatever a JSON-RPC request was rejected with into an EngineError. */
export function toEngineError(error: unknown): EngineError {
  if (error instanceof EngineError) return error;
  if (error instanceof ResponseError && isErrorData(error.data)) {
    return new EngineError(error.data, error.message, { cause: error });
  }
  return new EngineError({ code: 'internal' }, error instanceof Error ? error.message : String(error), {
    cause: error,
  });
}

function isErrorData(data: unknown): data is ErrorData {
  return typeof data === 'object' && data !== null && 'code' in data && typeof data.code === 'string';
}
