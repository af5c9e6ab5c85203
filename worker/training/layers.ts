// The layers that heads are made of: a shared 1×1 convolution over the cells of a map, dense layers, batch normalisation, and how weights start.
import type { Tensor, Tensor2D, Tensor3D, Variable } from '@tensorflow/tfjs-core';
import type { Random } from '../base/random';
import type { Tensors } from './library';

/** A dense layer: x W + b. */
export interface Dense {
  /** (from, to) */
  weights: Variable;
  /** (to) */
  bias: Variable;
}

/** Weights drawn evenly within ±1/√from, as torch.nn.Linear starts them. */
export function createDense(tf: Tensors, from: number, to: number, random: Random): Dense {
  const bound = 1 / Math.sqrt(from);
  const draw = (count: number) => Float32Array.from({ length: count }, () => random.between(-bound, bound));
  return { weights: tf.variable(tf.tensor2d(draw(from * to), [from, to])), bias: tf.variable(tf.tensor1d(draw(to))) };
}

export function variablesOf(...layers: Dense[]): Variable[] {
  return layers.flatMap(({ weights, bias }) => [weights, bias]);
}

/**
 * @param input (rows, from)
 * @returns (rows, to)
 */
export function dense(tf: Tensors, input: Tensor2D, { weights, bias }: Dense): Tensor2D {
  return tf.add(product(tf, input, weights as Tensor2D), bias);
}

/** A B. The library's own gradient multiplies transposed matrices, for which its WebAssembly has no fast path: here they are transposed first. */
export function product(tf: Tensors, a: Tensor2D, b: Tensor2D): Tensor2D {
  const multiply = tf.customGrad((...inputs) => {
    const [left, right, save] = inputs as unknown as [Tensor2D, Tensor2D, (tensors: Tensor[]) => void];
    save([left, right]);
    return {
      value: tf.matMul(left, right),
      gradFunc: (upstream: Tensor, [left, right]: Tensor[]) => [
        tf.matMul(upstream, tf.transpose(right!)),
        tf.matMul(tf.transpose(left!), upstream),
      ],
    };
  });
  return multiply(a, b) as Tensor2D;
}

/**
 * The trunk: a 1×1 convolution with a rectifier over every cell, in place of the network that the originals train. What it convolves is data: only
 * the layer has gradients, in closed form, because nearly all time goes into this one.
 * @param maps (rows, cells, channels)
 * @returns (rows, cells, features)
 */
export function convolve(tf: Tensors, maps: Tensor3D, { weights, bias }: Dense): Tensor3D {
  const [rows, cells, channels] = maps.shape;
  const data: Tensor2D = tf.reshape(maps, [rows * cells, channels]);
  const run = tf.customGrad((...inputs) => {
    const [w, b, save] = inputs as unknown as [Tensor2D, Tensor, (tensors: Tensor[]) => void];
    const value = tf.fused.matMul({ a: data, b: w, bias: b, activation: 'relu' });
    save([data, value]);
    return {
      value,
      gradFunc: (upstream: Tensor, [data, value]: Tensor[]) => {
        const passed = tf.mul(upstream, tf.step(value!));
        return [tf.matMul(tf.transpose(data!), passed), tf.sum(passed, 0)];
      },
    };
  });
  return tf.reshape(run(weights, bias), [rows, cells, bias.shape[0]]);
}

/** (rows, features): the mean over the cells. @param map (rows, cells, features) */
export function meanOverCells(tf: Tensors, map: Tensor3D): Tensor2D {
  return tf.mul(tf.sum(map, 1), 1 / map.shape[1]);
}

/** @returns (rows, heads, k), the logits of several heads that are one dense layer */
export function headLogits(tf: Tensors, features: Tensor2D, layer: Dense, heads: number): Tensor3D {
  const logits = dense(tf, features, layer);
  return tf.reshape(logits, [features.shape[0], heads, logits.shape[1] / heads]);
}

/** Added to variances, as torch does. */
const leastVariance = 1e-5;

/**
 * Batch normalisation by the statistics of the batch itself, in training as in prediction; no scale and shift, since a dense layer follows.
 * What images have in common is far more than what they differ in, also where a network is frozen: without this step a softmax hardly tells
 * them apart, and the mutual information of IIC stays at its saddle, where all images have the same probabilities.
 * @param batch (rows, features)
 * @returns (rows, features), each feature with mean 0 and variance 1 over the rows; zero where all rows are alike
 */
export function normaliseBatch(tf: Tensors, batch: Tensor2D): Tensor2D {
  // Its gradient in closed form: (1/σ) (g − mean g − x̂ mean(g x̂)).
  const normalise = tf.customGrad((...inputs) => {
    const [rows, save] = inputs as unknown as [Tensor2D, (tensors: Tensor[]) => void];
    const centred = tf.sub(rows, tf.mean(rows, 0));
    const perDeviation = tf.rsqrt(tf.add(tf.mean(tf.square(centred), 0), leastVariance));
    const value = tf.mul(centred, perDeviation);
    save([value, perDeviation]);
    return {
      value,
      gradFunc: (upstream: Tensor, [value, perDeviation]: Tensor[]) => {
        const along = tf.mul(value!, tf.mean(tf.mul(upstream, value!), 0));
        return [tf.mul(tf.sub(tf.sub(upstream, tf.mean(upstream, 0)), along), perDeviation!)];
      },
    };
  });
  return normalise(batch) as Tensor2D;
}
