// What a run needs around it: the pool, the cache and the model files; and how it speaks while it works.
import { EngineError, type Progress, type Stage } from './api';
import type { CancelFlag } from './cancel';
import type { Pool } from './pool/pool';
import type { TaskContext } from './pool/tasks/thread';
import type { Cache } from './store/cache';

/** Lives as long as its process. */
export interface Engine {
  pool: Pool;
  cache: Cache;
  /** Folder of catalogue.json and the built-in networks. */
  modelsFolder: string;
}

/** One run of it, which can be watched and cancelled. */
export interface Run extends Engine {
  flag: CancelFlag;
  onProgress: (progress: Progress) => void;
}

export function taskContext({ cache, flag }: Run): TaskContext {
  return { cacheFolder: cache.folder, flag };
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

/** Checks a setting. @throws EngineError `invalid-setting` */
export function requireSetting(condition: boolean, message: string): asserts condition {
  if (!condition) throw new EngineError('invalid-setting', message);
}
