// What heads are trained on: small maps of every image and its changed views, and batches of them.
import type { Tensor3D } from '@tensorflow/tfjs-core';
import type { Random } from '../base/random';
import type { Tensors } from './library';

/** Maps of N images in V views: the first is the image itself. */
export interface ViewMaps {
  count: number;
  /** Views after the first that change little (`weak`), then those that change much. */
  views: number;
  weak: number;
  /** Cells of a map: side × side. */
  side: number;
  channels: number;
  /** (N, V, side², channels) */
  values: Float32Array;
}

/** One image in one view. */
export interface Place {
  image: number;
  view: number;
}

/** @returns (places, side², channels) */
export function batchOf(tf: Tensors, maps: ViewMaps, places: readonly Place[]): Tensor3D {
  const { views, side, channels, values } = maps;
  const size = side * side * channels;
  const batch = new Float32Array(places.length * size);
  for (const [row, { image, view }] of places.entries()) {
    const from = (image * views + view) * size;
    batch.set(values.subarray(from, from + size), row * size);
  }
  return tf.tensor3d(batch, [places.length, side * side, channels]);
}

export const plain = (image: number): Place => ({ image, view: 0 });

/** A view other than the image itself. */
export function changed(image: number, { views }: ViewMaps, random: Random): Place {
  return { image, view: random.integer(1, views - 1) };
}

/** One that changes little, or the image itself. */
export function weaklyChanged(image: number, { weak }: ViewMaps, random: Random): Place {
  return { image, view: random.integer(0, weak) };
}

/** One that changes much. */
export function stronglyChanged(image: number, { views, weak }: ViewMaps, random: Random): Place {
  return { image, view: random.integer(weak + 1, views - 1) };
}

/** The images in a new order. */
export function shuffled(count: number, random: Random): number[] {
  const order = [...Array(count).keys()];
  for (let i = count - 1; i > 0; i--) {
    const j = random.integer(0, i);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

/**
 * Batches of one epoch: all images once, and as many times more as it takes to make the least number of batches. Sets of a hundred images
 * would otherwise be one step an epoch, where the originals have hundreds.
 */
export function* batches(count: number, size: number, least: number, random: Random): Generator<number[]> {
  const batch = Math.min(size, count);
  let order: number[] = [];
  const wanted = Math.max(Math.ceil(count / batch), least);
  for (let i = 0; i < wanted; i++) {
    if (order.length < batch) order = [...order, ...shuffled(count, random)];
    yield order.splice(0, batch);
  }
}

/** (N, channels): the mean over the cells of the image itself. */
export function plainAverages({ count, views, side, channels, values }: ViewMaps): Float32Array {
  const cells = side * side;
  const means = new Float32Array(count * channels);
  for (let i = 0; i < count; i++) {
    for (let cell = 0; cell < cells; cell++) {
      const from = (i * views * cells + cell) * channels;
      for (let c = 0; c < channels; c++) means[i * channels + c]! += values[from + c]! / cells;
    }
  }
  return means;
}
