// The training loop of all methods: seeded, one step after the other, looking at the flag between steps, ending early where the loss is flat.
import type { NamedTensorMap, Scalar, Tensor1D } from '@tensorflow/tfjs-core';
import { setImmediate } from 'node:timers/promises';
import type { TrainedClustererName } from '../api/settings';
import { createRandom } from '../base/random';
import { createGatcluster } from './gatcluster';
import { createIic } from './iic';
import { loadTensors, type Tensors } from './library';
import type { ViewMaps } from './maps';
import type { Phase, Step, TrainedMethod, TrainingInput } from './method';
import { mostProbable } from './predict';
import { createScan } from './scan';

export interface TrainOptions {
  /** Number of clusters. */
  k: number;
  seed: number;
  /** Called between steps; may throw to stop. */
  onStep?: (() => void) | undefined;
  /** After every epoch. `labels` costs a prediction, and is for looking on: nothing of it comes back. */
  onEpoch?: ((epoch: EpochReport) => void) | undefined;
}

export interface EpochReport {
  /** Epochs that are done, of all phases, and how many there are at most. */
  done: number;
  most: number;
  loss: number;
  labels: () => Int32Array;
}

export interface Trained {
  /** (N), cluster of each image: any of 0 … k − 1. */
  labels: Int32Array;
  /** Epochs that were trained. */
  epochs: number;
  /** Mean loss of each epoch, by phase. */
  losses: number[][];
  /** (N, side²), where the method has one. */
  attention?: Float32Array;
}

const methods: Record<TrainedClustererName, (input: TrainingInput) => TrainedMethod> = {
  scan: createScan,
  iic: createIic,
  gatcluster: createGatcluster,
};

/** The loss is flat when its mean over so many epochs … */
const flatEpochs = 10;
/** … is not lower than over as many before by this share of what it has fallen. */
const flatShare = 0.01;

/**
 * Trains a head on the maps of some images. The same seed gives the same labels on one machine.
 * @throws EngineError `invalid-setting` where the library is missing; whatever `onStep` throws
 */
export async function train(clusterer: TrainedClustererName, maps: ViewMaps, options: TrainOptions): Promise<Trained> {
  const tf = await loadTensors();
  const { k, seed, onEpoch } = options;
  tf.engine().startScope();
  try {
    const method = methods[clusterer]({ tf, maps, k, random: createRandom(seed) });
    const labels = () => mostProbable(method.probabilities(), k);
    const most = method.phases.reduce((sum, { epochs }) => sum + epochs, 0);
    const losses: number[][] = [];
    let before = 0;
    for (const [index, phase] of method.phases.entries()) {
      const own: number[] = [];
      losses.push(own);
      for await (const loss of epochsOf(tf, method, phase, index, options)) {
        own.push(loss);
        onEpoch?.({ done: before + own.length, most, loss, labels });
      }
      before += phase.epochs;
    }
    const attention = method.attention?.();
    return {
      labels: labels(),
      epochs: losses.reduce((sum, { length }) => sum + length, 0),
      losses,
      ...(attention ? { attention } : {}),
    };
  } finally {
    tf.engine().endScope();
    tf.disposeVariables();
  }
}

type Optimiser = ReturnType<Tensors['train']['adam']>;

/** The mean loss of each epoch. */
async function* epochsOf(
  tf: Tensors,
  method: TrainedMethod,
  phase: Phase,
  index: number,
  { onStep }: TrainOptions,
): AsyncGenerator<number> {
  const optimisers = new Map<string, Optimiser>();
  // Its moments are kept by the place of a variable, so heads that take turns have one each.
  const optimiserOf = ({ variables }: Step): Optimiser => {
    const key = variables.map(({ name }) => name).join(' ');
    const known = optimisers.get(key) ?? tf.train.adam(phase.learningRate);
    optimisers.set(key, known);
    return known;
  };
  const losses: number[] = [];
  try {
    for (let epoch = 0; epoch < phase.epochs; epoch++) {
      let sums: Float32Array | undefined;
      let steps = 0;
      for (const step of phase.steps(epoch)) {
        onStep?.();
        const found = takeStep(tf, optimiserOf(step), step, phase.weightDecay);
        sums = sums ? sums.map((sum, head) => sum + found[head]!) : found;
        steps++;
        // Ctrl-C and progress get their turn.
        await setImmediate();
      }
      if (!sums) return;
      const means = sums.map((sum) => sum / steps);
      method.keepLosses?.(means, index, epoch);
      const loss = means.reduce((sum, each) => sum + each, 0) / means.length;
      losses.push(loss);
      yield loss;
      if (!phase.hasPlateaus && isFlat(losses)) return;
    }
  } finally {
    for (const optimiser of optimisers.values()) optimiser.dispose();
  }
}

/** @returns the loss of each head before the step */
function takeStep(tf: Tensors, optimiser: Optimiser, { loss, variables }: Step, weightDecay: number): Float32Array {
  let perHead: Tensor1D | undefined;
  const { value, grads } = tf.variableGrads((): Scalar => {
    perHead = tf.keep(loss());
    return tf.mean(perHead);
  }, variables);
  const decayed = tf.tidy((): NamedTensorMap =>
    Object.fromEntries(
      variables.map((variable) => {
        const gradient = grads[variable.name]!;
        return [variable.name, weightDecay === 0 ? gradient : tf.add(gradient, tf.mul(variable, weightDecay))];
      }),
    ),
  );
  optimiser.applyGradients(decayed as never);
  const found = perHead!.dataSync() as Float32Array;
  tf.dispose([value, perHead!, grads, decayed]);
  return found;
}

/** Two windows of epochs, so that neither chance nor heads that take turns count as an end. */
export function isFlat(losses: readonly number[]): boolean {
  if (losses.length < 3 * flatEpochs) return false;
  const mean = (from: number, to: number) => losses.slice(from, to).reduce((sum, loss) => sum + loss, 0) / (to - from);
  const { length } = losses;
  const [start, earlier, later] = [
    mean(0, 2),
    mean(length - 2 * flatEpochs, length - flatEpochs),
    mean(length - flatEpochs, length),
  ];
  return earlier - later <= flatShare * Math.abs(start - earlier);
}
