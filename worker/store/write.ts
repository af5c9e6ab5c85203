// The one way a file reaches the disk: written beside its place, flushed, renamed. A reader never sees half a file.
import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { EngineError } from '../api';

/** Of files that are not whole yet; a killed process leaves them. */
export const temporaryExtension = '.tmp';

/** Options of {@link writeFileAtomic}. */
export interface WriteOptions {
  /** Flush to the device before the rename, so that a power cut leaves the old or the new file. Default true. */
  flush?: boolean;
}

/**
 * Replaces a file as a whole, creating its folder when needed.
 * @throws EngineError `not-writable`, naming the file, when the folder is read-only or the disk is full.
 */
export async function writeFileAtomic(
  file: string,
  data: string | Uint8Array,
  options: WriteOptions = {},
): Promise<void> {
  const temporary = join(dirname(file), `.${basename(file)}.${randomBytes(6).toString('hex')}${temporaryExtension}`);
  try {
    await mkdir(dirname(file), { recursive: true });
    const handle = await open(temporary, 'wx');
    try {
      await handle.writeFile(data);
      if (options.flush ?? true) await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw new EngineError('not-writable', `${file} could not be written: ${reason(error)}.`, file, { cause: error });
  }
}

function reason(error: unknown): string {
  return diskProblem(error) ?? (error instanceof Error ? error.message : String(error));
}

/** What is the matter with the disk, when that is what an error says. */
export function diskProblem(error: unknown): string | undefined {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'EACCES':
    case 'EPERM':
      return 'there is no permission to write there';
    case 'EROFS':
      return 'the disk is read-only';
    case 'ENOSPC':
      return 'the disk is full';
    case 'EEXIST':
    case 'ENOTDIR':
      return 'there is a file where its folder should be';
    default:
      return undefined;
  }
}
