// Weights of residual networks as their publishers' files hold them, at their real size, without the memory.
import { readFile } from 'node:fs/promises';
import { neededTensors, type Architecture } from '../../worker/models/resnet';
import { headerLength, parseHeader } from '../../worker/models/resnet/safetensors';
import type { VirtualFile } from './hub';

interface HeaderEntry {
  dtype: 'F32' | 'I64';
  shape: number[];
  data_offsets: [number, number];
}

/** Every tensor of the whole network in the order of their names: the classifier and the counters, too. */
export function fullHeader(architecture: Architecture): {
  header: Buffer;
  entries: Map<string, HeaderEntry>;
  bytes: number;
} {
  const shapes = new Map<string, { dtype: HeaderEntry['dtype']; shape: number[] }>();
  for (const [name, shape] of neededTensors(architecture, ['layer4'])) {
    shapes.set(name, { dtype: 'F32', shape });
    if (name.endsWith('.running_mean')) {
      shapes.set(name.replace('running_mean', 'num_batches_tracked'), { dtype: 'I64', shape: [] });
    }
  }
  shapes.set('fc.weight', { dtype: 'F32', shape: [1000, architecture === 'resnet18' ? 512 : 2048] });
  shapes.set('fc.bias', { dtype: 'F32', shape: [1000] });
  const entries = new Map<string, HeaderEntry>();
  let at = 0;
  for (const name of [...shapes.keys()].sort()) {
    const { dtype, shape } = shapes.get(name)!;
    const bytes = shape.reduce((product, size) => product * size, dtype === 'I64' ? 8 : 4);
    entries.set(name, { dtype, shape, data_offsets: [at, at + bytes] });
    at += bytes;
  }
  const json = JSON.stringify({ __metadata__: { format: 'pt' }, ...Object.fromEntries(entries) });
  // The format pads its header with spaces to eight bytes.
  const header = Buffer.from(json.padEnd(Math.ceil(json.length / 8) * 8));
  return { header, entries, bytes: 8 + header.length + at };
}

export function prefixOf(header: Uint8Array): Buffer {
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(BigInt(header.length));
  return prefix;
}

/** The tensors of a safetensors file that holds some of them, at their places in a file of the real size; zeros elsewhere. */
export async function atRealSize(file: string, architecture: Architecture, sha256: string): Promise<VirtualFile> {
  const { header, entries, bytes } = fullHeader(architecture);
  const part = await readFile(file);
  const length = headerLength(part.subarray(0, 8), part.length);
  const segments: VirtualFile['segments'] = [
    { offset: 0, bytes: prefixOf(header) },
    { offset: 8, bytes: header },
  ];
  for (const [name, { start, end }] of parseHeader(part.subarray(8, 8 + length), part.length)) {
    const place = entries.get(name);
    if (place) segments.push({ offset: 8 + header.length + place.data_offsets[0], bytes: part.subarray(start, end) });
  }
  return { bytes, segments, sha256 };
}
