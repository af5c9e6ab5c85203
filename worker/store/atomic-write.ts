// The one way a file reaches the disk: written beside its place, flushed, renamed. A reader never sees half a file.
import type { Stats } from 'node:fs';
import { mkdir, open, readlink, realpath, rename, rm, stat, writeFile, type FileHandle } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { EngineError } from '../api/errors';
import { removeAbandoned, temporaryBeside } from './temporary';

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
  const temporary = temporaryBeside(file);
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeNew(temporary, data, options.flush ?? true);
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw notWritable(file, error);
  }
}

/**
 * Replaces a file as a whole that is written bit by bit, creating its folder when needed.
 * @param write fills a file of the name that it is given
 * @throws EngineError `not-writable`, naming the file, when the folder is read-only or the disk is full; what else `write` throws
 */
export async function writeAtomically(file: string, write: (temporary: string) => void | Promise<void>): Promise<void> {
  const temporary = temporaryBeside(file);
  try {
    await mkdir(dirname(file), { recursive: true });
    await write(temporary);
    const handle = await open(temporary, 'r+');
    await handle.sync().finally(() => handle.close());
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw diskProblem(error) === undefined ? error : notWritable(file, error);
  }
}

/**
 * Replaces a file that belongs to a person: a link is written through, and the mode, owner and group of the file stay (as far as this process
 * may set them). What is no file (/dev/stdout, a pipe) is written to, and nothing takes its place. Its folder must be there: one that was deleted
 * meanwhile is not made anew.
 * @param isStill whether it is still to be replaced, asked when the new file is complete, right before it takes the place of the old one
 * @returns whether it did
 * @throws EngineError `not-writable`; what `isStill` throws
 */
export async function replaceFile(
  file: string,
  data: string | Uint8Array,
  isStill: () => Promise<boolean> = () => Promise.resolve(true),
): Promise<boolean> {
  const target = await targetOf(file);
  const before = await stat(target).catch(() => undefined);
  if (before && !before.isFile() && !before.isDirectory()) {
    if (!(await isStill())) return false;
    await writeFile(target, data).catch((error: unknown) => {
      throw notWritable(file, error);
    });
    return true;
  }
  const temporary = temporaryBeside(target);
  try {
    await writeNew(temporary, data, true, before).catch((error: unknown) => {
      throw notWritable(file, error);
    });
    if (!(await isStill())) return false;
    await rename(temporary, target).catch((error: unknown) => {
      throw notWritable(file, error);
    });
    return true;
  } finally {
    await rm(temporary, { force: true }).catch(() => undefined);
    await removeAbandoned(target);
  }
}

/** Where a path leads through links; that of a dangling one, too. */
async function targetOf(file: string): Promise<string> {
  try {
    return await realpath(file);
  } catch {
    const link = await readlink(file).catch(() => undefined);
    return link === undefined ? file : resolve(dirname(file), link);
  }
}

/** @param like whose mode, owner and group the file gets */
async function writeNew(file: string, data: string | Uint8Array, flush: boolean, like?: Stats): Promise<void> {
  const handle = await open(file, 'wx');
  try {
    await handle.writeFile(data);
    if (like) await takeOver(handle, like);
    if (flush) await handle.sync();
  } finally {
    await handle.close();
  }
}

async function takeOver(handle: FileHandle, { mode, uid, gid }: Stats): Promise<void> {
  // Only a privileged process may give a file away; a member of the group may still set that.
  await handle.chown(uid, gid).catch(() => handle.chown(-1, gid).catch(() => undefined));
  await handle.chmod(mode & 0o7777).catch(() => undefined);
}

function notWritable(file: string, error: unknown): EngineError {
  return new EngineError({ code: 'not-writable', file }, `${file} could not be written: ${reason(error)}.`, {
    cause: error,
  });
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
    case 'ENOENT':
      return 'its folder is not there any more';
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
