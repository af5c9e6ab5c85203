// What a run of the command line takes: time, work of the cores, and the peak memory of all its processes together.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface Measured {
  seconds: number;
  /** Of all cores. */
  cpuSeconds: number;
  /** Resident. */
  peakMegabytes: number;
  /** What it printed. */
  output: string;
}

/** Milliseconds between two looks. */
const interval = 50;

/**
 * Runs a script of Node to its end.
 * @param onText gets what it says on the way
 * @throws Error with what it said, where it failed
 */
export async function measureProgram(
  command: readonly string[],
  cache: string,
  onText?: (text: string) => void,
): Promise<Measured> {
  const start = performance.now();
  const child = spawn(process.execPath, command, {
    env: { ...process.env, ANOMALY_CLUSTERING_CACHE: cache },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [log, output, peakMegabytes, cpuSeconds] = ['', '', 0, 0];
  const look = setInterval(() => {
    const pids = withChildren(child.pid!);
    const sum = (value: (pid: number) => number) => pids.reduce((total, pid) => total + value(pid), 0);
    peakMegabytes = Math.max(
      peakMegabytes,
      sum((pid) => numberIn(`/proc/${pid}/status`, /VmRSS:\s+(\d+)/) / 1024),
    );
    cpuSeconds = Math.max(cpuSeconds, sum(cpuSecondsOf));
  }, interval);
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log += text;
    onText?.(text);
  });
  const code = await new Promise((resolve) => child.on('close', resolve));
  clearInterval(look);
  if (code !== 0) throw new Error(log);
  return { seconds: (performance.now() - start) / 1000, cpuSeconds, peakMegabytes, output };
}

/** A process and all that it started: the command line runs the engine in a process of its own. Linux only: the process alone elsewhere. */
function withChildren(pid: number): number[] {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    return [pid, ...(children === '' ? [] : children.split(' ').flatMap((child) => withChildren(Number(child))))];
  } catch {
    return [pid];
  }
}

/** Linux only: zero elsewhere. */
function numberIn(file: string, pattern: RegExp): number {
  try {
    return Number(pattern.exec(readFileSync(file, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

/** User and system time of a process, from the 14th and 15th field of its status. */
function cpuSecondsOf(pid: number): number {
  const clockTicks = 100;
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
    return (Number(fields[11]) + Number(fields[12])) / clockTicks;
  } catch {
    return 0;
  }
}
