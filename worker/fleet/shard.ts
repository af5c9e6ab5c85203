// `shard`: describes one part of the images by the plan. Killed, repeated or run twice at once it leaves the same files.
import { EngineError } from '../api/errors';
import type { ImageFailure } from '../api/requests';
import type { Device } from '../api/settings';
import { requireSetting } from '../base/require-setting';
import { describeByBasis, heatMapKeyOf } from '../describe/blocks-basis';
import type { BlocksBasis } from '../describe/method';
import type { DatasetImage } from '../describe/dataset';
import { DistinctImages } from '../describe/distinct-images';
import { Run } from '../session/run';
import { openSession, type Session } from '../session/session';
import { writeFileAtomic } from '../store/atomic-write';
import { readBasis } from './basis-file';
import { readChunk, writeChunk, type FoundChunk } from './chunk-file';
import { readJsonLines } from './json-lines';
import {
  chunksOf,
  imageOf,
  invalid,
  readPlan,
  WorkFolder,
  type Chunk,
  type Plan,
  type PlannedImage,
} from './work-folder';

/** What a shard did. */
export interface ShardResult {
  shard: number;
  shards: number;
  /** Images of this shard, and how many of them were described by an earlier attempt. */
  images: number;
  known: number;
  failures: ImageFailure[];
}

/**
 * @param index of the shard, from 0
 * @throws EngineError `work-invalid`, `invalid-setting`, `model-…`, `not-writable`, `cancelled`; what was finished until then is kept
 */
export async function runShard(run: Run, work: string, index: number, device: Device): Promise<ShardResult> {
  const plan = await readPlan(work);
  const { shards, id } = plan;
  requireSetting(index < shards, `The plan has ${shards} shards, 0 to ${shards - 1}: there is no shard ${index}.`);
  const folder = new WorkFolder(work, id);
  const images = await imagesOf(folder, plan, index);
  const chunks = chunksOf(plan, index);
  const result: ShardResult = { shard: index, shards, images: images.length, known: 0, failures: [] };
  const progress = run.startStage('embed', images.length);
  let opened: { session: Session; basis: BlocksBasis } | undefined;
  let done = 0;
  for (const chunk of chunks) {
    const file = folder.chunk(index, chunk.first);
    const own = images.slice(chunk.first - chunks[0]!.first, chunk.end - chunks[0]!.first);
    let found = await readChunk(file, id, chunk);
    if (found) result.known += own.length;
    else {
      // A shard that is done needs no network.
      opened ??= await open(run, folder, plan, device);
      found = await describeChunk(opened.session, opened.basis, plan, own, chunk);
      await writeChunk(file, id, chunk, found);
    }
    for (const [row, reason] of found.failures) result.failures.push({ path: own[row - chunk.first]!.path, reason });
    done += own.length;
    for (let i = 0; i < own.length; i++) progress.step();
    await writeProgress(folder, result, done);
  }
  if (chunks.length === 0) await writeProgress(folder, result, 0);
  return result;
}

async function imagesOf(folder: WorkFolder, plan: Plan, shard: number): Promise<DatasetImage[]> {
  const images: DatasetImage[] = [];
  try {
    for await (const line of readJsonLines<PlannedImage>(folder.shardImages(shard))) images.push(imageOf(line, plan));
  } catch (error) {
    throw invalid(
      folder.work,
      `The list of the shard's images, ${folder.shardImages(shard)}, cannot be read (${(error as Error).message}). Run "anomaly-clustering plan" again.`,
    );
  }
  return images;
}

async function open(run: Run, folder: WorkFolder, plan: Plan, device: Device) {
  // The shard's own progress counts images; those of its chunks would begin again and again.
  const quiet = new Run(run, run.flag, () => undefined);
  const session = await openSession(quiet, { ...plan.run.settings, device });
  if (session.model.hash !== plan.model.hash) {
    throw new EngineError(
      { code: 'model-invalid', file: session.model.file },
      `The plan was made with the network ${plan.model.reference}, and this machine has ${session.model.reference}. Bring the same file here, or plan again.`,
    );
  }
  return { session, basis: await readBasis(session, folder) };
}

/** @param own images of the chunk, in the seeded order */
async function describeChunk(
  session: Session,
  basis: BlocksBasis,
  plan: Plan,
  own: readonly DatasetImage[],
  { first }: Chunk,
): Promise<FoundChunk> {
  const images = new DistinctImages(own, session.model, plan.run.settings.seed);
  const rows = new Map(own.map(({ content }, i) => [content, first + i]));
  const dataset = { folder: plan.folder, images: [...own] };
  const chunk: FoundChunk = { found: [], failures: [] };
  const input = { images, dataset, weights: plan.weights };
  for await (const [content, { descriptor, range }] of describeByBasis(session, input, basis, plan.images)) {
    const scores = await session.cache.get('distances', heatMapKeyOf(basis, images.source(content)));
    if (scores === undefined) {
      const { folder, problem = 'it lost them' } = session.cache;
      throw new EngineError(
        { code: 'not-writable', file: folder },
        `The cache of this machine did not keep the scores of an image: ${problem}. Make room in ${folder}, or name another folder by ANOMALY_CLUSTERING_CACHE, then run the shard again.`,
      );
    }
    chunk.found.push({ row: rows.get(content)!, blocks: descriptor, scores: new Float32Array(scores.buffer), range });
  }
  chunk.failures = [...images.reasons].map(([content, reason]): [number, string] => [rows.get(content)!, reason]);
  chunk.failures.sort(([a], [b]) => a - b);
  return chunk;
}

/** For people to look at: nothing reads it. */
async function writeProgress(folder: WorkFolder, result: ShardResult, done: number): Promise<void> {
  const { shard, images, failures } = result;
  const state = done === images ? 'done' : 'at work';
  const text = JSON.stringify({ shard, state, done, images, failures }, null, 2);
  await writeFileAtomic(folder.progress(shard), `${text}\n`, { flush: false });
}
