// Whether a folder's photos show one long part each that lies as it fell. Then they are turned alike before they are compared.
import type { AlignName } from '../api/settings';
import { rankContents } from '../bags/choose-references';
import type { Session } from '../session/session';
import type { Dataset, DatasetImage } from '../describe/dataset';
import type { FoundPart } from '../parts/find-part';
import { turningOf, type PartsWay } from '../parts/turn';
import { wayOf } from '../parts/way';

/** Photos that say how parts lie. */
const sample = 64;

/**
 * @param session of any network
 * @param dataset with its elongations
 * @param wanted `off`, or `auto`; where a label file says which way parts point, that way
 * @returns the same images with how each is turned, and which way; undefined where they are seen as they lie
 * @throws EngineError `cancelled`
 */
export async function alignParts<Images extends Pick<Dataset, 'images' | 'normals'>>(
  session: Pick<Session, 'tasks' | 'shape'>,
  dataset: Images,
  wanted: AlignName | PartsWay,
  seed: number,
): Promise<{ dataset: Images; way: PartsWay | undefined }> {
  const way = wanted === 'off' ? undefined : wanted === 'auto' ? await findWay(session, dataset.images, seed) : wanted;
  if (!way) return { dataset, way };
  const turned = (image: DatasetImage): DatasetImage => ({
    ...image,
    turned: turningOf(image, { way, grid: session.shape.grid }),
  });
  return { dataset: { ...dataset, images: dataset.images.map(turned), normals: dataset.normals.map(turned) }, way };
}

async function findWay(
  session: Pick<Session, 'tasks'>,
  images: readonly DatasetImage[],
  seed: number,
): Promise<PartsWay | undefined> {
  if (images.some(({ elongation }) => elongation !== undefined)) return undefined;
  const byContent = new Map(images.map((image) => [image.content, image]));
  const chosen = rankContents(byContent.keys(), seed).slice(0, sample);
  const parts: (FoundPart | undefined)[] = [];
  for await (const [, found] of session.tasks('part', chosen, (content) => {
    const { file, width, height, range } = byContent.get(content)!;
    return { file, content, range, aspect: width / height };
  })) {
    if (found.ok) parts.push(found.value);
  }
  return wayOf(parts);
}
