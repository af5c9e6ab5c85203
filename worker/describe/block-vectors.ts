// The default: what stands out among the images and inside each, as blocks of means and deviations, brought to a few components.
import type { Coordinates } from '../api/analysis';
import { evenly } from '../base/evenly';
import { elongatedGrid } from '../features/elongation';
import { project, scaledBlocks, type Components } from '../algebra/components';
import { outlierFactor, type Neighbourhood } from '../algebra/neighbourhood';
import { blockReferences, componentsSample, referenceCount } from '../bags/choose-references';
import { sharpestTemperature } from '../bags/blocks';
import { scoreScaleOf, type ScoreScale } from '../bags/score';
import { spread } from '../bags/weights';
import type { Description, ScoreOfPatches, Weighting } from '../pool/tasks/describe';
import type { ImageSource } from '../pool/tasks/context';
import type { Session } from '../session/session';
import { cacheKey } from '../store/cache';
import { compareVectors } from './comparison';
import { maskSource } from './dataset';
import type { DescribeInput, DescribeOutput } from './method';
import { embedSample, hasRoomForBags, type DistinctImages } from './distinct-images';
import { chooseBank } from './normal-bank';
import { ReferenceSearch } from './reference-search';
import { chooseStrategy } from './search-strategy';

/** Numbers that stand for an image: with fewer the kinds of anomalies run together, with more nothing is gained. */
export const componentCount = 32;
/** Components beyond them, which what a person decides is learnt from as well. */
const furtherCount = 32;

/** Known images that new ones are compared with: more of them take long, and say the same. */
export const knownPoints = 1000;
/** Of fewer nobody can say how far they usually are apart. */
export const neighboursNeeded = 4;

/** Normal images that say what varies without an anomaly: more of them cost time and say the same. */
const normalSample = 64;

/** Goes up when the distances inside images change. */
const insideVersion = 1;

/**
 * Two passes: over a sample of images, which says what is usual, and over all, each of which becomes one vector. The components are found
 * from the first images of the seeded order, so memory does not grow with the folder.
 * @throws EngineError `too-few-images`, `mask-invalid`, `model-invalid`, `cancelled`
 */
export async function describeByBlocks(session: Session, input: DescribeInput): Promise<DescribeOutput> {
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

  // 3. Every image as blocks, and those as components.
  const heatMapKey = (content: string) => {
    const key = search.distancesKey(images.source(content));
    return scale ? scoreKey(key, scale) : key;
  };
  const score = scale && ((content: string) => scoreOf(session, images.source(content), scale, heatMapKey(content)));
  const weighting = weightingOf(session, input, deviation);
  const coordinates = new Map<string, Float32Array>();
  const unlikeness = new Map<string, number>();
  const blocks = new Map<string, Float32Array>();
  const ranges = new Map<string, Description['range']>();
  // What varies from one normal image to the next is no anomaly: it is damped. On a mask there is only the anomaly.
  const normalBlocks =
    bank && bank.length > 1 && weights !== 'mask'
      ? await search.describeReferences(bank.slice(0, normalSample), deviation)
      : undefined;
  for await (const [content, { coordinates: own, range, blocks: vector, unlikeness: factor }] of inComponents(
    session,
    search.describe(images, { known: among, weighting, ...(score ? { score } : {}) }),
    {
      nuisance: normalBlocks,
      basis: new Set(images.ranking.slice(0, images.leading)),
      hasNew: images.leading < images.size,
      examples: input.examples,
    },
  )) {
    coordinates.set(content, own);
    if (factor !== undefined) unlikeness.set(content, factor);
    if (range) ranges.set(content, range);
    if (input.wanted.has(content)) blocks.set(content, vector);
  }

  const used = dataset.images.filter(({ content }) => coordinates.has(content));
  return {
    used,
    range: (content) => ranges.get(content)!,
    heatMapKey,
    unlikeness,
    blocks,
    examples: new Map(
      [...input.examples.keys()].map((key) => [
        key,
        { vector: grouped(coordinates.get(key)!), unlikeness: unlikeness.get(key) },
      ]),
    ),
    comparison: compareVectors(used.map(({ content }) => grouped(coordinates.get(content)!))),
    further: furtherOf(used.map(({ content }) => coordinates.get(content)!)),
    weights,
    aggregate: search.aggregate,
    references: references.length,
    temperature: sharpestTemperature(deviation),
  };
}

/** The components that images are grouped by. */
function grouped(coordinates: Float32Array): Float32Array {
  return coordinates.subarray(0, componentCount);
}

/** @param coordinates (images) of (components) @returns undefined where there are no components beyond those that images are grouped by */
function furtherOf(coordinates: readonly Float32Array[]): Coordinates | undefined {
  const dimensions = (coordinates[0]?.length ?? 0) - componentCount;
  if (dimensions <= 0) return undefined;
  const { vectors } = compareVectors(coordinates.map((all) => all.subarray(componentCount)));
  return { dimensions, values: vectors! };
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

function scoreOf(session: Session, image: ImageSource, scale: ScoreScale, key: string): ScoreOfPatches {
  return { scale, scoreKey: key, ...insideOf(session, image) };
}

function scoreKey(distancesKey: string, { among, inside }: ScoreScale): string {
  return cacheKey('score', insideVersion, distancesKey, among.mean, among.deviation, inside.mean, inside.deviation);
}

/** By content: with ground-truth masks the patches on them take the place of those that stand out. */
function weightingOf(
  { shape: { grid } }: Session,
  { dataset: { images, folder }, weights }: Pick<DescribeInput, 'dataset' | 'weights'>,
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

interface InComponents {
  coordinates: Float32Array;
  /** How unlike the known images it is, where there are new ones: see `outlierFactor`. */
  unlikeness?: number | undefined;
  blocks: Float32Array;
  /** Examples have no patches. */
  range?: Description['range'];
}

/** Blocks become coordinates in the components of the first images and of the examples, which come by their keys. */
async function* inComponents(
  session: Session,
  described: AsyncIterable<[content: string, Description]>,
  {
    nuisance,
    basis,
    hasNew,
    examples,
  }: {
    nuisance: Float32Array[] | undefined;
    basis: ReadonlySet<string>;
    hasNew: boolean;
    examples: ReadonlyMap<string, Float32Array>;
  },
): AsyncGenerator<[content: string, InComponents]> {
  const waiting: [string, Description][] = [];
  let components: Components | undefined;
  const fit = () =>
    session.run.task('components', {
      vectors: [...waiting.map(([, { descriptor }]) => descriptor), ...examples.values()],
      nuisance,
      blockSize: session.shape.dimensions,
      most: componentCount + furtherCount,
    });
  const coordinatesOf = ({ descriptor, range }: Description, by: Components): InComponents => ({
    coordinates: project(descriptor, by),
    blocks: descriptor,
    range,
  });
  /** Of the first known images, where there are new ones to compare with them. */
  let known: Neighbourhood | undefined;
  const finishWaiting = async function* (): AsyncGenerator<[string, InComponents]> {
    const by = (components = await fit());
    const isAmong = examples.size > 0;
    // Examples come by cluster; what waits is in a seeded order.
    const compared = isAmong
      ? evenly([...examples], knownPoints)
      : waiting.slice(0, hasNew ? knownPoints : 0).map(([content, { descriptor }]) => [content, descriptor] as const);
    if (compared.length >= neighboursNeeded) {
      const points = compared.map(([, vector]) => scaledBlocks(vector, by));
      known = await session.run.task('neighbourhood', { points });
    }
    const factors = new Map(compared.map(([key], i) => [key, known?.factors[i]]));
    for (const [key, blocks] of examples)
      yield [key, { coordinates: project(blocks, by), blocks, unlikeness: factors.get(key) }];
    for (const [content, description] of waiting.splice(0)) {
      const unlikeness = isAmong ? unlikenessOf(description, by) : factors.get(content);
      yield [content, { ...coordinatesOf(description, by), unlikeness }];
    }
  };
  const unlikenessOf = ({ descriptor }: Description, by: Components) =>
    known && outlierFactor(scaledBlocks(descriptor, by), known);
  for await (const [content, description] of described) {
    const isKnown = basis.has(content);
    if (!components) {
      // Where none of the known images can be read any more, the first of the others stand in.
      if (waiting.length < componentsSample && (isKnown || waiting.length < 2)) {
        waiting.push([content, description]);
        continue;
      }
      yield* finishWaiting();
    }
    const own = coordinatesOf(description, components!);
    const unlikeness = isKnown && examples.size === 0 ? undefined : unlikenessOf(description, components!);
    yield [content, { ...own, unlikeness }];
  }
  if (waiting.length > 0) yield* finishWaiting();
}
