// What all shards found, chunk by chunk; or which of them are missing.
import { stat } from 'node:fs/promises';
import { EngineError } from '../api/errors';
import { readChunk, type FoundChunk } from './chunk-file';
import { chunksOf, type Chunk, type Plan, type WorkFolder } from './work-folder';

/** What the shards found, in the seeded order. @throws EngineError `shards-missing` where a file went away meanwhile */
export async function* allChunks(folder: WorkFolder, plan: Plan): AsyncGenerator<FoundChunk & Chunk> {
  for (let shard = 0; shard < plan.shards; shard++) {
    for (const chunk of chunksOf(plan, shard)) {
      const found = await readChunk(folder.chunk(shard, chunk.first), plan.id, chunk);
      if (found === undefined) throw missing(folder.work, [shard]);
      yield { ...chunk, ...found };
    }
  }
}

/** Scores of the patches of some rows, as far as they were described. @param rows rising */
export async function* scoresOf(
  folder: WorkFolder,
  plan: Plan,
  rows: readonly number[],
): AsyncGenerator<[row: number, scores: Float32Array]> {
  const wanted = new Set(rows);
  for (let shard = 0; shard < plan.shards; shard++) {
    for (const chunk of chunksOf(plan, shard)) {
      // Most chunks have none of a few rows, and need not be read.
      if (!anyWithin(rows, chunk)) continue;
      const read = await readChunk(folder.chunk(shard, chunk.first), plan.id, chunk);
      if (read === undefined) throw missing(folder.work, [shard]);
      for (const { row, scores } of read.found) if (wanted.has(row)) yield [row, scores];
    }
  }
}

/** @param rows rising */
function anyWithin(rows: readonly number[], { first, end }: Chunk): boolean {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rows[middle]! < first) low = middle + 1;
    else high = middle;
  }
  return low < rows.length && rows[low]! < end;
}

/** @throws EngineError `shards-missing` */
export async function requireShards(folder: WorkFolder, plan: Plan): Promise<void> {
  const shards: number[] = [];
  for (let shard = 0; shard < plan.shards; shard++) {
    for (const chunk of chunksOf(plan, shard)) {
      // Whether it is whole turns out when it is read.
      if (await exists(folder.chunk(shard, chunk.first))) continue;
      shards.push(shard);
      break;
    }
  }
  if (shards.length > 0) throw missing(folder.work, shards);
}

async function exists(file: string): Promise<boolean> {
  return (await stat(file).catch(() => undefined)) !== undefined;
}

function missing(work: string, shards: number[]): EngineError {
  const [one, several] = [`Shard ${rangesOf(shards)} is`, `Shards ${rangesOf(shards)} are`];
  return new EngineError(
    { code: 'shards-missing', work, shards },
    `${shards.length === 1 ? one : several} not done. Run "anomaly-clustering shard --work ${work} --index <number>" for each, or submit the array again: what is done is not done again.`,
  );
}

/** `0, 3-5`, as Slurm takes an array. @param numbers rising */
export function rangesOf(numbers: readonly number[]): string {
  const ranges: [from: number, to: number][] = [];
  for (const number of numbers) {
    const last = ranges[ranges.length - 1];
    if (last?.[1] === number - 1) last[1] = number;
    else ranges.push([number, number]);
  }
  return ranges.map(([from, to]) => (from === to ? String(from) : `${from}-${to}`)).join(',');
}
