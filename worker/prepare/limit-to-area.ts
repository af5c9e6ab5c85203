// Brings an area to the images of a dataset: which of each one's patches count. From here on an image's bag has only those.
import { EngineError } from '../api/errors';
import type { MethodSettings } from '../api/settings';
import { countedPatches } from '../area/counted-patches';
import type { UsedArea } from '../area/read-area';
import { requireSetting } from '../base/require-setting';
import { elongatedGrid, type Elongation } from '../features/elongation';
import { Session } from '../session/session';
import { cacheKey } from '../store/cache';
import type { Dataset, DatasetImage, ImageArea } from '../describe/dataset';

/** With fewer, nothing can be said of what is usual. */
const leastPatches = 16;

/**
 * @param session opened for whole images
 * @param dataset with its elongations
 * @param area undefined: all of each image counts, and both come back as they are
 * @returns a session for bags of that size, and the same images with what counts of each
 * @throws EngineError `area-invalid` where too little is left; `invalid-setting` for distances that see images as a whole
 */
export function limitToArea<Images extends Pick<Dataset, 'images' | 'normals'>>(
  session: Session,
  dataset: Images,
  area: UsedArea | undefined,
  { distance }: Pick<MethodSettings, 'distance'>,
): { session: Session; dataset: Images } {
  if (area === undefined) return { session, dataset };
  requireSetting(
    distance !== 'holistic',
    `The distance "holistic" sees each image as a whole, so no part of it can be left out. Use another distance, or remove ${area.file}.`,
  );
  const areas = new Map<Elongation, ImageArea | undefined>();
  const areaOf = ({ elongation = 1 }: DatasetImage): ImageArea | undefined => {
    if (!areas.has(elongation)) areas.set(elongation, partOf(session, area, elongation));
    return areas.get(elongation);
  };
  const limited = (images: readonly DatasetImage[]) => images.map((image) => ({ ...image, area: areaOf(image) }));
  const [images, normals] = [limited(dataset.images), limited(dataset.normals)];
  const whole = session.shape.patches;
  const counts = [...areas.values()].map((part) => part?.counted.length ?? whole);
  requireSetting(
    distance !== 'mean-mean' || new Set(counts).size <= 1,
    'The distance "mean-mean" needs as many patches of each image, and the area leaves more of long images than of others. Use another distance.',
  );
  const shape = { ...session.shape, patches: counts.length === 0 ? whole : Math.max(...counts) };
  return {
    session: new Session(session.run, session.model, session.devices, shape),
    dataset: { ...dataset, images, normals },
  };
}

/** Undefined where all patches count: then nothing is different from a run without an area. */
function partOf({ shape }: Session, { mask, file }: UsedArea, elongation: Elongation): ImageArea | undefined {
  const counted = countedPatches(mask, elongatedGrid(shape.grid, elongation));
  const all = shape.grid.rows * shape.grid.columns;
  if (counted.length === all) return undefined;
  if (counted.length >= leastPatches) return { counted, key: cacheKey(counted.join()) };
  throw new EngineError(
    { code: 'area-invalid', file },
    `${file} leaves ${counted.length} of ${all} patches of each image to look at, and at least ${leastPatches} are needed. Make the part that counts larger.`,
  );
}
