// Where something is to be written: asked before the work, not after it.
import { stat } from 'node:fs/promises';
import { EngineError } from '../api/errors';

/** @throws EngineError `not-writable` where a folder is not there */
export async function requireFolder(folder: string): Promise<void> {
  const isThere = (await stat(folder).catch(() => undefined))?.isDirectory() === true;
  if (isThere) return;
  throw new EngineError(
    { code: 'not-writable', file: folder },
    `The folder ${folder} is not there, so nothing can be written into it. Make it, or name another one.`,
  );
}
