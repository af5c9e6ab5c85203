// Where a network's file comes from: the hub, or a file of the person's. Either gives parts of it, or all of it with its hash checked.
import { createHash } from 'node:crypto';
import { open, readFile, rm, type FileHandle } from 'node:fs/promises';
import type { ProxySettings } from '../api/requests';
import { EngineError } from '../api/errors';
import type { CancelFlag } from '../base/cancel';
import type { RemoteSource } from './hub/remote-source';
import { HubClient, type ByteRange, type DownloadProgress } from './hub/client';

/** How a download is watched, cancelled, and led out of the building. */
export interface Download {
  proxy?: ProxySettings | undefined;
  flag: CancelFlag;
  onProgress?: (progress: DownloadProgress) => void;
}

/** A file somewhere, of which parts can be had. */
export interface WeightsSource {
  from: string;
  bytes: number;
  /** SHA-256 of the whole file, where it is known without reading all of it. */
  sha256?: string | undefined;
  /** A small part. */
  read(range: ByteRange): Promise<Uint8Array>;
  /** Several parts, one behind the other. @param part where a download is kept until it is whole */
  parts(ranges: ByteRange[], part: string): Promise<Uint8Array>;
  /** @throws EngineError `model-invalid` when the hash is another */
  whole(part: string, sha256: string | undefined): Promise<Uint8Array>;
  close(): Promise<void>;
}

/**
 * A file of the hub, found there, with the SHA-256 that the catalogue knows, if it knows one.
 * @throws EngineError `model-invalid` for another SHA-256; `download-failed`, `download-refused`, `cancelled`, as the methods of what comes back
 */
export async function hubWeights(source: RemoteSource, { proxy, flag, onProgress }: Download): Promise<WeightsSource> {
  const client = new HubClient({ flag, ...(proxy === undefined ? {} : { proxy }) });
  const remote = await client.open(source).catch(async (error: unknown) => {
    await client.close();
    throw error;
  });
  const { url: from, bytes, sha256 } = remote;
  const parts = async (ranges: ByteRange[], part: string) => {
    await client.download(remote, ranges, part, onProgress);
    const content = await readFile(part);
    await rm(part, { force: true });
    return content;
  };
  return {
    from,
    bytes,
    sha256,
    read: (range) => client.read(remote, range),
    parts,
    async whole(part, expected) {
      const content = await parts([{ start: 0, end: bytes }], part);
      requireHash(content, expected, from);
      return content;
    },
    close: () => client.close(),
  };
}

/**
 * A file of the person's, opened.
 * @throws EngineError `model-not-found` when it cannot be read; reading throws `model-invalid` when it ends too early
 */
export async function fileWeights(file: string): Promise<WeightsSource> {
  const handle = await open(file).catch((error: unknown) => {
    throw new EngineError(
      { code: 'model-not-found', network: file },
      `The file ${file} cannot be read. Check the path.`,
      {
        cause: error,
      },
    );
  });
  const { size: bytes } = await handle.stat();
  const read = (range: ByteRange) => readRange(handle, range, file);
  return {
    from: file,
    bytes,
    read,
    parts: async (ranges) => Buffer.concat(await Promise.all(ranges.map(read))),
    async whole(_part, expected) {
      const content = await read({ start: 0, end: bytes });
      requireHash(content, expected, file);
      return content;
    },
    close: () => handle.close(),
  };
}

async function readRange(handle: FileHandle, { start, end }: ByteRange, file: string): Promise<Uint8Array> {
  const bytes = new Uint8Array(end - start);
  const { bytesRead } = await handle.read(bytes, 0, bytes.length, start);
  if (bytesRead === bytes.length) return bytes;
  throw new EngineError({ code: 'model-invalid', file }, `The file ${file} ends too early. Get it again.`);
}

function requireHash(content: Uint8Array, expected: string | undefined, from: string): void {
  if (expected === undefined || createHash('sha256').update(content).digest('hex') === expected) return;
  throw new EngineError(
    { code: 'model-invalid' },
    `What came from ${from} is not the file that was expected: its SHA-256 is another. Nothing was kept. Try again, or get the file in another way and use --from.`,
  );
}
