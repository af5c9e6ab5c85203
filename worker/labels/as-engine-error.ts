// A label file that cannot be read, as the engine tells of it.
import { EngineError } from '../api/errors';
import { LabelFileError } from './document';

/** Puts file, line and column before what a LabelFileError says; other errors stay what they are. */
export function asEngineError(file: string, error: unknown, advice = ''): unknown {
  if (!(error instanceof LabelFileError)) return error;
  const { line, column, message } = error;
  return new EngineError(
    { code: 'label-file-invalid', file, place: { line, column } },
    `${file}:${line}:${column}: ${message}${advice}`,
    { cause: error },
  );
}
