// Tasks that describe single images: how much their patches stand out, and what stands for them when images are compared.
import { createHash } from 'node:crypto';
import { deserialize, serialize } from 'node:v8';
import type { PatchGrid } from '../../api/analysis';
import { fitComponents, type Components } from '../../algebra/components';
import { neighbourhoodOf, type Neighbourhood } from '../../algebra/neighbourhood';
import { describeBlocks, weightedBlocks } from '../../bags/blocks';
import { insideDistances } from '../../bags/inside';
import { maskWeights } from '../../bags/mask-weights';
import { standOutScore, type ScoreScale } from '../../bags/score';
import { hardWeights, patchWeights, uniformWeights, weightedAverage } from '../../bags/weights';
import { throwIfCancelled } from '../../base/cancel';
import type { Model } from '../../features/model';
import type { ValueRange } from '../../images/decode';
import { readMask, type MaskSource } from '../../images/masks';
import { cacheKey, type Cache } from '../../store/cache';
import { bagOf, readFloats, type CachedBag } from './bag-cache';
import type { ImageSource, TaskContext } from './context';
import { cacheOf, productOf } from './opened';
import { outcome } from './outcome';
import { distancesOf, type MeasureTask } from './reference-distances';
import { task } from './settle';

/** Aggregated distances (M) of one image's patches to the references. */
export const measure = task((input: MeasureTask) => {
  throwIfCancelled(input.flag);
  return outcome(async () => {
    const cache = cacheOf(input.cacheFolder);
    const known = await readFloats(cache, 'distances', input.distancesKey);
    if (known) return known;
    const { embeddings } = await bagOf(input.image, input.model, input, input.keepBag);
    return distancesOf(input, embeddings, cache);
  });
});

export interface InsideTask extends TaskContext {
  image: ImageSource;
  model: Model;
  /** Where the image's patches lie. */
  grid: PatchGrid;
  insideKey: string;
  keepBag: boolean;
}

/** Distances (M) of one image's patches to the nearest ones of the same image. */
export const inside = task((input: InsideTask) => {
  throwIfCancelled(input.flag);
  return outcome(async () => {
    const cache = cacheOf(input.cacheFolder);
    const known = await readFloats(cache, 'distances', input.insideKey);
    if (known) return known;
    const { embeddings } = await bagOf(input.image, input.model, input, input.keepBag);
    return insideOf(embeddings, input.image, input, cache);
  });
});

async function insideOf(
  bag: Float32Array,
  { area }: ImageSource,
  { grid, insideKey }: Pick<InsideTask, 'grid' | 'insideKey'>,
  cache: Cache,
): Promise<Float32Array> {
  const distances = await insideDistances(await productOf(), bag, grid, area?.counted);
  await cache.put('distances', insideKey, distances);
  return distances;
}

/** How much an image's patches stand out where it is compared with itself, too; without it, their distances say so. */
export interface ScoreOfPatches {
  scale: ScoreScale;
  grid: PatchGrid;
  insideKey: string;
  /** Where the cache keeps the scores (M), for heat maps. */
  scoreKey: string;
}

/** How an image becomes one vector: by weights of its patches from their distances or from a mask, or pooled as a whole. */
export type Weighting =
  | { kind: 'softmax'; temperature: number }
  | { kind: 'hard'; patches: number }
  | { kind: 'uniform' }
  | { kind: 'mask'; mask: MaskSource; grid: PatchGrid }
  | { kind: 'holistic' }
  /** Means and deviations; with a mask, of the patches on it in place of those that stand out. */
  | { kind: 'blocks'; deviation: number; mask?: { mask: MaskSource; grid: PatchGrid } };

export interface DescribeTask extends MeasureTask {
  /** Aggregated distances (M), when the caller has them. */
  distances?: Float32Array | undefined;
  weighting: Weighting;
  score?: ScoreOfPatches | undefined;
  /** Where the descriptor is kept, if it is. */
  descriptorKey?: string | undefined;
}

export interface Description {
  /** (D), or (blocks · D) */
  descriptor: Float32Array;
  /** Smallest and largest score of its patches; the largest is the anomaly score. */
  range: ValueRange;
}

/** The whole way of one image: decode, embed, compare with the references, weigh, average; its patches are dropped. */
export const describe = task((input: DescribeTask) => {
  throwIfCancelled(input.flag);
  return outcome(async (): Promise<Description> => {
    const cache = cacheOf(input.cacheFolder);
    const known = input.distances ?? (await readFloats(cache, 'distances', input.distancesKey));
    const knownScores = input.score ? await readFloats(cache, 'distances', input.score.scoreKey) : known;
    const knownDescriptor =
      knownScores && input.descriptorKey && (await readFloats(cache, 'descriptors', input.descriptorKey));
    if (knownDescriptor) return { descriptor: knownDescriptor, range: extremes(knownScores) };
    const bag = await bagOf(input.image, input.model, input, input.keepBag);
    const distances = known ?? (await distancesOf(input, bag.embeddings, cache));
    const scores = input.score ? await scoresOf(bag.embeddings, distances, input, input.score, cache) : distances;
    const descriptor = await descriptorOf(bag, scores, input.weighting, input.image);
    if (input.descriptorKey) await cache.put('descriptors', input.descriptorKey, descriptor);
    return { descriptor, range: extremes(scores) };
  });
});

/** Scores (M), which the cache keeps then. */
async function scoresOf(
  bag: Float32Array,
  among: Float32Array,
  { image }: Pick<DescribeTask, 'image'>,
  score: ScoreOfPatches,
  cache: Cache,
): Promise<Float32Array> {
  const known = await readFloats(cache, 'distances', score.insideKey);
  const scores = standOutScore(among, known ?? (await insideOf(bag, image, score, cache)), score.scale);
  await cache.put('distances', score.scoreKey, scores);
  return scores;
}

/** @param scores (M) how much each patch stands out */
async function descriptorOf(
  bag: CachedBag,
  scores: Float32Array,
  weighting: Weighting,
  image: ImageSource,
): Promise<Float32Array> {
  switch (weighting.kind) {
    case 'softmax':
      return weightedAverage(bag.embeddings, patchWeights(scores, weighting.temperature));
    case 'hard':
      return weightedAverage(bag.embeddings, hardWeights(scores, weighting.patches));
    case 'uniform':
      return weightedAverage(bag.embeddings, uniformWeights(scores.length));
    case 'mask':
      return weightedAverage(bag.embeddings, await weightsOfMask(weighting, image));
    case 'holistic':
      return bag.pooled;
    case 'blocks':
      return weighting.mask === undefined
        ? describeBlocks(bag.embeddings, scores, weighting.deviation)
        : weightedBlocks(bag.embeddings, [uniformWeights(scores.length), await weightsOfMask(weighting.mask, image)]);
  }
}

async function weightsOfMask(
  { mask, grid }: { mask: MaskSource; grid: PatchGrid },
  { area }: ImageSource,
): Promise<Float64Array> {
  return maskWeights(await readMask(mask), grid, area?.counted);
}

function extremes(values: Float32Array): ValueRange {
  let min = Infinity;
  let max = -Infinity;
  for (const value of values) {
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  return { min, max };
}

export interface ComponentsTask extends TaskContext {
  /** (images) of (blocks · D) */
  vectors: Float32Array[];
  /** (any) of (blocks · D), which differ by what means nothing. */
  nuisance?: Float32Array[] | undefined;
  /** D */
  blockSize: number;
  most: number;
}

/** Go up when the same vectors give other components, or other distances to the nearest. */
const [componentsVersion, neighbourhoodVersion] = [1, 1];

/** Finds the components of vectors of blocks. The cache keeps them: a run on a folder that has grown finds those of the known images there. */
export const components = task(async (input: ComponentsTask): Promise<Components> => {
  const { vectors, nuisance = [], blockSize, most, flag } = input;
  const cache = cacheOf(input.cacheFolder);
  const contents = [contentOf(vectors), contentOf(nuisance)];
  const key = cacheKey('components', componentsVersion, blockSize, most, ...contents);
  const known = componentsIn(await cache.get('values', key));
  if (known) return known;
  const found = fitComponents(vectors, blockSize, most, { nuisance, onStep: () => throwIfCancelled(flag) });
  await cache.put('values', key, serialize(found));
  return found;
});

/** Undefined where there are none, or a newer Node.js wrote them in a way that this one does not read. */
function componentsIn(bytes: Uint8Array | undefined): Components | undefined {
  try {
    return bytes && (deserialize(bytes) as Components);
  } catch {
    return undefined;
  }
}

export interface NeighbourhoodTask extends TaskContext {
  points: Float32Array[];
}

/** How far known points are apart. The cache keeps it, likewise. */
export const neighbourhood = task(async ({ points, cacheFolder, flag }: NeighbourhoodTask): Promise<Neighbourhood> => {
  const cache = cacheOf(cacheFolder);
  const key = cacheKey('neighbourhood', neighbourhoodVersion, contentOf(points));
  const known = await cache.get('values', key);
  if (known) {
    const values = new Float64Array(known.buffer);
    return { points, spacing: values.slice(0, points.length), factors: values.slice(points.length) };
  }
  const found = neighbourhoodOf(points, () => throwIfCancelled(flag));
  await cache.put('values', key, Float64Array.of(...found.spacing, ...found.factors));
  return found;
});

/** SHA-256 over vectors of one length, in their order. */
function contentOf(vectors: readonly Float32Array[]): string {
  const hash = createHash('sha256').update(`${vectors.length};`);
  for (const { buffer, byteOffset, byteLength } of vectors) hash.update(new Uint8Array(buffer, byteOffset, byteLength));
  return hash.digest('hex');
}
