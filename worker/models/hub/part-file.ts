// A download in progress: the bytes that are there, and what they are, so that a later process goes on.
import { mkdir, open, readFile, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { EngineError } from '../../api/errors';
import { isRunning } from '../../store/process-alive';
import { diskProblem, writeFileAtomic } from '../../store/atomic-write';

/** What must be the same for the bytes to be of use. */
export interface PartIdentity {
  etag: string;
  sha256?: string | undefined;
  bytes: number;
  ranges: { start: number; end: number }[];
}

/**
 * `${target}.part` with `${target}.part.json` beside it. One process writes it at a time: the file is opened with a lock file that
 * holds the process's id; a lock of a process that is gone does not count.
 */
export class PartFile {
  private constructor(
    private readonly target: string,
    private readonly handle: FileHandle,
    private readonly lock: string,
    /** Bytes that are there. */
    private size: number,
  ) {}

  /** @throws EngineError `not-writable`; `download-failed` while another process fetches the same */
  static async open(target: string, identity: PartIdentity): Promise<PartFile> {
    const part = `${target}.part`;
    const about = `${part}.json`;
    const lock = `${part}.lock`;
    try {
      await mkdir(dirname(target), { recursive: true });
      await takeLock(lock, target);
    } catch (error) {
      throw writable(error, target);
    }
    try {
      const known = await readFile(about, 'utf8').catch(() => '');
      const isSame = known === JSON.stringify(identity);
      if (!isSame) {
        await rm(part, { force: true });
        await writeFileAtomic(about, JSON.stringify(identity), { flush: false });
      }
      const handle = await open(part, isSame ? 'a' : 'w');
      const wanted = identity.ranges.reduce((sum, { start, end }) => sum + end - start, 0);
      const { size } = await handle.stat();
      if (size > wanted) await handle.truncate(0);
      return new PartFile(target, handle, lock, size > wanted ? 0 : size);
    } catch (error) {
      // This process lives on: its lock would keep it from trying again.
      await rm(lock, { force: true }).catch(() => undefined);
      throw writable(error, target);
    }
  }

  get bytes(): number {
    return this.size;
  }

  /** Adds bytes at the end. @throws EngineError `not-writable` */
  async append(chunk: Uint8Array): Promise<void> {
    try {
      await this.handle.appendFile(chunk);
      this.size += chunk.length;
    } catch (error) {
      throw writable(error, this.target);
    }
  }

  /** Puts the whole file into its place. @throws EngineError `download-failed` when somebody else wrote to it, too */
  async finish(): Promise<void> {
    await this.handle.sync();
    if ((await this.handle.stat()).size !== this.size) {
      await this.handle.truncate(0);
      throw new EngineError({ code: 'download-failed' }, `Another process wrote to ${this.target}.part. Try again.`);
    }
    await this.handle.close();
    await rename(`${this.target}.part`, this.target);
    await rm(`${this.target}.part.json`, { force: true });
    await rm(this.lock, { force: true });
  }

  /** Leaves the part for the next time. */
  async leave(): Promise<void> {
    await this.handle.close().catch(() => undefined);
    await rm(this.lock, { force: true }).catch(() => undefined);
  }
}

async function takeLock(lock: string, target: string): Promise<void> {
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      const handle = await open(lock, 'wx');
      await handle.writeFile(String(process.pid));
      await handle.close();
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const holder = Number(await readFile(lock, 'utf8').catch(() => ''));
      if (isRunning(holder)) {
        throw new EngineError(
          { code: 'download-failed' },
          `Another window is fetching this network already (${target}). Wait for it.`,
        );
      }
      await rm(lock, { force: true });
    }
  }
  throw new EngineError({ code: 'download-failed' }, `Another process took ${lock} meanwhile. Try again.`);
}

function writable(error: unknown, target: string): unknown {
  const reason = diskProblem(error);
  if (reason === undefined) return error;
  const folder = dirname(target);
  return new EngineError(
    { code: 'not-writable', file: folder },
    `${folder} cannot be written: ${reason}. ANOMALY_CLUSTERING_MODELS may name another folder.`,
    {
      cause: error,
    },
  );
}
