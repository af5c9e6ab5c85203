// SCAN: "Learning to Classify Images without Labels", Van Gansbeke et al., ECCV 2020. Images agree with their nearest neighbours, ten heads
// at once; then the best head learns from its own confident labels on strongly changed images.
import type { Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import { convolve, createDense, headLogits, variablesOf } from './layers';
import { scanLoss, selfLabelLoss } from './losses';
import { batches, batchOf, plain, stronglyChanged, weaklyChanged, type Place } from './maps';
import type { Step, TrainedMethod, TrainingInput } from './method';
import { inChunks } from './predict';
import { nearestNeighbours } from './neighbours';
import { plainAverages } from './maps';

const heads = 10;
const features = 64;
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

export function createScan({ tf, maps, k, random }: TrainingInput): TrainedMethod {
  const { count, channels } = maps;
  const trunk = createDense(tf, channels, features, random);
  const head = createDense(tf, features, heads * k, random);
  const variables = variablesOf(trunk, head);
  // 20 as published; fewer where a cluster has about as many images.
  const wanted = Math.max(1, Math.min(mostNeighbours, Math.floor(count / (2 * k))));
  const neighbours = nearestNeighbours(plainAverages(maps), count, channels, wanted);
  let best = 0;

  const logits = (places: readonly Place[]): Tensor3D => {
    const map = convolve(tf, batchOf(tf, maps, places), trunk, true);
    return headLogits(tf, tf.mean(map, 1), head, heads);
  };
  const probabilities = (places: readonly Place[]) => tf.softmax(logits(places));
  const ofBest = (all: Tensor3D): Tensor2D => tf.reshape(tf.slice(all, [0, best, 0], [-1, 1, -1]), [-1, k]);

  function* steps(): Generator<Step> {
    for (const batch of batches(count, batchSize, leastSteps, random)) {
      const anchors = batch.map((image) => weaklyChanged(image, maps, random));
      const others = batch.map((image) =>
        weaklyChanged(neighbours[image * wanted + random.integer(0, wanted - 1)]!, maps, random),
      );
      yield {
        variables,
        loss: () => {
          const both = probabilities([...anchors, ...others]);
          const [first, second] = tf.split(both, 2, 0) as [Tensor3D, Tensor3D];
          return scanLoss(tf, first, second, entropyWeight);
        },
      };
    }
  }

  function* selfLabelSteps(): Generator<Step> {
    for (const batch of batches(count, 2 * batchSize, leastSteps, random)) {
      const known = tf.tidy(() => ofBest(probabilities(batch.map(plain))).dataSync());
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
          return tf.reshape(selfLabelLoss(tf, ofBest(logits(places)), targets, weights), [1]);
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
    probabilities: () =>
      inChunks(count, (images) => tf.tidy(() => ofBest(probabilities(images.map(plain))).dataSync() as Float32Array)),
  };
}
