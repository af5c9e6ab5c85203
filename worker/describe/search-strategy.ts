// How the nearest patches are searched in a run: among all patches, or among candidates that a low-rank projection finds.
import { projectionSize, type Projection } from '../algebra/projection';
import type { ImageSource } from '../pool/tasks/context';
import type { Session } from '../session/session';
import { cacheKey } from '../store/cache';
import { referencesKey } from './distinct-images';

/** Goes up when the search for candidates changes, so that results of two strategies never meet. */
const candidatesVersion = 2;

/** References whose patches a projection is made from. Fewer of them miss more nearest patches: with five, alpha was off by 3 %. */
const referencesInBasis = 16;

/** `fast` compares candidates of a low-rank projection in full, `exact` all patches. On a graphics card all are. */
export type Precision = 'fast' | 'exact';

/** One strategy for all comparisons of a run with the same images. */
export interface SearchStrategy {
  /** Part of the cache keys of what is found by it. */
  key: string;
  /** Undefined where all patches are compared. Made when it is first needed. */
  projection: () => Promise<Projection | undefined>;
}

/** Compares all patches. */
export const exactSearch: SearchStrategy = { key: 'exact', projection: () => Promise.resolve(undefined) };

/**
 * @param images that others are compared with; a projection is made from the first of them
 * @param basisImages how many that are
 */
export function chooseStrategy(
  session: Session,
  images: readonly ImageSource[],
  precision: Precision,
  basisImages = referencesInBasis,
): SearchStrategy {
  const { patches, dimensions } = session.shape;
  const size = projectionSize(patches, dimensions);
  if (precision === 'exact' || session.devices.kernel !== 'cpu' || size === undefined) return exactSearch;
  // So few that adding images to a folder rarely changes them: what was found with the same ones can be used again.
  const basis = images.slice(0, basisImages);
  const key = cacheKey('candidates', candidatesVersion, referencesKey(basis));
  let projection: Promise<Projection> | undefined;
  return {
    key,
    projection: () => (projection ??= session.task('project', { images: basis, dimensions, size, key })),
  };
}
