// What the rows of a dataset's tables are made from, each found once: distances of patches, of images, masks, and descriptors.
import { EngineError, type PatchGrid } from '../api';
import type { PairTable } from '../bags/pairs';
import { rankContents } from '../bags/references';
import { automaticTemperature } from '../bags/weights';
import { compareAllPairs } from '../describe/all-pairs';
import { ReferenceSearch } from '../describe/reference-search';
import { chooseWay, exactWay } from '../describe/search-way';
import { embedFirst, subjectsOf } from '../describe/subjects';
import { startStage, taskContext, type Run } from '../engine';
import type { Model } from '../models/model';
import { maskSource } from '../images/dataset';
import { maskWeights, readMask, type Mask } from '../images/masks';
import type { BagShape, ImageSource } from '../pool/tasks/thread';
import type { BenchmarkSet } from './datasets';

/** Distances of every image's patches to the first of the normal images. */
export interface NormalStep {
  /** Normal images among them. */
  normals: number;
  /** (N) of (M) */
  distances: Float32Array[];
}

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

/**
 * @param temperature in distance units; `auto`: from the distances of each kind
 * @param withMeans whether the mean distance over all pairs of patches is needed (Table 5)
 */
export async function findInputs(
  run: Run,
  model: Model,
  set: BenchmarkSet,
  seed: number,
  temperature: number | 'auto',
  withMeans: boolean,
): Promise<Inputs> {
  const shape = await run.pool.run('inspectModel', { model, ...taskContext(run) });
  const reasons = new Map<string, string>();
  const { images, sources } = await embedAll(run, model, set.images, reasons);
  const ranking = rankContents(
    images.map(({ content }) => content),
    seed,
  );
  // Sums of floating-point numbers are the same in whatever order the files are named.
  const order = ranking.map((content) => images.findIndex((image) => image.content === content));
  const inOrder = { images: order.map((i) => images[i]!), sources: order.map((i) => sources[i]!) };
  const way = withMeans ? exactWay : chooseWay(run, model, shape, inOrder.sources, 'fast');
  const pairs = await compareAllPairs(run, model, shape, inOrder.sources, way, withMeans);

  const normals = await embedAll(run, model, set.normals, reasons);
  const bankRanking = rankContents(
    normals.images.map(({ content }) => content),
    seed,
  );
  const bank = bankRanking.map(
    (content) => normals.sources[normals.images.findIndex((image) => image.content === content)]!,
  );
  const normalSteps = await compareWithNormals(run, model, shape, inOrder.sources, bank);

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
    remarks: [...reasons].map(([content, reason]) => `${pathOf(set, content)} was left out: it ${reason}.`),
  };
}

/** (N) of (M): share of the mask in each patch; uniform where it is empty or there is none. */
export function maskWeightsOf({ masks }: Inputs, grid: PatchGrid): Float64Array[] | undefined {
  return masks?.map((mask) => maskWeights(mask, grid));
}

function pathOf({ images, normals }: BenchmarkSet, content: string): string {
  return [...images, ...normals].find((image) => image.content === content)?.path ?? content;
}

async function embedAll<T extends BenchmarkSet['normals'][number]>(
  run: Run,
  model: Model,
  images: T[],
  reasons: Map<string, string>,
): Promise<{ images: T[]; sources: ImageSource[] }> {
  const subjects = subjectsOf(images, model);
  const progress = startStage(run, 'embed', images.length);
  await embedFirst(run, model, subjects, [...subjects.keys()], images.length, reasons, progress.step);
  const usable = images.filter(({ content }) => !reasons.has(content));
  return { images: usable, sources: usable.map(({ content }) => subjects.get(content)!) };
}

/** Numbers of normal images that are tried (A.2), and all. */
function stepsUpTo(count: number): number[] {
  const steps = [1, 2, 5, 10, 20, 50, 100, 200, 500].filter((step) => step < count);
  return count > 0 ? [...steps, count] : [];
}

/** Each step compares with the normal images that the one before has not seen: all steps together cost as much as the last alone. */
async function compareWithNormals(
  run: Run,
  model: Model,
  shape: BagShape,
  images: ImageSource[],
  bank: ImageSource[],
): Promise<NormalStep[]> {
  const steps: NormalStep[] = [];
  const way = chooseWay(run, model, shape, bank, 'fast', bank.length);
  let first = 0;
  for (const normals of stepsUpTo(bank.length)) {
    const search = new ReferenceSearch(run, model, shape, bank.slice(first, normals), 'normal images', way);
    const found = await search.measure(images);
    const before = steps[steps.length - 1]?.distances;
    const distances = images.map(({ file, bagKey }, i) => {
      const added = found.get(bagKey);
      if (added === undefined) throw new EngineError('internal', `${file} changed during the run. Run again.`, file);
      return before ? added.map((distance, m) => Math.min(distance, before[i]![m]!)) : added;
    });
    steps.push({ normals, distances });
    first = normals;
  }
  return steps;
}

async function readMasks(folder: string, images: BenchmarkSet['images']): Promise<Inputs['masks']> {
  if (!images.some(({ mask }) => mask !== undefined)) return undefined;
  return Promise.all(images.map((image) => readMask(maskSource(folder, image))));
}
