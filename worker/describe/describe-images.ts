// From images to what is grouped: embed → weigh → aggregate, or all pairs by a Hausdorff distance. References stay in memory or in
// the cache, every other image passes through.
import { EngineError, type ImageFailure, type MethodSettings, type PatchGrid, type WeightName } from '../api';
import { hausdorffDistances, isHausdorff } from '../bags/hausdorff';
import type { PairTable } from '../bags/pairs';
import { rankContents, referenceCount } from '../bags/references';
import { automaticTemperature } from '../bags/weights';
import { condensedIndex } from '../clustering/condensed';
import { startStage, taskContext, type Run } from '../engine';
import type { Model } from '../models/model';
import { maskSource, type Dataset, type DatasetImage } from '../images/dataset';
import type { Description, Weighting } from '../pool/tasks/compare';
import type { BagShape, ImageSource } from '../pool/tasks/thread';
import { compareAllPairs } from './all-pairs';
import { chooseBank } from './normal-bank';
import { ReferenceSearch } from './reference-search';
import { chooseWay, exactWay, type Precision, type SearchWay } from './search-way';
import { embedFirst, hasRoomForBags, subjectsOf, type Subjects } from './subjects';
import { requireSetting } from '../require-setting';

/** Hausdorff distances compare all pairs: with more images the table of pairs alone would fill the memory. */
const hausdorffLimit = 6000;

export interface DescribedImage {
  image: DatasetImage;
  /** Smallest and largest patch distance; the largest is the anomaly score. */
  range: Description['range'];
  /** Where the cache keeps the aggregated distances of its patches. */
  distancesKey: string;
}

/** What the clusterers compare. */
export interface Comparison {
  count: number;
  /** (N, D): compared by their Euclidean distance. */
  vectors?: Float32Array;
  dimensions?: number;
  /** Distances of all pairs i < j, where images are not compared as vectors. */
  condensed?: Float64Array;
}

export interface DescribedDataset {
  /** Usable images, sorted by path. */
  images: DescribedImage[];
  comparison: Comparison;
  failures: ImageFailure[];
  /** What was used in the end, as the label file records it. */
  weights: Exclude<WeightName, 'auto'> | 'none';
  aggregate: MethodSettings['aggregate'];
  /** What the patches are compared with. */
  source: 'other images' | 'normal images';
  /** Number of reference images, or `all` (Eq. 5). */
  references: number | 'all';
  temperature: number;
  grid: PatchGrid;
}

/**
 * Compares every image's patches with the references (Eq. 5 or 7; Eq. 6 with normal images), weighs and averages them (Eq. 1), or
 * compares the images themselves (Eq. 2, 3). The patch distances are always found: heat maps show them.
 * @param precision of all comparisons; `mean-mean` takes all patches in any case
 * @throws EngineError `too-few-images`, `invalid-setting`, `mask-invalid`, `model-invalid`, `cancelled`
 */
export async function describeImages(
  run: Run,
  dataset: Dataset,
  model: Model,
  settings: MethodSettings,
  precision: Precision = 'fast',
): Promise<DescribedDataset> {
  const shape = await run.pool.run('inspectModel', { model, ...taskContext(run) });
  const subjects = subjectsOf(dataset.images, model);
  const normals = subjectsOf(dataset.normals, model);
  const weights = resolveWeights(settings, dataset, shape);
  const usesNormals = normals.size > 0 && weights !== 'unsupervised';
  const ranking = rankContents(subjects.keys(), settings.seed);
  const reasons = new Map<string, string>();

  const sample = await chooseSample(run, dataset, model, subjects, ranking, settings, reasons);
  const bankRanking = rankContents(normals.keys(), settings.seed);
  const bank = usesNormals
    ? await chooseBank(run, model, shape, normals, bankRanking, settings.references, reasons)
    : undefined;
  const withMeans = settings.distance === 'mean-mean';
  const way: SearchWay = withMeans ? exactWay : chooseWay(run, model, shape, sample, precision);
  const search = bank
    ? new ReferenceSearch(
        run,
        model,
        shape,
        bank,
        'normal images',
        chooseWay(run, model, shape, bank, precision, bank.length),
      )
    : new ReferenceSearch(run, model, shape, sample, 'reference images', way, settings.aggregate);

  const pairs = isHausdorff(settings.distance)
    ? await compareAllPairs(run, model, shape, sample, way, withMeans)
    : undefined;
  const sampleDistances = bank
    ? await search.measure(sample)
    : await pairDistances(search, sample, () => pairs ?? compareAllPairs(run, model, shape, sample, way));
  const temperature =
    settings.temperature === 'auto' ? automaticTemperature(sampleDistances.values()) : settings.temperature;

  const rest = ranking.filter((content) => !reasons.has(content));
  const keepBag = hasRoomForBags(run.cache, rest.length, shape);
  const weighting = weightingOf(settings, weights, temperature, dataset, shape);
  const descriptions = await search.describe(rest, subjects, sampleDistances, weighting, keepBag, reasons);

  const used = dataset.images.filter(({ content }) => descriptions.has(content));
  const failures = [...dataset.images, ...dataset.normals].flatMap(({ path, content }) => {
    const reason = reasons.get(content);
    return reason === undefined ? [] : [{ path, reason }];
  });
  return {
    images: used.map((image) => ({
      image,
      range: descriptions.get(image.content)!.range,
      distancesKey: search.distancesKey(subjects.get(image.content)!),
    })),
    comparison: pairs
      ? { count: used.length, condensed: condense(pairs, settings, sample, used, subjects) }
      : stack(used.map(({ content }) => descriptions.get(content)!.descriptor)),
    failures,
    weights: settings.distance === 'weighted-average' ? weights : 'none',
    aggregate: search.aggregate,
    source: bank ? 'normal images' : 'other images',
    references: !bank && sample.length === rest.length ? 'all' : search.references.length,
    temperature,
    grid: shape.grid,
  };
}

/** `auto` becomes what the dataset allows. @throws EngineError when the dataset lacks what the weights need */
function resolveWeights(
  { weights, hardPatches }: MethodSettings,
  { normals, images, folder }: Dataset,
  { patches }: BagShape,
): Exclude<WeightName, 'auto'> {
  if (weights === 'auto') return normals.length > 0 ? 'normal' : 'unsupervised';
  if (weights === 'normal' && normals.length === 0) {
    throw new EngineError(
      'too-few-images',
      'The weights "normal" (Eq. 6) need normal images. Name their folder, or use the weights "unsupervised".',
      folder,
    );
  }
  if (weights === 'mask' && !images.some(({ mask }) => mask !== undefined)) {
    throw new EngineError(
      'invalid-setting',
      'The weights "mask" need ground-truth masks, as MVTec AD and Magnetic Tile have them. There are none here.',
      folder,
    );
  }
  const isHard = weights === 'hard';
  requireSetting(
    !isHard || hardPatches <= patches,
    `Hard weights cannot choose ${hardPatches} of ${patches} patches. Use a smaller number.`,
  );
  return weights;
}

/** The images that are compared among themselves: the references of Eq. 5 or 7, or all images for a Hausdorff distance. */
async function chooseSample(
  run: Run,
  { folder }: Dataset,
  model: Model,
  subjects: Subjects,
  ranking: string[],
  { distance, references }: MethodSettings,
  reasons: Map<string, string>,
): Promise<ImageSource[]> {
  const comparesAll = isHausdorff(distance);
  requireSetting(
    !comparesAll || ranking.length <= hausdorffLimit,
    `The distance "${distance}" compares all pairs, which is for up to ${hausdorffLimit} images and not for ${ranking.length}. Use "weighted-average".`,
  );
  const wanted = comparesAll ? ranking.length : referenceCount(references, ranking.length);
  const progress = startStage(run, 'embed', wanted);
  const sample = await embedFirst(run, model, subjects, ranking, wanted, reasons, progress.step);
  if (sample.length < 2) {
    throw new EngineError('too-few-images', 'At least two different images that can be read are needed.', folder);
  }
  return sample;
}

/** Eq. 5, and Eq. 7 for the references themselves, from all pairs, unless the cache knows. By bag key. */
async function pairDistances(
  search: ReferenceSearch,
  sample: ImageSource[],
  compare: () => PairTable | Promise<PairTable>,
): Promise<Map<string, Float32Array>> {
  const known = await search.known(sample);
  if (known.size === sample.length) return known;
  const table = await compare();
  const distances = new Map(sample.map(({ bagKey }, slot) => [bagKey, table.distances(slot, search.aggregate)]));
  for (const image of sample) await search.keep(image, distances.get(image.bagKey)!);
  return distances;
}

/** How each content becomes one vector. */
function weightingOf(
  { distance, hardPatches }: MethodSettings,
  weights: Exclude<WeightName, 'auto'>,
  temperature: number,
  { images, folder }: Dataset,
  { grid }: BagShape,
): (content: string) => Weighting {
  if (distance === 'holistic') return () => ({ kind: 'holistic' });
  switch (weights) {
    case 'uniform':
      return () => ({ kind: 'uniform' });
    case 'hard':
      return () => ({ kind: 'hard', patches: hardPatches });
    case 'mask': {
      const sources = new Map(images.map((image) => [image.content, maskSource(folder, image)]));
      return (content) => ({ kind: 'mask', mask: sources.get(content)!, grid });
    }
    default:
      return () => ({ kind: 'softmax', temperature });
  }
}

function stack(vectors: Float32Array[]): Comparison {
  const dimensions = vectors[0]?.length ?? 0;
  const all = new Float32Array(vectors.length * dimensions);
  for (const [i, vector] of vectors.entries()) all.set(vector, i * dimensions);
  return { count: vectors.length, vectors: all, dimensions };
}

/** Distances in the order of the images; copies of one image are at distance zero. */
function condense(
  pairs: PairTable,
  { distance }: MethodSettings,
  sample: ImageSource[],
  images: DatasetImage[],
  subjects: Subjects,
): Float64Array {
  if (!isHausdorff(distance)) throw new Error(`${distance} compares no pairs.`);
  const between = hausdorffDistances(pairs, distance);
  const slots = new Map(sample.map(({ bagKey }, slot) => [bagKey, slot]));
  const rows = images.map(({ content }) => slots.get(subjects.get(content)!.bagKey)!);
  const condensed = new Float64Array((rows.length * (rows.length - 1)) / 2);
  let at = 0;
  for (let i = 0; i < rows.length; i++) {
    for (let j = i + 1; j < rows.length; j++) {
      const [a, b] = [rows[i]!, rows[j]!];
      condensed[at++] = a === b ? 0 : between[condensedIndex(pairs.count, a, b)]!;
    }
  }
  return condensed;
}
