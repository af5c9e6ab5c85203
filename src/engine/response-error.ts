// How a failed JSON-RPC request of the engine becomes the one error type that callers know.
import { ResponseError } from 'vscode-jsonrpc/node';
import { EngineError, type EngineErrorCode } from '../../worker/api';

/** What the engine adds to a JSON-RPC error. */
interface EngineErrorData {
  code: EngineErrorCode;
  file?: string;
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
