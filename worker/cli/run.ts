// A command's run: pool and cache opened, progress shown, Ctrl-C turned into a cooperative cancel, everything closed.
import { stderr } from 'node:process';
import { SingleBar } from 'cli-progress';
import type { Progress, Stage } from '../api';
import { openEngine, startRun, type Run } from '../engine';
import { cancel, createCancelFlag } from '../cancel';

/** Where the bundle's files lie. */
export interface Paths {
  /** Folder of the bundles. */
  dist: string;
  /** The report page, with a place for its data. */
  reportPage: string;
  /** The page of a benchmark, likewise. */
  benchmarkPage: string;
}

/** Opens an engine for one command and closes it whatever happens. */
export async function withRun(paths: Paths, isQuiet: boolean, work: (run: Run) => Promise<void>): Promise<void> {
  const flag = createCancelFlag();
  const engine = openEngine(paths.dist);
  const display = stderr.isTTY ? progressBar() : isQuiet ? silence() : plainLines();
  const interrupt = () => cancel(flag);
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  try {
    await work(startRun(engine, flag, display.show));
  } finally {
    display.stop();
    await engine.pool.close();
    await engine.cache.prune();
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
}

interface Display {
  show: (progress: Progress) => void;
  stop: () => void;
}

const stageTitles: Record<Stage, string> = {
  download: 'Downloading',
  scan: 'Reading images',
  embed: 'Embedding',
  compare: 'Comparing patches',
  link: 'Grouping',
  evaluate: 'Evaluating',
};

function progressBar(): Display {
  const format = '{title} [{bar}] {count} {left}';
  const bar = new SingleBar({ format, barsize: 30, hideCursor: true, clearOnComplete: true, stream: stderr });
  let shown: { stage: Stage; total: number } | undefined;
  return {
    show(progress) {
      const { stage, done, total, etaSeconds } = progress;
      const payload = {
        title: stageTitles[stage].padEnd(18),
        count: countOf(progress),
        left: etaSeconds === undefined ? '' : remaining(etaSeconds),
      };
      if (shown?.stage !== stage || shown.total !== total || done === 0) bar.start(total, done, payload);
      else bar.update(done, payload);
      shown = { stage, total };
    },
    stop: () => bar.stop(),
  };
}

const secondsBetweenLines = 5;

/** For logs and pipes: a line when a stage starts, and now and then in between. */
function plainLines(): Display {
  let last = { stage: '', total: -1, time: 0 };
  return {
    show(progress) {
      const { stage, done, total, etaSeconds } = progress;
      const now = Date.now();
      const isNew = last.stage !== stage || last.total !== total;
      if (!isNew && now - last.time < secondsBetweenLines * 1000) return;
      last = { stage, total, time: now };
      const left = etaSeconds === undefined ? '' : `, ${remaining(etaSeconds)}`;
      stderr.write(
        `${stageTitles[stage]}: ${isNew && done === 0 ? totalOf(progress) : `${countOf(progress)}${left}`}\n`,
      );
    },
    stop: () => undefined,
  };
}

function silence(): Display {
  return { show: () => undefined, stop: () => undefined };
}

function countOf({ stage, done, total, bytesPerSecond }: Progress): string {
  if (stage !== 'download') return `${done} of ${total}`;
  const speed = bytesPerSecond === undefined ? '' : `, ${megabytes(bytesPerSecond)} MB/s`;
  return `${megabytes(done)} of ${megabytes(total)} MB${speed}`;
}

function totalOf({ stage, total }: Progress): string {
  return stage === 'download' ? `${megabytes(total)} MB` : String(total);
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}

function remaining(seconds: number): string {
  if (seconds < 90) return `about ${Math.ceil(seconds)} s left`;
  if (seconds < 5400) return `about ${Math.round(seconds / 60)} min left`;
  return `about ${(seconds / 3600).toFixed(1)} h left`;
}
