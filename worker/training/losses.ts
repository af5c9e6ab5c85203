// The losses of SCAN, IIC and GATCluster, as their publications have them, on tensors; several heads at once where a method has several.
import type { Scalar, Tensor, Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import type { Tensors } from './library';

/** Probabilities below this are taken for this: their logarithm is asked for. */
const least = 1e-8;

function log(tf: Tensors, values: Tensor): Tensor {
  return tf.log(tf.maximum(values, least));
}

/**
 * SCAN, Eq. 2: −mean log⟨Φ(x), Φ(neighbour)⟩ − λ H(mean Φ).
 * @param anchors (B, heads, k) probabilities
 * @param neighbours (B, heads, k)
 * @returns (heads)
 */
export function scanLoss(tf: Tensors, anchors: Tensor3D, neighbours: Tensor3D, entropyWeight: number): Tensor1D {
  const consistency = tf.neg(tf.mean(log(tf, tf.sum(tf.mul(anchors, neighbours), 2)), 0));
  const mean = tf.mean(anchors, 0);
  const negativeEntropy = tf.sum(tf.mul(mean, log(tf, mean)), 1);
  return tf.add(consistency, tf.mul(negativeEntropy, entropyWeight));
}

/**
 * SCAN, self-labelling: cross entropy of strongly changed images with the confident labels of plain ones, each class with the same weight.
 * @param logits (B, k) of the changed images
 * @param targets (B, k), one-hot
 * @param weights (B) of the images, zero for those that are not confident; not all zero
 */
export function selfLabelLoss(tf: Tensors, logits: Tensor2D, targets: Tensor2D, weights: Tensor1D): Scalar {
  const logProbabilities = tf.sub(logits, tf.logSumExp(logits, 1, true));
  const each = tf.neg(tf.sum(tf.mul(targets, logProbabilities), 1));
  return tf.div(tf.sum(tf.mul(each, weights), 0), tf.sum(weights, 0));
}

/**
 * IIC, Eq. 3: minus the mutual information of the assignments of images and their changed copies, from their symmetric joint distribution.
 * @param plain (B, heads, k) probabilities
 * @param changed (B, heads, k)
 * @returns (heads)
 */
export function iicLoss(tf: Tensors, plain: Tensor3D, changed: Tensor3D): Tensor1D {
  const joint: Tensor3D = tf.matMul(tf.transpose(plain, [1, 2, 0]), tf.transpose(changed, [1, 0, 2]));
  const symmetric = tf.add(joint, tf.transpose(joint, [0, 2, 1]));
  const normal = tf.div(symmetric, tf.sum(symmetric, [1, 2], true));
  const marginals = tf.add(log(tf, tf.sum(normal, 1, true)), log(tf, tf.sum(normal, 2, true)));
  return tf.sum(tf.mul(normal, tf.sub(marginals, log(tf, normal))), [1, 2]);
}

/** What GATCluster's first step, without gradients, tells its second: see `gatclusterTargets`. */
export interface GatclusterTargets {
  /** (B, k) */
  invariance: Tensor2D;
  /** (B, B): 1 where two images are of one cluster. */
  relation: Tensor2D;
  /** (B, k) */
  attention: Tensor2D;
}

/** Weights of GATCluster's four tasks, as its authors' configuration for STL-10 has them. */
export const gatclusterWeights = { invariance: 5, entropy: 3, relation: 1, attention: 5 } as const;

/**
 * GATCluster's four tasks: transformation invariance, separability maximisation, entropy, and attention.
 * @param whole (B, k) probabilities of the whole map
 * @param attended (B, k) of what the attention looks at
 */
export function gatclusterLoss(tf: Tensors, whole: Tensor2D, attended: Tensor2D, targets: GatclusterTargets): Scalar {
  const { invariance, relation, attention } = targets;
  const weights = gatclusterWeights;
  const negativeEntropy = (probabilities: Tensor2D) => {
    const mean = tf.mean(probabilities, 0);
    return tf.sum(tf.mul(mean, log(tf, mean)));
  };
  const unit: Tensor2D = tf.div(whole, tf.add(tf.sqrt(tf.sum(tf.square(whole), 1, true)), 1e-5));
  const similarity: Tensor2D = tf.sum(tf.mul(tf.expandDims(unit, 1), tf.expandDims(unit, 0)), 2);
  const terms: Tensor[] = [
    tf.mul(tf.neg(tf.mean(tf.sum(tf.mul(whole, invariance), 1))), weights.invariance),
    tf.mul(tf.add(negativeEntropy(whole), negativeEntropy(attended)), weights.entropy),
    tf.mul(crossEntropy(tf, similarity, relation, lowerTriangle(tf, whole.shape[0])), weights.relation),
    tf.mul(crossEntropy(tf, attended, attention), weights.attention),
  ];
  return tf.addN(terms) as Scalar;
}

/** Each pair of images once, and each with itself. */
function lowerTriangle(tf: Tensors, size: number): Tensor2D {
  const ones = Float32Array.from({ length: size * size }, (_, i) => (i % size <= Math.floor(i / size) ? 1 : 0));
  return tf.tensor2d(ones, [size, size]);
}

/** Binary cross entropy, the mean over all entries, or over those of the mask. */
function crossEntropy(tf: Tensors, predicted: Tensor2D, target: Tensor2D, mask?: Tensor2D): Tensor {
  const inside = tf.clipByValue(predicted, 1e-7, 1 - 1e-7);
  const each = tf.neg(tf.add(tf.mul(target, tf.log(inside)), tf.mul(tf.sub(1, target), tf.log(tf.sub(1, inside)))));
  return mask === undefined ? tf.mean(each) : tf.div(tf.sum(tf.mul(each, mask)), tf.sum(mask));
}
