// The weights alpha of a run's patches, from the distances of a heat map: as the engine weighed them.
import { hardWeights, patchWeights, uniformWeights } from '../../worker/bags/weights';
import type { LabelMethod } from '../../worker/labels/view';

/** (M) distances to (M) weights, which sum to one. */
export type WeightsOf = (distances: Float32Array) => Float64Array;

/** Undefined where weights do not follow from distances: with masks, and where images are not compared by weighted averages. */
export function weightsOf({ weights, hardPatches }: LabelMethod, temperature: number): WeightsOf | undefined {
  switch (weights) {
    case 'unsupervised':
    case 'normal':
      return (distances) => patchWeights(distances, temperature);
    case 'hard':
      return hardPatches !== undefined ? (distances) => hardWeights(distances, hardPatches) : undefined;
    case 'uniform':
      return (distances) => uniformWeights(distances.length);
    default:
      return undefined;
  }
}
