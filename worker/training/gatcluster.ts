// GATCluster: "GATCluster: Self-Supervised Gaussian-Attention Network for Image Clustering", Niu et al., ECCV 2020. In turns, targets are made
// of all images as they are, and the head learns them on changed views, of the whole map and of what a Gaussian attention looks at.
import type { Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import { kmeans } from '../clustering/kmeans';
import { convolve, createDense, dense, meanOverCells, product, variablesOf, type Dense } from './layers';
import { gatclusterLoss } from './losses';
import { batches, batchOf, changed, plain, type Place } from './maps';
import type { Step, TrainedMethod, TrainingInput } from './method';
import { inChunks } from './predict';

const features = 32;
/** Scale of the Gaussian, λ of the paper, in sides of the map. */
const lambda = 0.05;
/** Passes over the images with one set of targets. */
const repeats = 8;
const batchSize = 32;
const leastSteps = 4;
const mostSteps = 96;
const epochs = 60;
const learningRate = 1e-3;
/** No relation is learnt while a cluster has less than this share of its even share. */
const leastClusterShare = 0.1;

interface Seen {
  /** (B, features), the mean over the map. */
  whole: Tensor2D;
  /** (B, features), the sum over what the attention looks at. */
  attended: Tensor2D;
  /** (B, cells) */
  attention: Tensor2D;
}

export function createGatcluster({ tf, maps, k, random }: TrainingInput): TrainedMethod {
  const { count, channels, side } = maps;
  const cells = side * side;
  const layer = (from: number, to: number): Dense => createDense(tf, from, to, random);
  const [trunk, featureLayer] = [layer(channels, features), layer(features, features)];
  const [attentionMap, gaussian] = [layer(features, k), layer(cells * k, 3)];
  const wholeHead = [layer(features, features), layer(features, k)] as const;
  const attendedHead = [layer(features, features), layer(features, k)] as const;
  const variables = variablesOf(trunk, featureLayer, attentionMap, gaussian, ...wholeHead, ...attendedHead);
  const places = Float32Array.from({ length: cells * 2 }, (_, i) => {
    const cell = i >> 1;
    return (i % 2 === 0 ? Math.floor(cell / side) : cell % side) / Math.max(1, side - 1);
  });
  const coordinates = tf.keep(tf.tensor3d(places, [1, cells, 2]));

  /** @returns (rows, k) probabilities */
  const classify = (input: Tensor2D, [hidden, last]: readonly [Dense, Dense]): Tensor2D =>
    tf.softmax(dense(tf, tf.relu(dense(tf, input, hidden)), last));

  /** The Gaussian over the map, whose middle and width the map itself tells. */
  const attend = (map: Tensor3D): Tensor2D => {
    const [rows] = map.shape;
    const flat: Tensor2D = tf.reshape(tf.relu(dense(tf, tf.reshape(map, [rows * cells, features]), attentionMap)), [
      rows,
      cells * k,
    ]);
    const told = tf.sigmoid(dense(tf, flat, gaussian));
    const middle = tf.expandDims(tf.slice(told, [0, 0], [-1, 2]), 1);
    const width = tf.slice(told, [0, 2], [-1, 1]);
    const squared = tf.sum(tf.square(tf.sub(coordinates, middle)), 2);
    return tf.exp(tf.neg(tf.div(squared, tf.add(tf.mul(width, 2 * lambda), 1e-5)))) as Tensor2D;
  };

  const look = (batch: readonly Place[]): Seen => {
    const map = convolve(tf, batchOf(tf, maps, batch), trunk);
    const attention = attend(map);
    const attended: Tensor2D = tf.sum(tf.mul(map, tf.expandDims(attention, 2)), 1);
    // The convolution of the features has no rectifier, so the sums are convolved in place of the cells: the same numbers.
    const { weights, bias } = featureLayer;
    const shift = tf.mul(tf.sum(attention, 1, true), bias);
    return {
      whole: dense(tf, meanOverCells(tf, map), featureLayer),
      attended: tf.add(product(tf, attended, weights as Tensor2D), shift),
      attention,
    };
  };
  const ofAll = (part: keyof Seen) =>
    inChunks(count, (images) => tf.tidy(() => look(images.map(plain))[part].dataSync() as Float32Array));
  const probabilities = () =>
    tf.tidy(() => classify(tf.tensor2d(ofAll('whole'), [count, features]), wholeHead).dataSync() as Float32Array);

  function* steps(epoch: number): Generator<Step> {
    const targets = gatclusterTargets(probabilities(), k, epoch);
    const wanted = Math.min(mostSteps, Math.max(leastSteps, repeats * Math.ceil(count / Math.min(batchSize, count))));
    let taken = 0;
    for (const batch of batches(count, batchSize, wanted, random)) {
      if (taken++ === wanted) return;
      yield {
        variables,
        loss: () => {
          const seen = look(batch.map((image) => changed(image, maps, random)));
          const rows = (values: Float32Array) =>
            tf.tensor2d(
              batch.flatMap((image) => [...values.subarray(image * k, (image + 1) * k)]),
              [batch.length, k],
            );
          const related = batch.flatMap((i) => batch.map((j) => (targets.areRelated(i, j) ? 1 : 0)));
          const loss = gatclusterLoss(tf, classify(seen.whole, wholeHead), classify(seen.attended, attendedHead), {
            invariance: rows(targets.invariance),
            attention: rows(targets.attention),
            relation: tf.tensor2d(related, [batch.length, batch.length]),
          });
          return tf.reshape(loss, [1]);
        },
      };
    }
  }

  return {
    phases: [{ epochs, learningRate, weightDecay: 0, steps }],
    probabilities,
    attention: () => ofAll('attention'),
  };
}

/** What the head learns until the next turn. */
export interface Targets {
  /** (N, k) probabilities, balanced over the clusters. */
  invariance: Float32Array;
  /** (N, k) sharpened probabilities. */
  attention: Float32Array;
  areRelated: (i: number, j: number) => boolean;
}

/**
 * Targets of all images from their probabilities: q over the cluster's sum, and q² over it, each made to sum to one; images are related whose
 * sharpened probabilities k-means puts together, or only with themselves where a cluster is missing or nearly empty.
 * @param probabilities (N, k)
 */
export function gatclusterTargets(probabilities: Float32Array, k: number, seed: number): Targets {
  const count = probabilities.length / k;
  const sums = new Float64Array(k);
  for (const [i, value] of probabilities.entries()) sums[i % k]! += value;
  const normalised = (power: 1 | 2): Float32Array => {
    const values = probabilities.map((value, i) => value ** power / (sums[i % k]! + 1e-5));
    for (let i = 0; i < count; i++) {
      const row = values.subarray(i * k, (i + 1) * k);
      const total = row.reduce((sum, value) => sum + value, 0) + 1e-5;
      for (let c = 0; c < k; c++) row[c]! /= total;
    }
    return values;
  };
  const attention = normalised(2);
  const { labels } = kmeans(attention, count, k, Math.min(k, count), { seed });
  const sizes = new Float64Array(k);
  for (const label of labels) sizes[label]!++;
  const isEven = sizes.every((size) => size > 0 && size >= (count * leastClusterShare) / k);
  return {
    invariance: normalised(1),
    attention,
    areRelated: (i, j) => i === j || (isEven && labels[i] === labels[j]),
  };
}
