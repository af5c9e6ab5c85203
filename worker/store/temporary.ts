// Files that are not whole yet, beside the place where they will be. A killed process leaves them; their names say whose they are.
import { createHash, randomBytes } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { isRunning } from './process-alive';

const extension = '.tmp';

/** Process ids say nothing on other machines, which a shared disk has. */
const machine = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);

/** A file of another machine that is still being written is no older than this. */
const abandonedAfterMilliseconds = 3600_000;

/** A new name beside a file. */
export function temporaryBeside(file: string): string {
  const name = `.${basename(file)}.${machine}-${process.pid}-${randomBytes(6).toString('hex')}${extension}`;
  return join(dirname(file), name);
}

/** Whether a file is one of those, by its name. */
export function isTemporary(file: string): boolean {
  return basename(file).startsWith('.') && file.endsWith(extension);
}

/**
 * Whether nobody writes such a file any more.
 * @param modified milliseconds since 1970
 */
export function isAbandoned(file: string, modified: number): boolean {
  const [, host, pid] = /\.([0-9a-f]{8})-(\d+)-[0-9a-f]{12}\.tmp$/.exec(file) ?? [];
  if (host === machine) return Number(pid) !== process.pid && !isRunning(Number(pid));
  return Date.now() - modified > abandonedAfterMilliseconds;
}

/** Removes what killed processes left beside a file. */
export async function removeAbandoned(file: string): Promise<void> {
  const folder = dirname(file);
  const names = await readdir(folder).catch(() => []);
  for (const name of names) {
    const path = join(folder, name);
    if (!name.startsWith(`.${basename(file)}.`) || !isTemporary(path)) continue;
    const status = await stat(path).catch(() => undefined);
    if (status && isAbandoned(path, status.mtimeMs)) await rm(path, { force: true }).catch(() => undefined);
  }
}
