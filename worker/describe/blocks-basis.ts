// What the six blocks of all images are measured by: references, scale of the scores, what varies among normal images. Found from a sample.
import { blockReferences, referenceCount } from '../bags/choose-references';
import { scoreScaleOf, type ScoreScale } from '../bags/score';
import { spread } from '../bags/weights';
import { elongatedGrid } from '../features/elongation';
import type { ImageSource } from '../pool/tasks/context';
import type { Description, ScoreOfPatches, Weighting } from '../pool/tasks/describe';
import type { Session } from '../session/session';
import { cacheKey } from '../store/cache';
import { maskSource, type Dataset } from './dataset';
import { embedSample, hasRoomForBags, type DistinctImages } from './distinct-images';
import type { BlocksBasis, DescribeInput } from './method';
import { chooseBank } from './normal-bank';
import { ReferenceSearch } from './reference-search';
import { chooseStrategy } from './search-strategy';

/** Normal images that say what varies without an anomaly: more of them cost time and say the same. */
const normalSample = 64;

/** Goes up when the distances inside images change. */
const insideVersion = 1;

/**
 * Learns the basis from a sample: the first images of the seeded order.
 * @throws EngineError `too-few-images`, `model-invalid`, `cancelled`
 */
export async function learnBasis(session: Session, input: DescribeInput): Promise<BlocksBasis> {
  const { dataset, images, normals, weights, usesNormals, settings, precision } = input;

  // 1. Embed the sample, and what all images are compared with. All images while there are few: the scale of the scores is that of the folder.
  const sample = await embedSample(session, images, referenceCount('auto', images.leading), dataset.folder);
  const bank = usesNormals ? await chooseBank(session, normals, settings.references) : undefined;
  const count = settings.references === 'auto' ? blockReferences : settings.references;
  const references =
    bank ??
    (count <= sample.length
      ? sample.slice(0, count)
      : await embedSample(session, images, Math.min(count, images.leading), dataset.folder));
  const search = new ReferenceSearch(session, {
    references,
    kind: bank ? 'normal images' : 'reference images',
    strategy: chooseStrategy(session, bank ?? sample, precision, bank?.length),
    aggregate: bank ? 'min' : 'mean',
  });

  // 2. What is usual in the sample: the scale of the scores. Beside normal images, the inside of an image adds nothing.
  const among = await search.measure(sample);
  const inside = bank ? undefined : await measureInside(session, images, sample);
  const measured = sample.filter(({ bagKey }) => among.has(bagKey) && (inside?.has(bagKey) ?? true));
  const amongSample = measured.map(({ bagKey }) => among.get(bagKey)!);
  const scale =
    inside &&
    scoreScaleOf(
      amongSample,
      measured.map(({ bagKey }) => inside.get(bagKey)!),
    );
  const deviation = scale ? scale.deviation : spread(amongSample).deviation;
  // What varies from one normal image to the next is no anomaly: it is damped. On a mask there is only the anomaly.
  const nuisance =
    bank && bank.length > 1 && weights !== 'mask'
      ? await search.describeReferences(bank.slice(0, normalSample), deviation)
      : undefined;
  return { search, among, scale, deviation, nuisance };
}

/** Where the cache keeps how much each patch of an image stands out. */
export function heatMapKeyOf({ search, scale }: Pick<BlocksBasis, 'search' | 'scale'>, image: ImageSource): string {
  const key = search.distancesKey(image);
  return scale ? scoreKey(key, scale) : key;
}

/**
 * Blocks of all images by content, in the seeded order. Images that turn out to be unusable are noted in `input.images`.
 * @param outOf how many images there are, where these are a part of them
 */
export function describeByBasis(
  session: Session,
  input: Pick<DescribeInput, 'images' | 'weights'> & { dataset: Pick<Dataset, 'folder' | 'images'> },
  basis: BlocksBasis,
  outOf?: number,
): AsyncGenerator<[content: string, Description]> {
  const { images } = input;
  const { search, among, scale, deviation } = basis;
  const scoreOf = (content: string, by: ScoreScale): ScoreOfPatches => {
    const source = images.source(content);
    return { scale: by, scoreKey: heatMapKeyOf(basis, source), ...insideOf(session, source) };
  };
  return search.describe(images, {
    known: among,
    weighting: weightingOf(session, input, deviation),
    outOf,
    ...(scale ? { score: (content) => scoreOf(content, scale) } : {}),
  });
}

/** Distances (M) inside each image, by bag key; images that cannot be used are left out. */
async function measureInside(
  session: Session,
  images: DistinctImages,
  sample: readonly ImageSource[],
): Promise<Map<string, Float32Array>> {
  const distances = new Map<string, Float32Array>();
  const keepBag = hasRoomForBags(session.cache, images.size, session.shape);
  const progress = session.startStage('compare', sample.length);
  for await (const [image, result] of session.tasks('inside', sample, (image) => ({
    image,
    keepBag,
    ...insideOf(session, image),
  }))) {
    if (result.ok) distances.set(image.bagKey, result.value);
    progress.step();
  }
  return distances;
}

function insideOf(
  { shape }: Session,
  { bagKey, elongation = 1 }: ImageSource,
): Pick<ScoreOfPatches, 'grid' | 'insideKey'> {
  return { grid: elongatedGrid(shape.grid, elongation), insideKey: cacheKey('inside', insideVersion, bagKey) };
}

function scoreKey(distancesKey: string, { among, inside }: ScoreScale): string {
  return cacheKey('score', insideVersion, distancesKey, among.mean, among.deviation, inside.mean, inside.deviation);
}

/** By content: with ground-truth masks the patches on them take the place of those that stand out. */
function weightingOf(
  { shape: { grid } }: Session,
  {
    dataset: { images, folder },
    weights,
  }: Pick<DescribeInput, 'weights'> & { dataset: Pick<Dataset, 'folder' | 'images'> },
  deviation: number,
): (content: string) => Weighting {
  if (weights !== 'mask') return () => ({ kind: 'blocks', deviation });
  const masks = new Map(
    images.map((image) => [
      image.content,
      { mask: maskSource(folder, image), grid: elongatedGrid(grid, image.elongation ?? 1) },
    ]),
  );
  return (content) => ({ kind: 'blocks', deviation, mask: masks.get(content)! });
}
