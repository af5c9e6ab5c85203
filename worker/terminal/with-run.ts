// A command's run: pool and cache opened, progress shown, Ctrl-C turned into a cooperative cancel and a second one into the end, everything
// closed.
import { stderr } from 'node:process';
import { SingleBar } from 'cli-progress';
import type { Note, Progress, Stage } from '../api/requests';
import { openEngine } from '../session/engine';
import { Run } from '../session/run';
import { visible } from '../base/visible';
import { cancel, createCancelFlag } from '../base/cancel';
import { formatMegabytes, formatRemaining } from '../base/units';

/** Where the bundle's files lie. */
export interface Paths {
  /** Folder of the bundles. */
  dist: string;
  /** The report page, with a place for its data. */
  reportPage: string;
  /** The page of a benchmark, likewise. */
  benchmarkPage: string;
  /** The page that compares two label files, likewise. */
  comparePage: string;
}

/** npm hands on the signal that the terminal has sent already: both are one Ctrl-C. */
const millisecondsOfOneInterrupt = 500;

/** Opens an engine for one command and closes it whatever happens. */
export async function withRun(paths: Paths, isQuiet: boolean, work: (run: Run) => Promise<void>): Promise<void> {
  const flag = createCancelFlag();
  const engine = openEngine(paths.dist);
  const display = stderr.isTTY ? progressBar() : isQuiet ? silence() : plainLines();
  let interruptedAt: number | undefined;
  const interrupt = () => {
    interruptedAt ??= performance.now();
    cancel(flag);
    if (performance.now() - interruptedAt < millisecondsOfOneInterrupt) return;
    display.stop();
    stderr.write('Ended at once. What was finished is kept; the next run goes on from there.\n');
    // Leaving while ONNX Runtime works would be a crash with a message of its own; this is none, and a shell sees the signal.
    process.kill(process.pid, 'SIGKILL');
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  try {
    await work(new Run(engine, flag, display.show));
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
  train: 'Training',
  evaluate: 'Evaluating',
};

/** One bar over all stages, as wide as the terminal has room for. */
function progressBar(): Display {
  const { bar: size, title: titleWidth } = widthsFor(stderr.columns);
  const format = size === 0 ? '{title} {percentage} % {left}' : '{title} [{bar}] {count} {left}';
  const bar = new SingleBar({ format, barsize: size, hideCursor: true, clearOnComplete: true, stream: stderr });
  let isShown = false;
  return {
    show(progress) {
      const { stage, done, total, etaSeconds, notes, overall } = progress;
      if (notes) {
        bar.stop();
        writeNotes(notes);
        isShown = false;
        return;
      }
      const seconds = overall ? overall.etaSeconds : etaSeconds;
      const payload = {
        title: stageTitles[stage].padEnd(titleWidth),
        count: countOf(progress),
        left: seconds === undefined ? '' : formatRemaining(seconds),
      };
      const [at, of] = overall ? [Math.round(overall.part * 1000), 1000] : [done, total];
      if (isShown && bar.getTotal() === of) bar.update(at, payload);
      else bar.start(of, at, payload);
      isShown = done < total;
      // What is printed next finds an empty line, and a terminal that wraps.
      if (!isShown) bar.stop();
    },
    stop: () => bar.stop(),
  };
}

/** Narrower terminals have no room for a bar beside the words. */
function widthsFor(columns = 80): { bar: number; title: number } {
  const words = 18 + 3 + 14 + 18;
  const room = columns - words;
  return room < 8 ? { bar: 0, title: 0 } : { bar: Math.min(30, room), title: 18 };
}

const secondsBetweenLines = 5;

/** For logs and pipes: a line when a stage starts, and now and then in between. */
function plainLines(): Display {
  let last = { stage: '', total: -1, time: 0 };
  return {
    show(progress) {
      const { stage, done, total, etaSeconds, notes, overall } = progress;
      if (notes) {
        writeNotes(notes);
        return;
      }
      const now = performance.now();
      const isNew = last.stage !== stage || last.total !== total;
      if (!isNew && now - last.time < secondsBetweenLines * 1000) return;
      last = { stage, total, time: now };
      const seconds = overall ? overall.etaSeconds : etaSeconds;
      const left = seconds === undefined ? '' : `, ${formatRemaining(seconds)}`;
      stderr.write(
        `${stageTitles[stage]}: ${isNew && done === 0 ? totalOf(progress) : `${countOf(progress)}${left}`}\n`,
      );
    },
    stop: () => undefined,
  };
}

function writeNotes(notes: readonly Note[]): void {
  for (const { label, value } of notes) stderr.write(`${label}: ${visible(value)}\n`);
}

function silence(): Display {
  return { show: () => undefined, stop: () => undefined };
}

function countOf({ stage, done, total, bytesPerSecond, loss }: Progress): string {
  if (loss !== undefined) return `${done} of ${total}, loss ${loss.toFixed(3)}`;
  if (stage !== 'download') return `${done} of ${total}`;
  const speed = bytesPerSecond === undefined ? '' : `, ${formatMegabytes(bytesPerSecond)}/s`;
  return `${formatMegabytes(done).replace(' MB', '')} of ${formatMegabytes(total)}${speed}`;
}

function totalOf({ stage, total }: Progress): string {
  return stage === 'download' ? formatMegabytes(total) : String(total);
}
