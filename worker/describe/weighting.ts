// Where the weights alpha of a run come from, and how each image becomes one vector by them.
import { EngineError } from '../api/errors';
import type { MethodSettings, WeightName } from '../api/settings';
import { elongatedGrid } from '../features/elongation';
import { requireSetting } from '../base/require-setting';
import type { BagShape } from '../pool/tasks/context';
import type { Weighting } from '../pool/tasks/describe';
import { maskSource, type Dataset } from './dataset';

/** Weights as they are used: `auto` is resolved. */
export type ResolvedWeights = Exclude<WeightName, 'auto'>;

/**
 * `auto` becomes what the dataset allows.
 * @throws EngineError `too-few-images` or `invalid-setting` when the dataset lacks what the weights need
 */
export function resolveWeights(
  { weights, hardPatches }: MethodSettings,
  { normals, images, folder }: Dataset,
  { patches }: BagShape,
): ResolvedWeights {
  if (weights === 'auto') return normals.length > 0 ? 'normal' : 'unsupervised';
  if (weights === 'normal' && normals.length === 0) {
    throw new EngineError(
      { code: 'too-few-images', folder },
      'The weights "normal" (Eq. 6) need normal images. Name their folder, or use the weights "unsupervised".',
    );
  }
  requireSetting(
    weights !== 'mask' || images.some(({ masks }) => masks !== undefined),
    'The weights "mask" need ground-truth masks, in a folder "ground_truth" or "masks", or beside their images as "1_mask.png". There are none here.',
  );
  requireSetting(
    weights !== 'hard' || hardPatches <= patches,
    `Hard weights cannot choose ${hardPatches} of ${patches} patches. Use a smaller number.`,
  );
  return weights;
}

/** By content: how an image becomes one vector. */
export function weightingOf(
  { distance, hardPatches }: Pick<MethodSettings, 'distance' | 'hardPatches'>,
  weights: ResolvedWeights,
  temperature: number,
  { dataset: { images, folder }, grid }: { dataset: Dataset } & Pick<BagShape, 'grid'>,
): (content: string) => Weighting {
  if (distance === 'holistic') return () => ({ kind: 'holistic' });
  switch (weights) {
    case 'uniform':
      return () => ({ kind: 'uniform' });
    case 'hard':
      return () => ({ kind: 'hard', patches: hardPatches });
    case 'mask': {
      const sources = new Map(images.map((image) => [image.content, maskSource(folder, image)]));
      const grids = new Map(images.map(({ content, elongation = 1 }) => [content, elongatedGrid(grid, elongation)]));
      return (content) => ({ kind: 'mask', mask: sources.get(content)!, grid: grids.get(content)! });
    }
    default:
      return () => ({ kind: 'softmax', temperature });
  }
}
