// The library that differentiates: TensorFlow.js with its WebAssembly backend, loaded when a head is to be trained and not before.
// It is no part of the extension's package: where it is missing, the error says how to install it.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import envPaths from 'env-paths';
import type * as core from '@tensorflow/tfjs-core';
import { EngineError } from '../api/errors';

export type Tensors = typeof core;

/** The version that was measured; core, the kernels, and the gradients, which are registered by the package of layers. */
const version = '4.22.0';
const packages = ['tfjs-core', 'tfjs-backend-wasm', 'tfjs-layers'].map((name) => `@tensorflow/${name}@${version}`);

/** Where people install the library for a program without a node_modules of its own: beside the networks. */
export function trainingFolder(): string {
  return (
    process.env['ANOMALY_CLUSTERING_TRAINING'] ?? join(envPaths('anomaly-clustering', { suffix: '' }).data, 'training')
  );
}

/** The line that installs what is missing. */
export function installLine(): string {
  return `npm install --ignore-scripts --prefix "${trainingFolder()}" ${packages.join(' ')}`;
}

let loading: Promise<Tensors> | undefined;

/**
 * One thread computes, so that the same numbers come out in every run on a machine.
 * @throws EngineError `invalid-setting` with the line that installs it, where it is not there
 */
export function loadTensors(): Promise<Tensors> {
  loading ??= load();
  // What is installed meanwhile is found the next time.
  loading.catch(() => (loading = undefined));
  return loading;
}

/** Whether {@link loadTensors} finds it. */
export async function canTrain(): Promise<boolean> {
  return loadTensors().then(
    () => true,
    (error: unknown) => {
      if (error instanceof EngineError) return false;
      throw error;
    },
  );
}

async function load(): Promise<Tensors> {
  const before = listenersOfProcess();
  const tensors = await find();
  await tensors.setBackend('wasm');
  await tensors.ready();
  // The backend's loader would end the process on every rejection that nobody waits for.
  for (const [event, known] of before)
    for (const listener of process.listeners(event as 'exit'))
      if (!known.has(listener)) process.removeListener(event, listener);
  return tensors;
}

function listenersOfProcess(): [event: string, known: Set<unknown>][] {
  return ['uncaughtException', 'unhandledRejection'].map((event) => [
    event,
    new Set<unknown>(process.listeners(event as 'exit')),
  ]);
}

async function find(): Promise<Tensors> {
  try {
    const found = (await import('@tensorflow/tfjs-core')) as Tensors & { default?: Tensors };
    await import('@tensorflow/tfjs-backend-wasm');
    await import('@tensorflow/tfjs-layers');
    return found.default ?? found;
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  try {
    const require = createRequire(join(trainingFolder(), 'package.json'));
    const found = require('@tensorflow/tfjs-core') as Tensors;
    require('@tensorflow/tfjs-backend-wasm');
    require('@tensorflow/tfjs-layers');
    return found;
  } catch (error) {
    if (!isMissing(error)) throw error;
    throw new EngineError(
      { code: 'invalid-setting' },
      `IIC, GATCluster and SCAN train a head, for which TensorFlow.js is needed; it is not part of this program. Install it once, then run again: ${installLine()}`,
      { cause: error },
    );
  }
}

function isMissing(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'MODULE_NOT_FOUND' || code === 'ERR_MODULE_NOT_FOUND';
}
