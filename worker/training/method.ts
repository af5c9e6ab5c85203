// What a method of deep clustering is to the trainer: phases of epochs, each a few batches with a loss, and labels at any time.
import type { Tensor1D, Variable } from '@tensorflow/tfjs-core';
import type { Random } from '../base/random';
import type { Tensors } from './library';
import type { ViewMaps } from './maps';

/** What a head is trained with. */
export interface TrainingInput {
  tf: Tensors;
  maps: ViewMaps;
  /** Number of clusters. */
  k: number;
  random: Random;
}

/** One step: what is minimised, and by which variables. */
export interface Step {
  /** (heads): their mean is minimised. */
  loss: () => Tensor1D;
  variables: Variable[];
}

export interface Phase {
  /** At most, where the loss is flat before. */
  epochs: number;
  /** The loss rests on plateaus for long and falls again, so that a flat one tells nothing: all epochs are trained. */
  hasPlateaus?: boolean;
  learningRate: number;
  /** Of Adam, added to the gradients as torch does. */
  weightDecay: number;
  /** The steps of one epoch; none: the phase has nothing to learn from, and ends. */
  steps: (epoch: number) => Iterable<Step>;
}

export interface TrainedMethod {
  phases: Phase[];
  /** Told the mean loss of each head over an epoch: a method with several heads takes the best. */
  keepLosses?: (losses: Float32Array, phase: number, epoch: number) => void;
  /** (N, k) probabilities of the images themselves, by the head that counts. Values of the caller. */
  probabilities: () => Float32Array;
  /** (N, side²) attention, where the method has one. */
  attention?: () => Float32Array;
}
