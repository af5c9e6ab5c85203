// What the rows of a dataset's tables are made from, each found once: distances of patches, of images, masks, and descriptors.
import type { PatchGrid } from '../../api/analysis';
import { EngineError } from '../../api/errors';
import type { PairTable } from '../../bags/pairs';
import { elongatedGrid } from '../../features/elongation';
import { automaticTemperature } from '../../bags/weights';
import { compareAllPairs } from '../../describe/all-pairs';
import { ReferenceSearch } from '../../describe/reference-search';
import { DistinctImages, embedFirst } from '../../describe/distinct-images';
import { chooseStrategy, exactSearch } from '../../describe/search-strategy';
import type { Session } from '../../session/session';
import { maskSource } from '../../describe/dataset';
import { maskWeights } from '../../bags/mask-weights';
import { readMask, type Mask } from '../../images/masks';
import type { BagShape, ImageSource } from '../../pool/tasks/context';
import type { BenchmarkSet } from './datasets';

/** Distances of every image's patches to the first of the normal images. */
export interface NormalStep {
  /** Normal images among them. */
  normals: number;
  /** (N) of (M) */
  distances: Float32Array[];
}

/** All that the rows and figures of one dataset are made from. N images that could be embedded, M patches each. */
export interface Inputs {
  /** As in the set, without the images that could not be embedded. */
  images: BenchmarkSet['images'];
  sources: ImageSource[];
  shape: BagShape;
  pairs: PairTable;
  /** Rising numbers of normal images, the last with all; empty when there are none. */
  normalSteps: NormalStep[];
  /** By image; undefined for one without a mask. Absent when no image has one. */
  masks?: (Mask | undefined)[];
  temperatures: { unsupervised: number; normal: number | null };
  /** As asked for, or the automatic one of some distances. */
  temperatureOf: (distances: Float32Array[]) => number;
  remarks: string[];
}

export interface InputOptions {
  seed: number;
  /** In distance units; `auto`: from the distances of each kind. */
  temperature: number | 'auto';
  /** Whether the mean distance over all pairs of patches is needed (Table 5). */
  withMeans: boolean;
}

/** @throws EngineError `mask-invalid`, `model-invalid`, `cancelled` */
export async function findInputs(
  session: Session,
  set: BenchmarkSet,
  { seed, temperature, withMeans }: InputOptions,
): Promise<Inputs> {
  const { shape } = session;
  // Sums of floating-point numbers are the same in whatever order the files are named.
  const distinct = await embedAll(session, set.images, seed);
  const byContent = new Map(set.images.map((image) => [image.content, image]));
  const inOrder = {
    images: distinct.usable.map((content) => byContent.get(content)!),
    sources: distinct.usable.map((content) => distinct.source(content)),
  };
  const strategy = withMeans ? exactSearch : chooseStrategy(session, inOrder.sources, 'fast');
  const pairs = await compareAllPairs(session, inOrder.sources, strategy, withMeans);

  const normals = await embedAll(session, set.normals, seed);
  const bank = normals.usable.map((content) => normals.source(content));
  const normalSteps = await compareWithNormals(session, inOrder.sources, bank);

  const temperatureOf = (distances: Float32Array[]) =>
    temperature === 'auto' ? automaticTemperature(distances) : temperature;
  const unsupervised = inOrder.images.map((_, i) => pairs.distances(i, 'mean'));
  const masks = await readMasks(set.folder, inOrder.images);
  return {
    ...inOrder,
    shape,
    pairs,
    normalSteps,
    ...(masks ? { masks } : {}),
    temperatures: {
      unsupervised: temperatureOf(unsupervised),
      normal: normalSteps.length > 0 ? temperatureOf(normalSteps[normalSteps.length - 1]!.distances) : null,
    },
    temperatureOf,
    remarks: [...distinct.reasons, ...normals.reasons].map(
      ([content, reason]) => `${pathOf(set, content)} was left out: it ${reason}.`,
    ),
  };
}

/** Where the patches of image i lie. */
export function gridOf({ images, shape }: Pick<Inputs, 'images' | 'shape'>, i: number): PatchGrid {
  return elongatedGrid(shape.grid, images[i]!.elongation ?? 1);
}

/** (N) of (M): share of the mask in each patch; uniform where it is empty or there is none. */
export function maskWeightsOf(inputs: Inputs): Float64Array[] | undefined {
  return inputs.masks?.map((mask, i) => maskWeights(mask, gridOf(inputs, i)));
}

function pathOf({ images, normals }: BenchmarkSet, content: string): string {
  return [...images, ...normals].find((image) => image.content === content)?.path ?? content;
}

async function embedAll(session: Session, images: BenchmarkSet['normals'], seed: number): Promise<DistinctImages> {
  const distinct = new DistinctImages(images, session.model, seed);
  await embedFirst(session, distinct, distinct.size);
  return distinct;
}

/** Numbers of normal images that are tried (A.2), and all. */
function stepsUpTo(count: number): number[] {
  const steps = [1, 2, 5, 10, 20, 50, 100, 200, 500].filter((step) => step < count);
  return count > 0 ? [...steps, count] : [];
}

/** Each step compares with the normal images that the one before has not seen: all steps together cost as much as the last alone. */
async function compareWithNormals(session: Session, images: ImageSource[], bank: ImageSource[]): Promise<NormalStep[]> {
  const steps: NormalStep[] = [];
  const strategy = chooseStrategy(session, bank, 'fast', bank.length);
  let first = 0;
  for (const normals of stepsUpTo(bank.length)) {
    const search = new ReferenceSearch(session, {
      references: bank.slice(first, normals),
      kind: 'normal images',
      strategy,
      aggregate: 'min',
    });
    const found = await search.measure(images);
    const before = steps[steps.length - 1]?.distances;
    const distances = images.map(({ file, bagKey }, i) => {
      const added = found.get(bagKey);
      if (added === undefined)
        throw new EngineError({ code: 'internal', file }, `${file} changed during the run. Run again.`);
      return before ? added.map((distance, m) => Math.min(distance, before[i]![m]!)) : added;
    });
    steps.push({ normals, distances });
    first = normals;
  }
  return steps;
}

async function readMasks(folder: string, images: BenchmarkSet['images']): Promise<Inputs['masks']> {
  if (!images.some(({ masks }) => masks !== undefined)) return undefined;
  return Promise.all(images.map((image) => readMask(maskSource(folder, image))));
}
