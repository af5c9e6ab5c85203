// How the network sees each image: long ones at their own shape, parts that lie as they fell turned alike.
import type { AlignName } from '../api/settings';
import type { Session } from '../session/session';
import type { Dataset } from '../describe/dataset';
import type { PartsWay } from '../parts/turn';
import { alignParts } from './align-parts';
import { elongate } from './elongate';

export interface Prepared<Images> {
  dataset: Images;
  /** Which way all parts point; undefined where images are seen as they lie. */
  way: PartsWay | undefined;
}

/**
 * @param align whether parts are turned; or the way that a label file says
 * @returns the same with what the network is to see of its images
 * @throws EngineError `model-invalid`, `cancelled`
 */
export async function prepareImages<Images extends Pick<Dataset, 'images' | 'normals'>>(
  session: Session,
  dataset: Images,
  { align, seed }: { align: AlignName | PartsWay; seed: number },
): Promise<Prepared<Images>> {
  return alignParts(session, await elongate(session, dataset), align, seed);
}
