// `merge`: what all shards found becomes the label file, as if one process had described all images.
import { readMetadata } from '../analysis/metadata';
import type { ClusterRequest, ClusterResult } from '../api/requests';
import { heatMapKeyOf } from '../describe/blocks-basis';
import type { BlocksBasis } from '../describe/method';
import type { DistinctImages } from '../describe/distinct-images';
import { clusterOpened } from '../pipeline/pipeline';
import { parsePrevious } from '../pipeline/labels-of-run';
import type { Description } from '../pool/tasks/describe';
import type { Run } from '../session/run';
import { openSession, type Session } from '../session/session';
import { readBasis } from './basis-file';
import { allChunks, requireShards } from './found-chunks';
import { labelledFolder, readPlannedDataset, WorkFolder, type Plan } from './work-folder';

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
    folder: labelledFolder(work, plan),
    settings: plan.run.settings,
    device: 'cpu',
    ...(plan.metadata === undefined ? {} : { metadata: plan.metadata }),
  };
  const metadata = await readMetadata(plan.folder, plan.metadata);
  const opened = {
    ...{ previous: parsePrevious(whole), plan: plan.run, session, dataset },
    ...{ way: plan.run.way, area: undefined, metadata },
  };
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
