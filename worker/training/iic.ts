// IIC: "Invariant Information Clustering for Unsupervised Image Classification and Segmentation", Ji et al., ICCV 2019. The assignments of an
// image and its changed copy share as much information as can be; an over-clustering head takes turns with the main one.
import type { Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import { createDense, headLogits, variablesOf, type Dense } from './layers';
import { iicLoss } from './losses';
import { batches, changed, plain } from './maps';
import type { Step, TrainedMethod, TrainingInput } from './method';
import { createTrunk, trunkFeatures } from './trunk';

/** Sub-heads of each head. */
const heads = 5;
/** Clusters of the over-clustering head, as a multiple of k: 70 for the 10 classes of STL-10 and CIFAR-10. */
const overClustering = 7;
/** Pairs; the originals take 660 to 700. */
const batchSize = 256;
/** Changed copies of an image in a batch, at most, as in the originals' for STL-10. */
const mostCopies = 5;
const leastSteps = 8;
const epochs = 100;
const learningRate = 1e-3;

export function createIic(input: TrainingInput): TrainedMethod {
  const { tf, maps, k, random } = input;
  const trunk = createTrunk(input);
  const main = createDense(tf, trunkFeatures, heads * k, random);
  const over = createDense(tf, trunkFeatures, heads * k * overClustering, random);
  const copies = Math.max(1, Math.min(mostCopies, Math.floor(batchSize / maps.count)));
  let best = 0;

  const classify = (features: Tensor2D, head: Dense): Tensor3D => tf.softmax(headLogits(tf, features, head, heads));

  function* steps(epoch: number): Generator<Step> {
    // As published, the over-clustering head is first in each pair of epochs.
    const head = epoch % 2 === 0 ? over : main;
    for (const batch of batches(maps.count, batchSize, leastSteps, random)) {
      const places = Array.from({ length: copies }, () => batch.map((image) => changed(image, maps, random))).flat();
      yield {
        variables: [...trunk.variables, ...variablesOf(head)],
        loss() {
          const ofCopies = classify(trunk.featuresOf(places), head);
          const [, , clusters] = ofCopies.shape;
          // The joint distribution of images and the mean of their copies is that of all these pairs.
          const mean: Tensor3D = tf.mean(tf.reshape(ofCopies, [copies, batch.length, heads, clusters]), 0);
          return iicLoss(tf, classify(trunk.featuresOf(batch.map(plain)), head), mean);
        },
      };
    }
  }

  return {
    // A cluster that has no images yet gets some after long; until then the information rests at the logarithm of the number of the others.
    phases: [{ epochs, learningRate, weightDecay: 0, steps, hasPlateaus: true }],
    keepLosses: (losses, _, epoch) => {
      if (epoch % 2 === 1) best = losses.indexOf(Math.min(...losses));
    },
    probabilities: () =>
      tf.tidy(
        () => tf.slice(classify(trunk.featuresOfAll(), main), [0, best, 0], [-1, 1, -1]).dataSync() as Float32Array,
      ),
  };
}
