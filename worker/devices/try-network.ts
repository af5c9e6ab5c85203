// A network of the person's own is tried before a run uses it: in a process of its own, with limits of time and memory, because what it
// computes is not to be known from its file (a loop of 2^63 steps, a constant of 14 GB).
import { env } from 'onnxruntime-node';
import { EngineError } from '../api/errors';
import { throwIfCancelled } from '../base/cancel';
import type { Model } from '../features/model';
import { cacheKey } from '../store/cache';
import type { DeviceContext } from './choose';
import { inProbe, type ProbeLimits } from './in-probe';

/** For one image, the file being read included. */
const usualLimits: ProbeLimits = { milliseconds: 50_000 };

/**
 * Does nothing for a network that was tried before, by its content.
 * @param limits of what it may take for one image
 * @throws EngineError `model-invalid` when it crashes, takes too long or too much memory; `cancelled`
 */
export async function tryNetwork(context: DeviceContext, model: Model, limits = usualLimits): Promise<void> {
  const { cache, flag, pool } = context;
  const key = cacheKey('tried', env.versions.node ?? '', model.hash, model.output ?? '', JSON.stringify(model.input));
  if (await cache.has('devices', key)) return;
  const { failure } = await inProbe(context, { device: 'cpu', model, threads: pool.threads, once: true }, limits);
  throwIfCancelled(flag);
  if (failure !== undefined) {
    throw new EngineError(
      { code: 'model-invalid', file: model.file },
      `The network ${model.file} was tried with one image and ${failure}. Use another network.`,
    );
  }
  await cache.putJson('devices', key, true);
}
