// SCAN: "Learning to Classify Images without Labels", Van Gansbeke et al., ECCV 2020. Images agree with their nearest neighbours, ten heads
// at once; then the best head learns from its own confident labels on strongly changed images.
import type { Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import { createDense, headLogits, variablesOf } from './layers';
import { scanLoss, selfLabelLoss } from './losses';
import { batches, plain, plainAverages, stronglyChanged, weaklyChanged } from './maps';
import type { Step, TrainedMethod, TrainingInput } from './method';
import { nearestNeighbours } from './neighbours';
import { createTrunk, trunkFeatures } from './trunk';

const heads = 10;
const mostNeighbours = 20;
const entropyWeight = 5;
const batchSize = 128;
/** Of the self-labelling. */
const confident = 0.99;
const leastSteps = 10;
const epochs = 100;
const selfLabelEpochs = 200;
const learningRate = 1e-3;
const weightDecay = 1e-4;

export function createScan(input: TrainingInput): TrainedMethod {
  const { tf, maps, k, random } = input;
  const { count, channels } = maps;
  const trunk = createTrunk(input);
  const head = createDense(tf, trunkFeatures, heads * k, random);
  const variables = [...trunk.variables, ...variablesOf(head)];
  // 20 as published; fewer where a cluster has about as many images.
  const wanted = Math.max(1, Math.min(mostNeighbours, Math.floor(count / (2 * k))));
  const neighbours = nearestNeighbours(plainAverages(maps), count, channels, wanted);
  let best = 0;

  const logits = (features: Tensor2D): Tensor3D => headLogits(tf, features, head, heads);
  const probabilities = (features: Tensor2D) => tf.softmax(logits(features));
  const ofBest = (all: Tensor3D): Tensor2D => tf.reshape(tf.slice(all, [0, best, 0], [-1, 1, -1]), [-1, k]);

  function* steps(): Generator<Step> {
    for (const batch of batches(count, batchSize, leastSteps, random)) {
      const anchors = batch.map((image) => weaklyChanged(image, maps, random));
      const others = batch.map((image) =>
        weaklyChanged(neighbours[image * wanted + random.integer(0, wanted - 1)]!, maps, random),
      );
      yield {
        variables,
        loss: () =>
          scanLoss(
            tf,
            probabilities(trunk.featuresOf(anchors)),
            probabilities(trunk.featuresOf(others)),
            entropyWeight,
          ),
      };
    }
  }

  function* selfLabelSteps(): Generator<Step> {
    for (const batch of batches(count, 2 * batchSize, leastSteps, random)) {
      const known = tf.tidy(() => ofBest(probabilities(trunk.featuresOf(batch.map(plain)))).dataSync());
      const labels = batch.map((_, row) => {
        const own = known.subarray(row * k, (row + 1) * k);
        const label = own.indexOf(Math.max(...own));
        return own[label]! > confident ? label : -1;
      });
      const sizes = Array.from({ length: k }, (_, c) => labels.filter((label) => label === c).length);
      if (labels.every((label) => label < 0)) continue;
      const places = batch.map((image) => stronglyChanged(image, maps, random));
      yield {
        variables,
        loss: () => {
          const targets = tf.tensor2d(
            Float32Array.from({ length: batch.length * k }, (_, i) => (labels[Math.floor(i / k)] === i % k ? 1 : 0)),
            [batch.length, k],
          );
          const weights = tf.tensor1d(labels.map((label) => (label < 0 ? 0 : 1 / sizes[label]!)));
          return tf.reshape(selfLabelLoss(tf, ofBest(logits(trunk.featuresOf(places))), targets, weights), [1]);
        },
      };
    }
  }

  return {
    phases: [
      { epochs, learningRate, weightDecay, steps },
      { epochs: selfLabelEpochs, learningRate: learningRate / 10, weightDecay, steps: selfLabelSteps },
    ],
    keepLosses: (losses, phase) => {
      if (phase === 0) best = losses.indexOf(Math.min(...losses));
    },
    probabilities: () => tf.tidy(() => ofBest(probabilities(trunk.featuresOfAll())).dataSync() as Float32Array),
  };
}
