// What a run needs around it: the pool, the cache and the model files; and how it speaks while it works.
import { join } from 'node:path';
import type { Progress, Stage } from './api';
import type { CancelFlag } from './cancel';
import { onlyCpu, type DeviceSelection } from './devices/report';
import { Pool } from './pool/pool';
import type { TaskContext } from './pool/tasks/thread';
import { Cache } from './store/cache';

/** Lives as long as its process. */
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

/** One run of it, which can be watched and cancelled. */
export interface Run extends Engine {
  flag: CancelFlag;
  onProgress: (progress: Progress) => void;
  devices: DeviceSelection;
}

/** A run on the CPU; what needs a device chooses one with `chooseDevices`. */
export function startRun(engine: Engine, flag: CancelFlag, onProgress: (progress: Progress) => void): Run {
  return { ...engine, flag, onProgress, devices: onlyCpu };
}

export function taskContext({ cache, flag, devices }: Run): TaskContext {
  return { cacheFolder: cache.folder, flag, devices };
}

/** Counts a stage's steps and estimates its end. */
export interface StageProgress {
  /** One step is done. */
  step: () => void;
}

const millisecondsBetweenReports = 100;
/** Before this, the first images (sessions being opened, files being cold) say little about the rest. */
const secondsBeforeEstimate = 2;

/** Reports a stage at its start, at its end and at most ten times a second in between. */
export function startStage({ onProgress }: Run, stage: Stage, total: number): StageProgress {
  const start = Date.now();
  let done = 0;
  let reported = 0;
  const report = () => {
    const now = Date.now();
    if (done < total && done > 0 && now - reported < millisecondsBetweenReports) return;
    reported = now;
    const seconds = (now - start) / 1000;
    const isUnknown = seconds < secondsBeforeEstimate || done === 0 || done === total;
    onProgress({ stage, done, total, ...(isUnknown ? {} : { etaSeconds: (seconds / done) * (total - done) }) });
  };
  report();
  return {
    step() {
      done++;
      report();
    },
  };
}
