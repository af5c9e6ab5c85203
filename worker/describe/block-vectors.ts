// The default: what stands out among the images and inside each, as blocks of means and deviations, brought to a few components.
import type { Coordinates } from '../api/analysis';
import { evenly } from '../base/evenly';
import { project, scaledBlocks, type Components } from '../algebra/components';
import { outlierFactor, type Neighbourhood } from '../algebra/neighbourhood';
import { componentsSample } from '../bags/choose-references';
import { sharpestTemperature } from '../bags/blocks';
import type { Description } from '../pool/tasks/describe';
import type { Session } from '../session/session';
import { describeByBasis, heatMapKeyOf, learnBasis } from './blocks-basis';
import { compareVectors } from './comparison';
import type { DescribeInput, DescribeOutput } from './method';

/** Numbers that stand for an image: with fewer the kinds of anomalies run together, with more nothing is gained. */
export const componentCount = 32;
/** Components beyond them, which what a person decides is learnt from as well. */
export const furtherCount = 32;

/** Known images that new ones are compared with: more of them take long, and say the same. */
export const knownPoints = 1000;
/** Of fewer nobody can say how far they usually are apart. */
export const neighboursNeeded = 4;

/**
 * Two passes: over a sample of images, which says what is usual, and over all, each of which becomes one vector. The components are found
 * from the first images of the seeded order, so memory does not grow with the folder.
 * @throws EngineError `too-few-images`, `mask-invalid`, `model-invalid`, `cancelled`
 */
export async function describeByBlocks(session: Session, input: DescribeInput): Promise<DescribeOutput> {
  const { dataset, images, weights } = input;
  const basis = input.known?.basis ?? (await learnBasis(session, input));
  const coordinates = new Map<string, Float32Array>();
  const unlikeness = new Map<string, number>();
  const blocks = new Map<string, Float32Array>();
  const ranges = new Map<string, Description['range']>();
  const described = input.known?.descriptions(images) ?? describeByBasis(session, input, basis);
  for await (const [content, { coordinates: own, range, blocks: vector, unlikeness: factor }] of inComponents(
    session,
    described,
    {
      nuisance: basis.nuisance,
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
    heatMapKey: (content) => heatMapKeyOf(basis, images.source(content)),
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
    aggregate: basis.search.aggregate,
    references: basis.search.references.length,
    temperature: sharpestTemperature(basis.deviation),
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

/** An image as it is compared. */
export interface InComponents {
  coordinates: Float32Array;
  /** How unlike the known images it is, where there are new ones: see `outlierFactor`. */
  unlikeness?: number | undefined;
  blocks: Float32Array;
  /** Examples have no patches. */
  range?: Description['range'];
}

/**
 * Blocks become coordinates in the components of the first images and of the examples, which come by their keys. Images are told apart by
 * their contents, or by anything else.
 */
export async function* inComponents<Key>(
  session: Session,
  described: AsyncIterable<[content: Key, Description]>,
  {
    nuisance,
    basis,
    hasNew,
    examples,
  }: {
    nuisance: Float32Array[] | undefined;
    basis: Pick<ReadonlySet<Key>, 'has'>;
    hasNew: boolean;
    examples: ReadonlyMap<Key, Float32Array>;
  },
): AsyncGenerator<[content: Key, InComponents]> {
  const waiting: [Key, Description][] = [];
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
  const finishWaiting = async function* (): AsyncGenerator<[Key, InComponents]> {
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
