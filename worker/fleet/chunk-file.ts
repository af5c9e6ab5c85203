// What a shard found of a few images: blocks, scores of their patches, and which could not be used. The same images give the same bytes.
import type { ValueRange } from '../images/decode';
import { floatsOf, readPacked, writePacked } from './packed-file';
import type { Chunk } from './work-folder';

interface ChunkHead {
  plan: string;
  first: number;
  end: number;
  /** Rows that could not be used, with the reasons; the others have a row of numbers each. */
  failures: [row: number, reason: string][];
}

/** What was found of one image. */
export interface Found {
  row: number;
  /** (blocks · D) */
  blocks: Float32Array;
  /** (M): how much each patch stands out. */
  scores: Float32Array;
  range: ValueRange;
}

/** Rows of the seeded order, each found or failed. */
export interface FoundChunk {
  found: Found[];
  failures: [row: number, reason: string][];
}

/** @throws EngineError `not-writable` */
export async function writeChunk(file: string, plan: string, { first, end }: Chunk, chunk: FoundChunk): Promise<void> {
  const { found, failures } = chunk;
  const head: ChunkHead = { plan, first, end, failures };
  // Ranges are those of float32 numbers.
  const ranges = Float32Array.from(found.flatMap(({ range }) => [range.min, range.max]));
  const parts = [ranges, joined(found.map(({ blocks }) => blocks)), joined(found.map(({ scores }) => scores))];
  await writePacked(file, head, parts);
}

/** Undefined where it is missing, not whole, or another plan's. */
export async function readChunk(file: string, plan: string, { first, end }: Chunk): Promise<FoundChunk | undefined> {
  const packed = await readPacked<ChunkHead>(file);
  if (packed === undefined) return undefined;
  const { head, parts } = packed;
  if (head.plan !== plan || head.first !== first || head.end !== end) return undefined;
  const failed = new Set(head.failures.map(([row]) => row));
  const rows = Array.from({ length: end - first }, (_, i) => first + i).filter((row) => !failed.has(row));
  const [ranges, blocks, scores] = parts.map(floatsOf) as [Float32Array, Float32Array, Float32Array];
  const [width, patches] = [blocks.length / rows.length, scores.length / rows.length];
  return {
    failures: head.failures,
    found: rows.map((row, i) => ({
      row,
      blocks: blocks.subarray(i * width, (i + 1) * width),
      scores: scores.subarray(i * patches, (i + 1) * patches),
      range: { min: ranges[2 * i]!, max: ranges[2 * i + 1]! },
    })),
  };
}

function joined(rows: readonly Float32Array[]): Float32Array {
  const width = rows[0]?.length ?? 0;
  const all = new Float32Array(rows.length * width);
  for (const [i, row] of rows.entries()) all.set(row, i * width);
  return all;
}
