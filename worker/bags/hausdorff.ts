// Distances between bags of the Hausdorff family: Eq. 2 over the two directions of Eq. 3, with the operators of the paper's Table 5.
import type { DistanceName } from '../api/settings';
import type { PairTable } from './pairs';

/** The distances that compare all patches of two images, instead of one vector an image. */
export type HausdorffName = Exclude<DistanceName, 'weighted-average' | 'holistic'>;

/** Whether a distance compares all patches of two images. */
export function isHausdorff(name: DistanceName): name is HausdorffName {
  return name !== 'weighted-average' && name !== 'holistic';
}

/**
 * Distances of all pairs i < j, condensed as scipy's pdist.
 *
 * | name           | of each direction (Eq. 3)      | of the two (Eq. 2) |
 * | -------------- | ------------------------------ | ------------------ |
 * | max-hausdorff  | max over m of min over n       | max                |
 * | max-min-mean   | max over m of min over n       | mean               |
 * | min-min        | min over m of min over n       | (both are equal)   |
 * | mean-min-max   | mean over m of min over n      | max                |
 * | mean-min-mean  | mean over m of min over n      | mean               |
 * | mean-mean      | mean over m of mean over n     | (both are equal)   |
 */
export function hausdorffDistances(table: PairTable, name: HausdorffName): Float64Array {
  switch (name) {
    case 'max-hausdorff':
      return both(table.field('largestForward'), table.field('largestBackward'), Math.max);
    case 'max-min-mean':
      return both(table.field('largestForward'), table.field('largestBackward'), mean);
    case 'min-min':
      return Float64Array.from(table.field('smallest'));
    case 'mean-min-max':
      return both(table.field('meanForward'), table.field('meanBackward'), Math.max);
    case 'mean-min-mean':
      return both(table.field('meanForward'), table.field('meanBackward'), mean);
    case 'mean-mean':
      return Float64Array.from(table.field('meanOfAll'));
  }
}

function both(forward: Float32Array, backward: Float32Array, combine: (a: number, b: number) => number): Float64Array {
  return Float64Array.from(forward, (value, pair) => combine(value, backward[pair]!));
}

function mean(a: number, b: number): number {
  return (a + b) / 2;
}
