// The bank of normal images that Eq. 6 compares with: all of them, or a coreset that stands for them when there are too many.
import { greedyCoreset } from '../bags/coreset';
import { bankLimit, coresetCandidates } from '../bags/references';
import { uniformWeights } from '../bags/weights';
import { EngineError } from '../api';
import { startStage, taskContext, type Run } from '../engine';
import type { Model } from '../models/model';
import type { BagShape, ImageSource } from '../pool/tasks/thread';
import { embedFirst, type Subjects } from './subjects';

/**
 * @param ranking contents of `normals` in their seeded order
 * @param limit largest number of images; `auto`: 200
 * @param reasons where images that cannot be used are noted
 * @throws EngineError `too-few-images` when none can be used
 */
export async function chooseBank(
  run: Run,
  model: Model,
  shape: BagShape,
  normals: Subjects,
  ranking: string[],
  limit: number | 'auto',
  reasons: Map<string, string>,
): Promise<ImageSource[]> {
  const size = limit === 'auto' ? bankLimit : limit;
  const wanted = Math.min(ranking.length, Math.max(size, coresetCandidates));
  const progress = startStage(run, 'embed', wanted);
  const candidates = await embedFirst(run, model, normals, ranking, wanted, reasons, progress.step);
  if (candidates.length === 0) {
    const message = 'None of the normal images can be read. Check the folder of normal images.';
    throw new EngineError('too-few-images', message);
  }
  if (candidates.length <= size) return candidates;
  const averages = await plainAverages(run, model, shape, candidates);
  return greedyCoreset(averages, shape.dimensions, size).map((index) => candidates[index]!);
}

/** (images, D) */
async function plainAverages(
  run: Run,
  model: Model,
  { patches, dimensions }: BagShape,
  images: ImageSource[],
): Promise<Float32Array> {
  const averages = new Float32Array(images.length * dimensions);
  const weights = [uniformWeights(patches)];
  let row = 0;
  for await (const [, [mean]] of run.pool.runInOrder('average', images, (image) => ({
    image,
    model,
    weights,
    ...taskContext(run),
  }))) {
    averages.set(mean!, row++ * dimensions);
  }
  return averages;
}
