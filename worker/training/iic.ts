// IIC: "Invariant Information Clustering for Unsupervised Image Classification and Segmentation", Ji et al., ICCV 2019. The assignments of an
// image and its changed copy share as much information as can be; an over-clustering head takes turns with the main one.
import type { Tensor3D } from '@tensorflow/tfjs-core';
import { convolve, createDense, headLogits, variablesOf, type Dense } from './layers';
import { iicLoss } from './losses';
import { batches, batchOf, changed, plain, type Place } from './maps';
import type { Step, TrainedMethod, TrainingInput } from './method';
import { inChunks } from './predict';

/** Sub-heads of each head. */
const heads = 5;
const features = 64;
/** Clusters of the over-clustering head, as a multiple of k: 70 for the 10 classes of STL-10 and CIFAR-10. */
const overClustering = 7;
/** Pairs; the originals take 660 to 700. */
const batchSize = 256;
const leastSteps = 8;
const epochs = 100;
const learningRate = 1e-3;

export function createIic({ tf, maps, k, random }: TrainingInput): TrainedMethod {
  const { count, channels } = maps;
  const trunk = createDense(tf, channels, features, random);
  const main = createDense(tf, features, heads * k, random);
  const over = createDense(tf, features, heads * k * overClustering, random);
  let best = 0;

  const probabilities = (places: readonly Place[], head: Dense): Tensor3D => {
    const map = convolve(tf, batchOf(tf, maps, places), trunk, true);
    return tf.softmax(headLogits(tf, tf.mean(map, 1), head, heads));
  };

  function* steps(epoch: number): Generator<Step> {
    // As published, the over-clustering head is first in each pair of epochs; the loss that is reported is the main one's.
    const head = epoch % 2 === 0 ? over : main;
    // Several changed copies of each image in one epoch, as the originals repeat images in a batch.
    for (const batch of pairs()) {
      yield {
        variables: variablesOf(trunk, head),
        loss: () => {
          const both = probabilities(
            [...batch.map(plain), ...batch.map((image) => changed(image, maps, random))],
            head,
          );
          const [first, second] = tf.split(both, 2, 0) as [Tensor3D, Tensor3D];
          return iicLoss(tf, first, second);
        },
      };
    }
  }

  function* pairs(): Generator<number[]> {
    const repeats = Math.max(1, Math.floor(batchSize / count));
    for (const batch of batches(count, batchSize, leastSteps, random))
      yield Array.from({ length: repeats }, () => batch).flat();
  }

  return {
    phases: [{ epochs, learningRate, weightDecay: 0, steps }],
    keepLosses: (losses, _, epoch) => {
      if (epoch % 2 === 1) best = losses.indexOf(Math.min(...losses));
    },
    probabilities: () =>
      inChunks(count, (images) =>
        tf.tidy(() => {
          const all = probabilities(images.map(plain), main);
          return tf.slice(all, [0, best, 0], [-1, 1, -1]).dataSync() as Float32Array;
        }),
      ),
  };
}
