// `npm run quality -- --regions`: how well regions lie on the defects of sets with masks, what clusters of regions say of images, and
// what sets of labels are worth on drawn images with two defects each.
import { join } from 'node:path';
import { defaultSettings } from '../../worker/api/settings';
import { createRandom } from '../../worker/base/random';
import { maskSource, readDataset, type Dataset } from '../../worker/describe/dataset';
import { describeImages, type DescribedDataset } from '../../worker/describe/describe-images';
import { describeRegions, type DescribedRegions } from '../../worker/describe/image-regions';
import type { Comparison } from '../../worker/describe/comparison';
import { aupro, type ScoredPicture } from '../../worker/evaluation/aupro';
import { auroc } from '../../worker/evaluation/auroc';
import { evaluate } from '../../worker/evaluation/metrics';
import { labelSetsOf as ofSets, placementOf, type Placement } from '../../worker/evaluation/placement';
import { upsample } from '../../worker/evaluation/upsample';
import { elongatedGrid } from '../../worker/features/elongation';
import { isGoodName } from '../../worker/images/folder-names';
import { readMask } from '../../worker/images/masks';
import { scanFolder } from '../../worker/images/scan';
import { connectedComponents } from '../../worker/regions/connected-components';
import { regionScaleOf } from '../../worker/regions/find-regions';
import type { Run } from '../../worker/session/run';
import type { Session } from '../../worker/session/session';
import { makeTwoDefects } from '../tools/two-defects';
import { missesHeader, overlap, type PlacedPicture } from './missed-defects';
import { draw } from './sets';

const settings = { ...defaultSettings, method: 'blocks', weights: 'unsupervised', seed: 0 } as const;
const [subsets, share] = [6, 0.8];
/** Longest side in pixels at which regions and masks are compared. */
const side = 256;

export interface RegionsMeasured {
  network: string;
  set: string;
  /** Mean NMI over subsets at the true number of clusters: of images as they are grouped, and through their regions of most weight. */
  nmi: { images: number; regions: number };
  /** Regions an image. */
  perImage: number;
  /** Null without masks. */
  placed: { ours: Placement; usual: Placement; components: number; auroc: number; aupro: number } | null;
}

/** Also the images with masks, for pictures. */
export interface MeasuredOnPictures {
  measured: RegionsMeasured;
  pictures: readonly PlacedPicture[];
}

export interface LabelSetsMeasured {
  network: string;
  /** F1 of label sets, over all pairs of image and kind, and as the mean over the kinds. */
  regions: { micro: number; macro: number };
  images: { micro: number; macro: number };
}

/** @param weights what images are compared with: each other, or the set's normal images */
export async function measureRegions(
  session: Session,
  dataset: Dataset,
  set: string,
  weights: 'unsupervised' | 'normal',
): Promise<MeasuredOnPictures> {
  const described = await describeImages(session, dataset, { ...settings, weights });
  const found = await describeRegions(session, described);
  const { placed, pictures } = await placedOn(session.run, dataset, described, found);
  const measured = {
    ...{ network: session.model.reference, set },
    nmi: await nmiThrough(session.run, described, found),
    perImage: found.regions.length / described.images.length,
    placed,
  };
  return { measured, pictures };
}

async function nmiThrough(run: Run, described: DescribedDataset, { regions, comparison }: DescribedRegions) {
  const truth = described.images.map(({ image }) => image.truth!);
  const [own, through]: [number[], number[]] = [[], []];
  for (let i = 0; i < subsets; i++) {
    const random = createRandom(100 + i);
    const chosen = draw([...truth.keys()], Math.floor(share * truth.length), random).sort((a, b) => a - b);
    const part = chosen.map((image) => truth[image]!);
    const k = new Set(part).size;
    own.push(evaluate(part, await group(run, described.comparison, chosen, k)).nmi);
    const isChosen = new Set(chosen);
    const rows = [...regions.keys()].filter((row) => isChosen.has(regions[row]!.image));
    const has = new Set(rows.map((row) => regions[row]!.image));
    // Images that nothing stands out in are one cluster.
    const count = Math.max(has.size < chosen.length ? k - 1 : k, 1);
    const clusters = await group(run, comparison!, rows, count);
    const first = new Map<number, number>();
    for (const [at, row] of rows.entries()) {
      const { image } = regions[row]!;
      if (!first.has(image)) first.set(image, clusters[at]!);
    }
    through.push(
      evaluate(
        part,
        chosen.map((image) => first.get(image) ?? -1),
      ).nmi,
    );
  }
  return { images: mean(own), regions: mean(through) };
}

async function group(run: Run, comparison: Comparison, rows: readonly number[], clusters: number): Promise<number[]> {
  const [all, dimensions] = [comparison.vectors!, comparison.dimensions!];
  const vectors = new Float32Array(rows.length * dimensions);
  for (const [at, row] of rows.entries())
    vectors.set(all.subarray(row * dimensions, (row + 1) * dimensions), at * dimensions);
  const input = { count: rows.length, vectors, dimensions, clusterer: 'ward', clusters, seed: 0 } as const;
  return [...(await run.task('group', input)).assignment];
}

async function placedOn(
  run: Run,
  { folder }: Dataset,
  { images, grid }: DescribedDataset,
  { regions }: DescribedRegions,
): Promise<{ placed: RegionsMeasured['placed']; pictures: readonly PlacedPicture[] }> {
  const scoresOf = async (key: string) => new Float32Array((await run.cache.get('distances', key))!.buffer);
  const { usual } = regionScaleOf(await Promise.all(images.map(({ heatMapKey }) => scoresOf(heatMapKey))));
  const pictures: (ScoredPicture & PlacedPicture & { plain: Int32Array[] })[] = [];
  for (const [i, { image, heatMapKey }] of images.entries()) {
    if (image.masks === undefined && !isGoodName(image.truth ?? '')) continue;
    const factor = Math.min(1, side / Math.max(image.width, image.height));
    const [width, height] = [image.width, image.height].map((size) => Math.max(1, Math.round(size * factor))) as [
      number,
      number,
    ];
    const mask = (await readMask({ ...maskSource(folder, image), width, height }))?.values;
    const defects = mask ? connectedComponents({ width, height }, (cell) => mask[cell] !== 0) : [];
    const own = elongatedGrid(grid, image.elongation ?? 1);
    const scores = upsample(await scoresOf(heatMapKey), own, width, height);
    const painted = regions
      .filter((region) => region.image === i)
      .map(({ place, mask: cells }) => {
        const isIn = (cell: number) => {
          const across = ((((cell % width) + 0.5) / width - place.left) / place.width) * cells.width;
          const down = (((Math.floor(cell / width) + 0.5) / height - place.top) / place.height) * cells.height;
          const isInside = across >= 0 && down >= 0 && across < cells.width && down < cells.height;
          return isInside && cells.values[Math.floor(down) * cells.width + Math.floor(across)] === 1;
        };
        return Int32Array.from([...Array(width * height).keys()].filter(isIn));
      });
    const plain = connectedComponents({ width, height }, (cell) => scores[cell]! >= usual);
    const patch = (width * height) / (own.rows * own.columns);
    const { path, truth = '' } = image;
    pictures.push({ path, truth, width, height, scores, mask, defects, painted, plain, patch });
  }
  if (!pictures.some(({ defects }) => defects.length > 0)) return { placed: null, pictures: [] };
  const placed = {
    ours: judged(pictures.map(({ defects, painted }) => ({ defects, found: painted }))),
    usual: judged(pictures.map(({ defects, plain }) => ({ defects, found: plain }))),
    components: pictures.reduce((sum, { defects }) => sum + defects.length, 0),
    auroc: auroc(() => pictures)!,
    aupro: aupro(pictures)!,
  };
  return { placed, pictures };
}

function judged(pictures: readonly { defects: Int32Array[]; found: Int32Array[] }[]): Placement {
  return placementOf(
    pictures.map(({ defects, found }) => ({
      overlaps: defects.map((defect) => found.map((one) => overlap(defect, one).iou)),
      found: found.length,
    })),
  );
}

/** Sixty drawn parts with two defects each, four kinds. */
export async function measureLabelSets(session: Session, work: string): Promise<LabelSetsMeasured> {
  const folder = join(work, 'two-defects');
  const made = await makeTwoDefects(folder, { images: 60 });
  return labelSetsOf(session, folder, new Map(made.map(({ path, kinds }) => [path, kinds])));
}

/** @param kinds by path */
export async function labelSetsOf(
  session: Session,
  folder: string,
  kinds: ReadonlyMap<string, readonly string[]>,
): Promise<LabelSetsMeasured> {
  const { run } = session;
  const dataset = await readDataset(run, await scanFolder(folder));
  const described = await describeImages(session, dataset, settings);
  const { regions, comparison } = await describeRegions(session, described);
  const all = [...new Set([...kinds.values()].flat())].sort();
  const truth = described.images.map(({ image }) => new Set(kinds.get(image.path)));
  const byRegions = await group(run, comparison!, [...regions.keys()], all.length);
  const byImages = await group(run, described.comparison, [...truth.keys()], all.length);
  return {
    network: session.model.reference,
    regions: ofSets(
      truth,
      regions.map(({ image }, row) => [image, byRegions[row]!]),
      all,
    ),
    images: ofSets(
      truth,
      byImages.map((cluster, image) => [image, cluster]),
      all,
    ),
  };
}

/** @param misses rows of a table of the defects that were missed */
export function regionsAsMarkdown(
  measured: readonly RegionsMeasured[],
  labels: readonly LabelSetsMeasured[],
  misses: readonly string[],
): string {
  const number = (value: number | null) => (value === null ? '–' : value.toFixed(3));
  const pairs = (values: readonly number[]) => values.map((value) => value.toFixed(2)).join(' / ');
  const lines = [
    '| network | set | NMI of images | through regions | regions an image |',
    '| --- | --- | ---: | ---: | ---: |',
    ...measured.map(
      ({ network, set, nmi, perImage }) =>
        `| ${network} | ${set} | ${number(nmi.images)} | ${number(nmi.regions)} | ${perImage.toFixed(1)} |`,
    ),
    '',
    '| network | set | components | recall at IoU .1 / .3 | precision | regions on a defect / a good image | above what is usual: recall | precision | pixel AUROC | AUPRO |',
    '| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
    ...measured.flatMap(({ network, set, placed }) => {
      if (!placed) return [];
      const { ours, usual, components } = placed;
      const { defect, good } = ours.regions;
      return [
        `| ${network} | ${set} | ${components} | ${pairs(ours.recall)} | ${pairs(ours.precision)} | ${defect.toFixed(1)} / ${good?.toFixed(1) ?? '–'} | ${pairs(usual.recall)} | ${pairs(usual.precision)} | ${number(placed.auroc)} | ${number(placed.aupro)} |`,
      ];
    }),
    '',
    ...missesHeader,
    ...misses,
    '',
    '| network | two defects an image, F1 of label sets | micro | macro |',
    '| --- | --- | ---: | ---: |',
    ...labels.flatMap(({ network, regions, images }) => [
      `| ${network} | clusters of regions | ${number(regions.micro)} | ${number(regions.macro)} |`,
      `| ${network} | clusters of images | ${number(images.micro)} | ${number(images.macro)} |`,
    ]),
  ];
  return `${lines.join('\n')}\n`;
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
