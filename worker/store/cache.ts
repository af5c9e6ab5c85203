// The cache: finished work by the content it was made from. Losing any of it costs time, never data.
import { createHash } from 'node:crypto';
import { readdir, readFile, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { defaultCacheFolder } from './location';
import { temporaryExtension, writeFileAtomic } from './write';

/** What is kept: one folder a kind. */
export type CacheKind =
  'bags' | 'distances' | 'sums' | 'descriptors' | 'pairs' | 'analyses' | 'thumbnails' | 'devices' | 'networks';

/** Bytes of all entries after a run; the least recently used ones beyond it are removed. */
const defaultLimitBytes = 4 * 1024 ** 3;

/** Files carry their length, so that a file cut short by a crash is taken for missing. */
const headerBytes = 8;

/** A file that is being written is no older than this. */
const abandonedAfterMilliseconds = 3600_000;

interface Entry {
  file: string;
  bytes: number;
  /** Milliseconds since 1970. */
  used: number;
}

/** The files of each folder below one. Folders and files may vanish meanwhile. */
async function* entriesBelow(folder: string): AsyncGenerator<Entry[]> {
  const children = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const files = children.filter((child) => child.isFile()).map(({ name }) => join(folder, name));
  const statuses = await Promise.all(files.map((file) => stat(file).catch(() => undefined)));
  yield files.flatMap((file, i) => {
    const status = statuses[i];
    return status ? [{ file, bytes: status.size, used: status.mtimeMs }] : [];
  });
  for (const child of children) if (child.isDirectory()) yield* entriesBelow(join(folder, child.name));
}

/** SHA-256 in hexadecimal over the parts, each closed by its length so that no two lists give the same bytes. */
export function cacheKey(...parts: (string | number)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${String(part).length}:${part};`);
  return hash.digest('hex');
}

/** A content-addressed folder, shared by all processes: entries are only ever written as a whole. */
export class Cache {
  private broken: unknown;

  constructor(
    readonly folder: string = defaultCacheFolder(),
    readonly limitBytes: number = defaultLimitBytes,
  ) {}

  /** Absolute path of an entry with an extension of its own, for files that others read (thumbnails). */
  path(kind: CacheKind, key: string, extension = 'bin'): string {
    return join(this.folder, kind, key.slice(0, 2), `${key}.${extension}`);
  }

  /** The entry's bytes, or undefined when there is no whole one. */
  async get(kind: CacheKind, key: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const file = this.path(kind, key);
    let content: Buffer;
    try {
      content = await readFile(file);
    } catch {
      return undefined;
    }
    if (content.length < headerBytes || content.readDoubleLE(0) !== content.length - headerBytes) {
      await rm(file, { force: true }).catch(() => undefined);
      return undefined;
    }
    const now = new Date();
    await utimes(file, now, now).catch(() => undefined);
    // A copy that starts at offset 0, so that any typed array can be laid over it.
    return new Uint8Array(content.subarray(headerBytes));
  }

  /** Path of a file entry, or undefined when it is not there. */
  async file(kind: CacheKind, key: string, extension: string): Promise<string | undefined> {
    const file = this.path(kind, key, extension);
    const now = new Date();
    return utimes(file, now, now).then(
      () => file,
      () => undefined,
    );
  }

  /** Differs whenever the entry was written anew, by whatever process; undefined when there is none. */
  async version(kind: CacheKind, key: string): Promise<string | undefined> {
    // Reading an entry changes its times, but only a new one is another file.
    const status = await stat(this.path(kind, key)).catch(() => undefined);
    return status && `${status.ino} ${status.birthtimeMs} ${status.size}`;
  }

  async remove(kind: CacheKind, key: string): Promise<void> {
    await rm(this.path(kind, key), { force: true }).catch(() => undefined);
  }

  async has(kind: CacheKind, key: string): Promise<boolean> {
    return (await stat(this.path(kind, key)).catch(() => undefined)) !== undefined;
  }

  /** Keeps an entry. A full or read-only disk does not end the run: it is remembered in {@link problem}. */
  async put(kind: CacheKind, key: string, data: ArrayBufferView): Promise<void> {
    const header = Buffer.alloc(headerBytes);
    header.writeDoubleLE(data.byteLength, 0);
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    await this.keep(() => writeFileAtomic(this.path(kind, key), Buffer.concat([header, bytes]), { flush: false }));
  }

  async getJson<T>(kind: CacheKind, key: string): Promise<T | undefined> {
    const bytes = await this.get(kind, key);
    if (bytes === undefined) return undefined;
    try {
      return JSON.parse(new TextDecoder().decode(bytes)) as T;
    } catch {
      return undefined;
    }
  }

  async putJson(kind: CacheKind, key: string, value: unknown): Promise<void> {
    await this.put(kind, key, new TextEncoder().encode(JSON.stringify(value)));
  }

  /** Keeps a file that others read by its path, without a header. Returns the path. */
  async putFile(kind: CacheKind, key: string, extension: string, data: Uint8Array): Promise<string> {
    const file = this.path(kind, key, extension);
    await this.keep(() => writeFileAtomic(file, data, { flush: false }));
    return file;
  }

  /** Why entries could not be kept, if any could not. */
  get problem(): string | undefined {
    return this.broken instanceof Error ? this.broken.message : undefined;
  }

  /** Removes the least recently used entries until the rest fits the limit, and what killed processes left half written. */
  async prune(): Promise<void> {
    const entries: Entry[] = [];
    const abandoned = Date.now() - abandonedAfterMilliseconds;
    // Folder by folder: a hundred thousand images have several times as many entries.
    for await (const found of entriesBelow(this.folder)) {
      for (const entry of found) {
        if (!entry.file.endsWith(temporaryExtension)) entries.push(entry);
        else if (entry.used < abandoned) await rm(entry.file, { force: true }).catch(() => undefined);
      }
    }
    let total = entries.reduce((sum, entry) => sum + entry.bytes, 0);
    entries.sort((a, b) => a.used - b.used);
    for (const entry of entries) {
      if (total <= this.limitBytes) break;
      await rm(entry.file, { force: true }).catch(() => undefined);
      total -= entry.bytes;
    }
  }

  private async keep(write: () => Promise<void>): Promise<void> {
    try {
      await write();
    } catch (error) {
      this.broken = error;
    }
  }
}
