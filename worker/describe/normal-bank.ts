// The bank of normal images that Eq. 6 compares with: all of them, or a coreset that stands for them when there are too many.
import { greedyCoreset } from '../bags/coreset';
import { bankLimit, coresetCandidates } from '../bags/choose-references';
import { uniformWeights } from '../bags/weights';
import { EngineError } from '../api/errors';
import type { ImageSource } from '../pool/tasks/context';
import type { Session } from '../session/session';
import { embedFirst, type DistinctImages } from './distinct-images';

/**
 * @param limit largest number of images; `auto`: 200
 * @throws EngineError `too-few-images` when none can be used
 */
export async function chooseBank(
  session: Session,
  normals: DistinctImages,
  limit: number | 'auto',
): Promise<ImageSource[]> {
  const size = limit === 'auto' ? bankLimit : limit;
  const wanted = Math.min(normals.size, Math.max(size, coresetCandidates));
  const candidates = await embedFirst(session, normals, wanted);
  if (candidates.length === 0) {
    const message = 'None of the normal images can be read. Check the folder of normal images.';
    throw new EngineError({ code: 'too-few-images' }, message);
  }
  if (candidates.length <= size) return candidates;
  const averages = await plainAverages(session, candidates);
  return greedyCoreset(averages, session.shape.dimensions, size).map((index) => candidates[index]!);
}

/** (images, D) */
async function plainAverages(session: Session, images: readonly ImageSource[]): Promise<Float32Array> {
  const { patches, dimensions } = session.shape;
  const averages = new Float32Array(images.length * dimensions);
  let row = 0;
  for await (const [, [mean]] of session.tasks('average', images, (image) => ({
    image,
    weights: [uniformWeights(image.area?.counted.length ?? patches)],
  }))) {
    averages.set(mean!, row++ * dimensions);
  }
  return averages;
}
