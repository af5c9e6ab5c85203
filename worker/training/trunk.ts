// What stands in place of the network that IIC and SCAN train: a convolution over the cells of the frozen network's maps, and their mean.
import type { Tensor2D, Variable } from '@tensorflow/tfjs-core';
import { convolve, createDense, meanOverCells, normaliseBatch, variablesOf } from './layers';
import { batchOf, plain, type Place } from './maps';
import type { TrainingInput } from './method';
import { inChunks } from './predict';

export const trunkFeatures = 64;

export interface Trunk {
  variables: Variable[];
  /** (places, {@link trunkFeatures}), normalised over these places. */
  featuresOf: (places: readonly Place[]) => Tensor2D;
  /** (N, {@link trunkFeatures}) of the images themselves, normalised over all of them. */
  featuresOfAll: () => Tensor2D;
}

export function createTrunk({ tf, maps, random }: TrainingInput): Trunk {
  const layer = createDense(tf, maps.channels, trunkFeatures, random);
  const meansOf = (places: readonly Place[]): Tensor2D =>
    meanOverCells(tf, convolve(tf, batchOf(tf, maps, places), layer));
  return {
    variables: variablesOf(layer),
    featuresOf: (places) => normaliseBatch(tf, meansOf(places)),
    featuresOfAll() {
      const means = inChunks(maps.count, (images) =>
        tf.tidy(() => meansOf(images.map(plain)).dataSync() as Float32Array),
      );
      return normaliseBatch(tf, tf.tensor2d(means, [maps.count, trunkFeatures]));
    },
  };
}
