// Files that machines hand each other: a description in JSON, numbers behind it, and a digest over all, so that half a file is never taken for one.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { writeFileAtomic } from '../store/atomic-write';

const magic = Buffer.from('acf1');
const digestBytes = 32;
/** Of the numbers' start: any typed array can be laid over them. */
const alignment = 8;

/** A description, and bytes that it tells the meaning of. */
export interface Packed<Head> {
  head: Head;
  parts: Uint8Array<ArrayBuffer>[];
}

/** The same description and parts give the same bytes, whoever writes them. */
export function pack<Head>(head: Head, parts: readonly ArrayBufferView[]): Uint8Array {
  const json = Buffer.from(JSON.stringify({ head, lengths: parts.map(({ byteLength }) => byteLength) }));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(json.length);
  const pieces: Uint8Array[] = [magic, length, json];
  let size = magic.length + length.length + json.length;
  for (const { buffer, byteOffset, byteLength } of parts) {
    const padding = (alignment - (size % alignment)) % alignment;
    pieces.push(new Uint8Array(padding), new Uint8Array(buffer, byteOffset, byteLength));
    size += padding + byteLength;
  }
  const content = Buffer.concat(pieces);
  return Buffer.concat([content, createHash('sha256').update(content).digest()]);
}

/** Undefined where the bytes are not as they were packed. */
export function unpack<Head>(bytes: Uint8Array): Packed<Head> | undefined {
  const end = bytes.length - digestBytes;
  if (end < magic.length + 4) return undefined;
  const content = Buffer.from(bytes.buffer, bytes.byteOffset, end);
  const digest = createHash('sha256').update(content).digest();
  if (!digest.equals(bytes.subarray(end)) || !content.subarray(0, magic.length).equals(magic)) return undefined;
  const first = magic.length + 4;
  let at = first + content.readUInt32LE(magic.length);
  const { head, lengths } = JSON.parse(content.toString('utf8', first, at)) as { head: Head; lengths: number[] };
  const parts = lengths.map((length) => {
    at += (alignment - (at % alignment)) % alignment;
    at += length;
    return new Uint8Array(content.subarray(at - length, at));
  });
  return { head, parts };
}

/** Of a part that holds them. */
export function floatsOf(part: Uint8Array<ArrayBuffer> | undefined): Float32Array<ArrayBuffer> {
  return part === undefined ? new Float32Array() : new Float32Array(part.buffer);
}

/** Undefined where there is no such file, or it is not whole. */
export async function readPacked<Head>(file: string): Promise<Packed<Head> | undefined> {
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  return bytes && unpack<Head>(bytes);
}

/** @throws EngineError `not-writable` */
export async function writePacked<Head>(file: string, head: Head, parts: readonly ArrayBufferView[]): Promise<void> {
  await writeFileAtomic(file, pack(head, parts));
}
