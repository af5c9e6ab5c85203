// The paper's method: every image compared with the references (Eq. 5 or 7; Eq. 6 with normal images), weighed and averaged (Eq. 1), or
// all pairs by a Hausdorff distance (Eq. 2, 3).
import type { MethodSettings } from '../api/settings';
import { referenceCount } from '../bags/choose-references';
import { isHausdorff } from '../bags/hausdorff';
import type { PairTable } from '../bags/pairs';
import { automaticTemperature } from '../bags/weights';
import { requireSetting } from '../base/require-setting';
import type { Description } from '../pool/tasks/describe';
import type { ImageSource } from '../pool/tasks/context';
import type { Session } from '../session/session';
import { compareAllPairs } from './all-pairs';
import { compareSets, compareVectors } from './comparison';
import type { DatasetImage } from './dataset';
import type { DescribeInput, DescribeOutput } from './method';
import { embedSample, type DistinctImages } from './distinct-images';
import { chooseBank } from './normal-bank';
import { ReferenceSearch } from './reference-search';
import { chooseStrategy, exactSearch } from './search-strategy';
import { weightingOf } from './weighting';

/** Hausdorff distances compare all pairs: with more images the table of pairs alone would fill the memory. */
const hausdorffLimit = 6000;

/**
 * The patch distances are always found, also where images are compared without them: heat maps show them.
 * @throws EngineError `too-few-images`, `invalid-setting`, `mask-invalid`, `model-invalid`, `cancelled`
 */
export async function describeByPaper(session: Session, input: DescribeInput): Promise<DescribeOutput> {
  const { dataset, images, normals, weights, usesNormals, settings, precision } = input;
  const { shape } = session;

  // 1. Embed what the others are compared with. The number of references is that of the bank, where there is one.
  const sampleSettings: MethodSettings = usesNormals ? { ...settings, references: 'auto' } : settings;
  const sample = await embedSample(session, images, sampleSize(sampleSettings, images.leading), dataset.folder);
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
  const descriptions = new Map<string, Description>();
  for await (const [content, description] of search.describe(images, { known, weighting }))
    descriptions.set(content, description);

  // 4. Compare the images themselves.
  const used = dataset.images.filter(({ content }) => descriptions.has(content));
  const comparison =
    pairs && isHausdorff(settings.distance)
      ? compareSets(pairs, settings.distance, rowsOf(used, sample, images))
      : compareVectors(used.map(({ content }) => descriptions.get(content)!.descriptor));

  return {
    used,
    range: (content) => descriptions.get(content)!.range,
    heatMapKey: (content) => search.distancesKey(images.source(content)),
    comparison,
    weights: settings.distance === 'weighted-average' ? weights : 'none',
    aggregate: search.aggregate,
    references: isExact ? 'all' : search.references.length,
    temperature,
  };
}

/** How many images are compared among themselves: the references of Eq. 5 or 7, or all images for a Hausdorff distance. */
function sampleSize({ distance, references }: Pick<MethodSettings, 'distance' | 'references'>, images: number): number {
  const comparesAll = isHausdorff(distance);
  requireSetting(
    !comparesAll || images <= hausdorffLimit,
    `The distance "${distance}" compares all pairs, which is for up to ${hausdorffLimit} images and not for ${images}. Use "weighted-average".`,
  );
  return comparesAll ? images : referenceCount(references, images);
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
  const distances = new Map(
    sample.map(({ bagKey, area }, slot) => [
      bagKey,
      table.distances(slot, search.aggregate).slice(0, area?.counted.length),
    ]),
  );
  for (const image of sample) await search.keep(image, distances.get(image.bagKey)!);
  return distances;
}

/** Row of each image in a table of all distinct ones. */
function rowsOf(used: DatasetImage[], sample: readonly ImageSource[], images: DistinctImages): number[] {
  const rows = new Map(sample.map(({ bagKey }, row) => [bagKey, row]));
  return used.map(({ content }) => rows.get(images.source(content).bagKey)!);
}
