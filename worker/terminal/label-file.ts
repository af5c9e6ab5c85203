// The label file as the command line reads and writes it: never taken for another text than it is, never written over somebody's change.
import { readFile } from 'node:fs/promises';
import { EngineError } from '../api/errors';
import { asEngineError } from '../labels/as-engine-error';
import { decodeLabelText, inStyleOf } from '../labels/text-style';
import { replaceFile } from '../store/atomic-write';

/**
 * The text of a label file; undefined when there is none.
 * @throws EngineError `label-file-invalid` where its bytes are no UTF-8, or it cannot be read: it must not be taken for a missing one
 */
export async function readLabelFile(file: string): Promise<string | undefined> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new EngineError(
      { code: 'label-file-invalid', file },
      `${file} cannot be read: ${(error as Error).message}. Nothing was overwritten.`,
      { cause: error },
    );
  }
  try {
    return decodeLabelText(bytes);
  } catch (error) {
    throw asEngineError(file, error, ' Nothing was overwritten.');
  }
}

/**
 * Replaces a label file, in its own style, unless somebody changed it meanwhile.
 * @param previous the text that the labels were made for; undefined where there was no file
 * @returns whether it was written
 * @throws EngineError `not-writable`
 */
export function writeLabelFile(file: string, labels: string, previous: string | undefined): Promise<boolean> {
  return replaceFile(file, inStyleOf(previous, labels), async () => (await readLabelFile(file)) === previous);
}
