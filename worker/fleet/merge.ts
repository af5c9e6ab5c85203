// `merge`: what all shards found becomes the label file, as if one process had described all images.
import { stat } from 'node:fs/promises';
import { readMetadata } from '../analysis/metadata';
import type { ClusterRequest, ClusterResult } from '../api/requests';
import { EngineError } from '../api/errors';
import { heatMapKeyOf } from '../describe/blocks-basis';
import type { BlocksBasis } from '../describe/method';
import type { DistinctImages } from '../describe/distinct-images';
import { clusterOpened } from '../pipeline/pipeline';
import { parsePrevious } from '../pipeline/labels-of-run';
import type { Description } from '../pool/tasks/describe';
import type { Run } from '../session/run';
import { openSession, type Session } from '../session/session';
import { readBasis } from './basis-file';
import { readChunk, type FoundChunk } from './chunk-file';
import { chunksOf, readPlannedDataset, WorkFolder, type Chunk, type Plan } from './work-folder';

/** @throws EngineError `shards-missing`, `work-invalid`; as `cluster` does */
export async function mergeShards(
  run: Run,
  work: string,
  plan: Plan,
  request: Pick<ClusterRequest, 'labelFile' | 'previousLabels' | 'mayEndClusters'>,
): Promise<ClusterResult> {
  const start = performance.now();
  const folder = new WorkFolder(work, plan.id);
  await requireShards(folder, plan);
  const session = await openSession(run, { ...plan.run.settings, device: 'cpu' });
  const basis = await readBasis(session, folder);
  const dataset = await readPlannedDataset(folder, plan);
  const whole: ClusterRequest = {
    ...request,
    folder: plan.folder,
    settings: plan.run.settings,
    device: 'cpu',
    ...(plan.metadata === undefined ? {} : { metadata: plan.metadata }),
  };
  const metadata = await readMetadata(plan.folder, plan.metadata);
  const opened = { previous: parsePrevious(whole), plan: plan.run, session, dataset, area: undefined, metadata };
  const descriptions = (images: DistinctImages) => descriptionsOf(session, basis, folder, plan, images);
  return clusterOpened(run, whole, opened, { start, blocks: { basis, descriptions } });
}

/** Descriptions by content in the seeded order; heat maps go into the cache on the way. */
async function* descriptionsOf(
  session: Session,
  basis: BlocksBasis,
  folder: WorkFolder,
  plan: Plan,
  images: DistinctImages,
): AsyncGenerator<[content: string, Description]> {
  for (const [content, reason] of plan.unusable) images.reasons.set(content, reason);
  const order = images.usable;
  const progress = session.startStage('compare', order.length);
  for await (const { found, failures } of allChunks(folder, plan)) {
    for (const [row, reason] of failures) images.reasons.set(order[row]!, reason);
    for (const { row, blocks, scores, range } of found) {
      const content = order[row]!;
      const key = heatMapKeyOf(basis, images.source(content));
      if (!(await session.cache.has('distances', key))) await session.cache.put('distances', key, scores);
      yield [content, { descriptor: blocks, range }];
      progress.step();
    }
  }
}

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

/** @throws EngineError `shards-missing` */
async function requireShards(folder: WorkFolder, plan: Plan): Promise<void> {
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
