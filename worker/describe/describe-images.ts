// From images to what is grouped: embed → weigh → aggregate, or all pairs by a Hausdorff distance. References stay in memory or in
import type { PatchGrid } from '../api/analysis';
import { EngineError } from '../api/errors';
import type { ImageFailure } from '../api/requests';
import type { MethodSettings } from '../api/settings';
import { isHausdorff } from '../bags/hausdorff';
import type { PairTable } from '../bags/pairs';
import { referenceCount } from '../bags/choose-references';
import { automaticTemperature } from '../bags/weights';
import { requireSetting } from '../base/require-setting';
import type { Description } from '../pool/tasks/compare';
import type { ImageSource } from '../pool/tasks/context';
import type { Session } from '../session/session';
import { compareAllPairs } from './all-pairs';
import { compareSets, compareVectors, type Comparison } from './comparison';
import type { Dataset, DatasetImage } from './dataset';
import { DistinctImages, embedFirst } from './distinct-images';
import { chooseBank } from './normal-bank';
import { ReferenceSearch } from './reference-search';
import { chooseStrategy, exactSearch, type Precision } from './search-strategy';
import { resolveWeights, weightingOf, type ResolvedWeights } from './weighting';

/** Hausdorff distances compare all pairs: with more images the table of pairs alone would fill the memory. */
const hausdorffLimit = 6000;

export interface DescribedImage {
  image: DatasetImage;
  /** Smallest and largest patch distance; the largest is the anomaly score. */
  range: Description['range'];
  /** Where the cache keeps the aggregated distances of its patches. */
  distancesKey: string;
}

export interface DescribedDataset {
  /** Usable images, sorted by path. */
  images: DescribedImage[];
  comparison: Comparison;
  failures: ImageFailure[];
  /** What was used in the end, as the label file records it. */
  weights: ResolvedWeights | 'none';
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
  session: Session,
  dataset: Dataset,
  settings: MethodSettings,
  precision: Precision = 'fast',
): Promise<DescribedDataset> {
  const { model, shape } = session;
  const weights = resolveWeights(settings, dataset, shape);
  const images = new DistinctImages(dataset.images, model, settings.seed);
  const normals = new DistinctImages(dataset.normals, model, settings.seed);

  // 1. Embed what the others are compared with. The number of references is that of the bank, where there is one.
  const usesNormals = normals.size > 0 && weights !== 'unsupervised';
  const sampleSettings: MethodSettings = usesNormals ? { ...settings, references: 'auto' } : settings;
  const sample = await embedSample(session, images, sampleSettings, dataset.folder);
  const bank = usesNormals ? await chooseBank(session, normals, settings.references) : undefined;

  // 2. Compare the sample: among itself, or with the normal images. The temperature follows from its distances.
  const withMeans = settings.distance === 'mean-mean';
  const strategy = withMeans ? exactSearch : chooseStrategy(session, sample, precision);
  const search = bank
    ? new ReferenceSearch(session, {
        references: bank,
        kind: 'normal images',
        strategy: chooseStrategy(session, bank, precision, bank.length),
        aggregate: 'min',
      })
    : new ReferenceSearch(session, {
        references: sample,
        kind: 'reference images',
        strategy,
        aggregate: settings.aggregate,
      });
  const pairs = isHausdorff(settings.distance)
    ? await compareAllPairs(session, sample, strategy, withMeans)
    : undefined;
  const known = bank
    ? await search.measure(sample)
    : await pairDistances(search, sample, () => pairs ?? compareAllPairs(session, sample, strategy));
  const temperature = settings.temperature === 'auto' ? automaticTemperature(known.values()) : settings.temperature;

  // 3. Weigh and average every image's patches.
  const isExact = !bank && sample.length === images.usable.length;
  const weighting = weightingOf(settings, weights, temperature, { dataset, grid: shape.grid });
  const descriptions = await search.describe(images, { known, weighting });

  // 4. Compare the images themselves.
  const used = dataset.images.filter(({ content }) => descriptions.has(content));
  const comparison =
    pairs && isHausdorff(settings.distance)
      ? compareSets(pairs, settings.distance, rowsOf(used, sample, images))
      : compareVectors(used.map(({ content }) => descriptions.get(content)!.descriptor));

  // 5. Say what was used.
  return {
    images: used.map((image) => ({
      image,
      range: descriptions.get(image.content)!.range,
      distancesKey: search.distancesKey(images.source(image.content)),
    })),
    comparison,
    failures: failuresOf(dataset, images, normals),
    weights: settings.distance === 'weighted-average' ? weights : 'none',
    aggregate: search.aggregate,
    source: bank ? 'normal images' : 'other images',
    references: isExact ? 'all' : search.references.length,
    temperature,
    grid: shape.grid,
  };
}

/** The images that are compared among themselves: the references of Eq. 5 or 7, or all images for a Hausdorff distance. */
async function embedSample(
  session: Session,
  images: DistinctImages,
  { distance, references }: MethodSettings,
  folder: string,
): Promise<ImageSource[]> {
  const comparesAll = isHausdorff(distance);
  requireSetting(
    !comparesAll || images.size <= hausdorffLimit,
    `The distance "${distance}" compares all pairs, which is for up to ${hausdorffLimit} images and not for ${images.size}. Use "weighted-average".`,
  );
  const wanted = comparesAll ? images.size : referenceCount(references, images.size);
  const sample = await embedFirst(session, images, wanted);
  if (sample.length >= 2) return sample;
  throw new EngineError(
    { code: 'too-few-images', folder },
    'At least two different images that can be read are needed.',
  );
}

/** Eq. 5, and Eq. 7 for the references themselves, from all pairs, unless the cache knows. By bag key. */
async function pairDistances(
  search: ReferenceSearch,
  sample: readonly ImageSource[],
  compare: () => PairTable | Promise<PairTable>,
): Promise<Map<string, Float32Array>> {
  const known = await search.known(sample);
  if (known.size === sample.length) return known;
  const table = await compare();
  const distances = new Map(sample.map(({ bagKey }, slot) => [bagKey, table.distances(slot, search.aggregate)]));
  for (const image of sample) await search.keep(image, distances.get(image.bagKey)!);
  return distances;
}

/** Row of each image in a table of all distinct ones. */
function rowsOf(used: DatasetImage[], sample: readonly ImageSource[], images: DistinctImages): number[] {
  const rows = new Map(sample.map(({ bagKey }, row) => [bagKey, row]));
  return used.map(({ content }) => rows.get(images.source(content).bagKey)!);
}

function failuresOf(dataset: Dataset, images: DistinctImages, normals: DistinctImages): ImageFailure[] {
  const failed = (all: DatasetImage[], { reasons }: DistinctImages) =>
    all.flatMap(({ path, content }) => {
      const reason = reasons.get(content);
      return reason === undefined ? [] : [{ path, reason }];
    });
  return [...failed(dataset.images, images), ...failed(dataset.normals, normals)];
}
