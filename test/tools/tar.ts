// Tar files as libraries and the system's own program write them.
import { spawnSync } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { pack, type Header } from 'tar-stream';

/** A member: a file with some bytes, unless its header says otherwise. */
export type Member = Partial<Header> & Pick<Header, 'name'> & { bytes?: Uint8Array | string };

/** Writes a tar file, whatever its members are called. */
export async function writeTar(file: string, members: readonly Member[]): Promise<void> {
  const packed = pack();
  for (const { bytes = '', ...header } of members)
    if (header.type === undefined || header.type === 'file') packed.entry(header, bytes);
    else packed.entry(header);
  packed.finalize();
  await pipeline(packed as unknown as AsyncIterable<Uint8Array>, createWriteStream(file));
}

/** Whether the system's tar is that of GNU, which writes all formats. */
export const hasGnuTar = /GNU/.test(spawnSync('tar', ['--version'], { encoding: 'utf8' }).stdout ?? '');

/** Runs the system's tar in a folder. */
export function runTar(folder: string, ...args: readonly string[]): void {
  const { status, stderr } = spawnSync('tar', args, { cwd: folder, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}
