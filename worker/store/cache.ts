// The cache: finished work by the content it was made from. Losing any of it costs time, never data.
import { createHash } from 'node:crypto';
import { readdir, readFile, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { defaultCacheFolder } from './location';
import { writeFileAtomic } from './atomic-write';
import { isAbandoned, isTemporary } from './temporary';

/** What is kept: one folder a kind. */
export type CacheKind =
  | 'values'
  | 'bags'
  | 'distances'
  | 'sums'
  | 'descriptors'
  | 'pairs'
  | 'analyses'
  | 'thumbnails'
  | 'devices'
  | 'networks';

/** Bytes of all entries after a run; the least recently used ones beyond it are removed. */
const defaultLimitBytes = 4 * 1024 ** 3;

/** Entries start with this, and with a digest of their name and content: whatever a disk or a program made of them since is a miss. */
const magic = Buffer.from('acl2');
const digestBytes = 16;
const headerBytes = magic.length + digestBytes;

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

function headerOf(kind: CacheKind, key: string, bytes: Uint8Array): Buffer {
  const digest = createHash('sha256').update(`${kind}/${key};`).update(bytes).digest();
  return Buffer.concat([magic, digest.subarray(0, digestBytes)]);
}

function digestOf(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}

/** Whatever stands in the place of an entry; a folder, too. */
async function removeDamaged(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true }).catch(() => undefined);
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

  /** The entry's bytes, or undefined when there is none that is as it was written; a damaged one is removed. */
  async get(kind: CacheKind, key: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const content = await this.read(kind, key);
    if (content === undefined) return undefined;
    const now = new Date();
    await utimes(this.path(kind, key), now, now).catch(() => undefined);
    return content;
  }

  private async read(kind: CacheKind, key: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const file = this.path(kind, key);
    let content: Buffer;
    try {
      content = await readFile(file);
    } catch (error) {
      // Another error may be gone the next time, and the entry is as good as ever then.
      if ((error as NodeJS.ErrnoException).code === 'EISDIR') await removeDamaged(file);
      return undefined;
    }
    const bytes = content.subarray(headerBytes);
    if (!content.subarray(0, headerBytes).equals(headerOf(kind, key, bytes))) {
      await removeDamaged(file);
      return undefined;
    }
    // A copy that starts at offset 0, so that any typed array can be laid over it.
    return new Uint8Array(bytes);
  }

  /** Path of a file entry, or undefined when there is none that is as it was written. */
  async file(kind: CacheKind, key: string, extension: string): Promise<string | undefined> {
    const file = this.path(kind, key, extension);
    const [digest, content] = await Promise.all([this.get(kind, key), readFile(file).catch(() => undefined)]);
    if (digest === undefined || content === undefined || !digestOf(content).equals(digest)) {
      await removeDamaged(file);
      return undefined;
    }
    const now = new Date();
    await utimes(file, now, now).catch(() => undefined);
    return file;
  }

  /** Differs whenever the entry was written anew, by whatever process; undefined when there is none. */
  async version(kind: CacheKind, key: string): Promise<string | undefined> {
    // Reading an entry changes its times, but only a new one is another file.
    const status = await stat(this.path(kind, key)).catch(() => undefined);
    return status && `${status.ino} ${status.birthtimeMs} ${status.size}`;
  }

  /** Forgets an entry, there or not. */
  async remove(kind: CacheKind, key: string): Promise<void> {
    await rm(this.path(kind, key), { force: true }).catch(() => undefined);
  }

  /** Whether there is an entry that is as it was written. */
  async has(kind: CacheKind, key: string): Promise<boolean> {
    return (await this.read(kind, key)) !== undefined;
  }

  /** Keeps an entry. A full or read-only disk does not end the run: it is remembered in {@link problem}. */
  async put(kind: CacheKind, key: string, data: ArrayBufferView): Promise<void> {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    const content = Buffer.concat([headerOf(kind, key, bytes), bytes]);
    await this.keep(() => writeFileAtomic(this.path(kind, key), content, { flush: false }));
  }

  /** An entry that {@link putJson} kept, or undefined when there is no whole one. Its type is what the caller says: keys carry a version. */
  async getJson<T>(kind: CacheKind, key: string): Promise<T | undefined> {
    const bytes = await this.get(kind, key);
    if (bytes === undefined) return undefined;
    try {
      return JSON.parse(new TextDecoder().decode(bytes)) as T;
    } catch {
      return undefined;
    }
  }

  /** Keeps a value as JSON; see {@link put}. */
  async putJson(kind: CacheKind, key: string, value: unknown): Promise<void> {
    await this.put(kind, key, new TextEncoder().encode(JSON.stringify(value)));
  }

  /** Keeps a file that others read by its path; its digest is an entry of the same key. Returns the path. */
  async putFile(kind: CacheKind, key: string, extension: string, data: Uint8Array): Promise<string> {
    const file = this.path(kind, key, extension);
    await this.keep(() => writeFileAtomic(file, data, { flush: false }));
    await this.put(kind, key, digestOf(data));
    return file;
  }

  /** Why entries could not be kept, if any could not. */
  get problem(): string | undefined {
    return this.broken instanceof Error ? this.broken.message : undefined;
  }

  /** Removes the least recently used entries until the rest fits the limit, and what killed processes left half written. */
  async prune(): Promise<void> {
    const entries: Entry[] = [];
    // Folder by folder: a hundred thousand images have several times as many entries.
    for await (const found of entriesBelow(this.folder)) {
      for (const entry of found) {
        if (!isTemporary(entry.file)) entries.push(entry);
        else if (isAbandoned(entry.file, entry.used)) await rm(entry.file, { force: true }).catch(() => undefined);
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
