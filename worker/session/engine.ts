// What lives as long as the engine's process: the pool, the cache, and where the model files are.
import '../base/no-telemetry';
import { join } from 'node:path';
import { Pool } from '../pool/pool';
import { Cache } from '../store/cache';

export interface Engine {
  pool: Pool;
  cache: Cache;
  /** Folder of catalogue.json and the built-in networks. */
  modelsFolder: string;
  /** The program that measures a device. */
  probeFile: string;
}

/** @param dist the folder of the bundles, beside which `models/` lies */
export function openEngine(dist: string): Engine {
  // NVIDIA's cards round matrix products to ten bits unless they are told not to.
  process.env['NVIDIA_TF32_OVERRIDE'] ??= '0';
  return {
    pool: new Pool({ taskFile: join(dist, 'task.cjs'), deviceFile: join(dist, 'device.cjs') }),
    cache: new Cache(),
    modelsFolder: join(dist, '..', 'models'),
    probeFile: join(dist, 'probe.cjs'),
  };
}
