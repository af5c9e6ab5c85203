// The headers of a tar file, and where what they tell of lies: the library reads the headers, and what is between them is not read at all.
import { once } from 'node:events';
import { open, type FileHandle } from 'node:fs/promises';
import { extract, type Header } from 'tar-stream';

/** What a tar file holds, in its order. */
export interface TarEntry {
  /** As it stands there: nobody looked at it yet. */
  name: string;
  kind: 'file' | 'folder' | 'link' | 'sparse' | 'other';
  /** Of the first byte of what it holds. */
  offset: number;
  /** In bytes. */
  size: number;
}

/** A tar file, as far as it can be read. */
export interface TarHeaders {
  entries: TarEntry[];
  /** Why it cannot be read, or not to its end, to put behind its name. */
  problem?: string;
}

/** Headers and all that is measured in them are multiples of this. */
const blockSize = 512;
/** So much is read at a time: the headers of small members lie side by side. */
const windowSize = 4096;
/** Behind the end, writers fill up to this. */
const recordSize = 10_240;

/** First bytes of what packs a tar file as a whole: then nothing in it has a place that could be read alone. */
const packers: readonly [name: string, signature: readonly number[]][] = [
  ['gzip', [0x1f, 0x8b]],
  ['bzip2', [0x42, 0x5a, 0x68]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
];

/** Reads the headers only. What is wrong with the tar file is told, beside what was found until there. @throws the file system's own errors */
export async function readHeaders(file: string): Promise<TarHeaders> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    if (size === 0) return { entries: [], problem: 'is empty (0 bytes)' };
    const head = new Uint8Array(blockSize);
    await handle.read(head, 0, blockSize, 0);
    const packer = packerOf(head);
    if (packer !== undefined) return { entries: [], problem: packedReason(packer) };
    return await readBlocks(blocksOf(handle, size), size);
  } finally {
    await handle.close();
  }
}

/** Whether a file is a tar file by its name, packed ones among them: those are told of. */
export function isTarName(name: string): boolean {
  return /\.(tar|tgz|tar\.(gz|bz2|xz|zst))$/i.test(name);
}

/** What packs a file as a whole, by its first bytes. */
export function packerOf(head: Uint8Array): string | undefined {
  return packers.find(([, signature]) => signature.every((byte, i) => head[i] === byte))?.[0];
}

/** To put behind the name of a tar file that is packed. */
export function packedReason(packer: string): string {
  return `is packed by ${packer}, so that no image in it can be read alone. Unpack it to a .tar file (images are packed already)`;
}

/** Blocks of a file by their place; undefined where there is no whole one any more. */
type ReadBlock = (at: number) => Promise<Uint8Array | undefined>;

function blocksOf(handle: FileHandle, size: number): ReadBlock {
  const window = new Uint8Array(windowSize);
  let [from, length] = [0, 0];
  return async (at) => {
    if (at + blockSize > size) return undefined;
    if (at < from || at + blockSize > from + length) {
      [from, length] = [at, 0];
      while (length < blockSize) {
        const { bytesRead } = await handle.read(window, length, windowSize - length, at + length);
        // It became shorter meanwhile.
        if (bytesRead === 0) return undefined;
        length += bytesRead;
      }
    }
    // The library keeps what it is given until it has read it, and the window is read into anew.
    return window.slice(at - from, at - from + blockSize);
  };
}

/** The library is given the headers as they are, and zeros for what lies between them: it counts on, and finds the next one. */
async function readBlocks(blockAt: ReadBlock, size: number): Promise<TarHeaders> {
  const entries: TarEntry[] = [];
  let [at, zeroBlocks, flag] = [0, 0, 0];
  /** Where the next header is. */
  let next: number;
  let failure: Error | undefined;
  // It takes one block after the other, so that an entry is told of before the next block is asked for. What has no name of a format has a
  // checksum all the same.
  const parser = extract({ highWaterMark: 0, allowUnknownFormat: true } as Parameters<typeof extract>[0]);
  parser.on('error', (error) => (failure = error));
  parser.on('entry', (header, data, goOn) => {
    const offset = data.offset + blockSize;
    const entry = { name: nameOf(header), kind: kindOf(header, flag), offset, size: sizeOf(header) };
    entries.push(entry);
    next = offset + Math.ceil(entry.size / blockSize) * blockSize;
    data.resume();
    goOn();
  });
  const upToHere = (problem: string): TarHeaders => ({ entries, problem });
  try {
    for (;;) {
      const known = entries.length;
      const block = await blockAt(at);
      if (block === undefined && at === 0) return upToHere(damagedReason(0, 0));
      if (block === undefined)
        return upToHere('has no mark of its end, so more may have been in it. Copy it again, or write it anew');
      zeroBlocks = block.every((byte) => byte === 0) ? zeroBlocks + 1 : 0;
      if (zeroBlocks === 2) return (await isZeroFrom(blockAt, at + blockSize)) ? { entries } : upToHere(severalReason);
      flag = block[typeflagAt]!;
      at += blockSize;
      next = at;
      if (!parser.write(block)) await once(parser, 'drain').catch(() => undefined);
      if (failure) return upToHere(damagedReason(known, at - blockSize));
      const entry = entries[known];
      if (entry && entry.offset + entry.size > size) {
        entries.pop();
        return upToHere(`ends in the middle of ${entry.name}, which is left out with all behind it. Copy it again`);
      }
      // More of its own may follow its header, and nothing tells where the next one is.
      if (entry && flag === oldSparse)
        return upToHere(`holds a sparse file, ${entry.name}, behind which nothing is read. Write it without --sparse`);
      for (; at < next; at += Math.min(zeros.length, next - at)) parser.write(zeros.subarray(0, next - at));
    }
  } finally {
    parser.destroy();
  }
}

/** Of a header: what kind of member it is of. */
const typeflagAt = 156;
const oldSparse = 'S'.charCodeAt(0);

const severalReason =
  'goes on behind the mark of its end, as tar files do that were put one behind another; what is there is left out. Give each a file of its own';

function damagedReason(entries: number, at: number): string {
  if (entries === 0) return 'is no tar file';
  return `is damaged at byte ${at}; what is behind that is left out. Copy it again`;
}

const zeros = new Uint8Array(2 ** 20);

async function isZeroFrom(blockAt: ReadBlock, start: number): Promise<boolean> {
  for (let at = start; at < start + recordSize; at += blockSize) {
    const block = await blockAt(at);
    if (block === undefined) return true;
    if (block.some((byte) => byte !== 0)) return false;
  }
  return true;
}

/** A sparse file's own header has another one, which holds a number of the process that wrote it. */
function nameOf({ name, pax }: Header): string {
  return (pax as Record<string, string> | null | undefined)?.['GNU.sparse.name'] ?? name;
}

/** @param flag of the header as it stands there: the library knows only some */
function kindOf(header: Header, flag: number): TarEntry['kind'] {
  const keys = Object.keys(header.pax ?? {});
  if (flag === oldSparse || keys.some((key) => key.startsWith('GNU.sparse.'))) return 'sparse';
  // Old writers have a folder as a file whose name ends with a slash.
  if (header.type === 'directory' || header.name.endsWith('/')) return 'folder';
  if (header.type === 'file' || header.type === 'contiguous-file') return 'file';
  return header.type === 'link' || header.type === 'symlink' ? 'link' : 'other';
}

/** A folder's size is not what lies in the file. */
function sizeOf({ type, size }: Header): number {
  return type === 'directory' ? 0 : size;
}
