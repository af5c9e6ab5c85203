// How a run speaks while it works: the steps of a stage, counted, and when it may end.
import type { Overall, Progress, Stage } from '../api/requests';

/** Counts a stage's steps and estimates its end. */
export interface StageProgress {
  /** One step is done. */
  step: () => void;
}

const millisecondsBetweenReports = 100;
/** Before this, the first images (sessions being opened, files being cold) say little about the rest. */
const secondsBeforeEstimate = 2;

/**
 * Reports a stage at its start, at its end and at most ten times a second in between.
 * @param overallAfter how far the whole run is after so many steps
 */
export function reportStage(
  onProgress: (progress: Progress) => void,
  stage: Stage,
  total: number,
  overallAfter: (done: number) => Overall | undefined = () => undefined,
): StageProgress {
  const start = performance.now();
  let done = 0;
  let reported = 0;
  const report = () => {
    const now = performance.now();
    if (done < total && done > 0 && now - reported < millisecondsBetweenReports) return;
    reported = now;
    const seconds = (now - start) / 1000;
    const isUnknown = seconds < secondsBeforeEstimate || done === 0 || done === total;
    const overall = overallAfter(done);
    onProgress({
      ...{ stage, done, total },
      ...(isUnknown ? {} : { etaSeconds: (seconds / done) * (total - done) }),
      ...(overall ? { overall } : {}),
    });
  };
  report();
  return {
    step() {
      done++;
      report();
    },
  };
}
