// How patches are compared in a run: all with all, or candidates that a low-rank projection finds.
import { projectionSize, type Projection } from '../bags/projection';
import { taskContext, type Run } from '../engine';
import type { Model } from '../models/model';
import type { BagShape, ImageSource } from '../pool/tasks/thread';
import { cacheKey } from '../store/cache';
import { referencesKey } from './subjects';

/** Goes up when the search for candidates changes, so that results of two ways never meet. */
const candidatesVersion = 2;

/** References whose patches a projection is made from. Fewer of them miss more nearest patches: with five, alpha was off by 3 %. */
const referencesInBasis = 16;

/** `fast` compares candidates of a low-rank projection in full, `exact` all patches. On a graphics card all are. */
export type Precision = 'fast' | 'exact';

/** One way to compare, for all comparisons of a run with the same images. */
export interface SearchWay {
  /** Part of the cache keys of what is found in this way. */
  key: string;
  /** Undefined where all patches are compared. Made when it is first needed. */
  projection: () => Promise<Projection | undefined>;
}

export const exactWay: SearchWay = { key: 'exact', projection: () => Promise.resolve(undefined) };

/**
 * @param images that others are compared with; a projection is made from the first of them
 * @param basisImages how many that are
 */
export function chooseWay(
  run: Run,
  model: Model,
  { patches, dimensions }: BagShape,
  images: ImageSource[],
  precision: Precision,
  basisImages = referencesInBasis,
): SearchWay {
  const size = projectionSize(patches, dimensions);
  if (precision === 'exact' || run.devices.kernel !== 'cpu' || size === undefined) return exactWay;
  // So few that adding images to a folder rarely changes them: what was found with the same ones can be used again.
  const basis = images.slice(0, basisImages);
  const key = cacheKey('candidates', candidatesVersion, referencesKey(basis));
  let projection: Promise<Projection> | undefined;
  return {
    key,
    projection: () =>
      (projection ??= run.pool.run('project', { images: basis, model, dimensions, size, key, ...taskContext(run) })),
  };
}
