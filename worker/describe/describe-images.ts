// From images to what is grouped, by the six blocks or by the paper's method: embed → weigh → aggregate.
import type { PatchGrid } from '../api/analysis';
import type { ImageFailure } from '../api/requests';
import type { MethodSettings } from '../api/settings';
import type { Description } from '../pool/tasks/describe';
import type { Session } from '../session/session';
import { describeByBlocks } from './block-vectors';
import type { Dataset, DatasetImage } from './dataset';
import { DistinctImages } from './distinct-images';
import { resolveMethod, type DescribeInput, type DescribeOutput, type ResolvedMethod } from './method';
import { describeByPaper } from './paper-vectors';
import { resolveWeights } from './weighting';

export interface DescribedImage {
  image: DatasetImage;
  /** Smallest and largest score of its patches; the largest is the anomaly score. */
  range: Description['range'];
  /** Where the cache keeps how much each of its patches stands out. */
  heatMapKey: string;
  /** How unlike the known images it is; absent where that was not asked, or is not known. */
  unlikeness?: number | undefined;
}

export interface DescribedDataset extends Pick<
  DescribeOutput,
  'comparison' | 'further' | 'weights' | 'aggregate' | 'references' | 'temperature' | 'blocks' | 'examples'
> {
  method: ResolvedMethod;
  /** Usable images, sorted by path. */
  images: DescribedImage[];
  failures: ImageFailure[];
  /** What the patches are compared with. */
  source: 'other images' | 'normal images';
  grid: PatchGrid;
}

export type DescribeOptions = Partial<Pick<DescribeInput, 'precision' | 'examples' | 'wanted' | 'known'>> & {
  basis?: ReadonlySet<string> | undefined;
};

/**
 * Finds how much every patch stands out, and what stands for each image when images are compared.
 * Precision is that of all comparisons; `mean-mean` takes all patches in any case. Of images beyond the basis (contents; all images unless told)
 * nothing is learnt: they are described as the others are. Where there are examples, all images are new beside them.
 * @throws EngineError `too-few-images`, `invalid-setting`, `mask-invalid`, `model-invalid`, `cancelled`
 */
export async function describeImages(
  session: Session,
  dataset: Dataset,
  settings: MethodSettings,
  options: DescribeOptions = {},
): Promise<DescribedDataset> {
  const method = resolveMethod(settings);
  const input = describeInput(session, dataset, settings, options);
  const { images, normals, usesNormals } = input;
  const { used, range, heatMapKey, unlikeness, ...found } = await (method === 'paper'
    ? describeByPaper(session, input)
    : describeByBlocks(session, input));
  return {
    ...found,
    method,
    images: used.map((image) => ({
      image,
      range: range(image.content),
      heatMapKey: heatMapKey(image.content),
      ...(unlikeness ? { unlikeness: unlikeness.get(image.content) } : {}),
    })),
    failures: failuresOf(dataset, images, normals),
    source: usesNormals ? 'normal images' : 'other images',
    grid: session.shape.grid,
  };
}

/**
 * A dataset as the methods take it: distinct images in their seeded order, and weights as they are used.
 * @throws EngineError `too-few-images`, `invalid-setting`
 */
export function describeInput(
  { model, shape }: Session,
  dataset: Dataset,
  settings: MethodSettings,
  { precision = 'fast', basis, examples = new Map(), wanted = new Set(), known }: DescribeOptions = {},
): DescribeInput {
  const weights = resolveWeights(settings, dataset, shape);
  const images = new DistinctImages(dataset.images, model, settings.seed, basis);
  const normals = new DistinctImages(dataset.normals, model, settings.seed);
  const usesNormals = normals.size > 0 && weights !== 'unsupervised';
  return { dataset, images, normals, weights, usesNormals, settings, precision, examples, wanted, known };
}

function failuresOf(dataset: Dataset, images: DistinctImages, normals: DistinctImages): ImageFailure[] {
  const failed = (all: DatasetImage[], { reasons }: DistinctImages) =>
    all.flatMap(({ path, content }) => {
      const reason = reasons.get(content);
      return reason === undefined ? [] : [{ path, reason }];
    });
  return [...failed(dataset.images, images), ...failed(dataset.normals, normals)];
}
