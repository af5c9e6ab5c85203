// Runs the program of probe.ts, with a limit of time: whatever becomes of it, this process goes on.
import { fork } from 'node:child_process';
import { totalmem } from 'node:os';
import { isCancelled, type CancelFlag } from '../base/cancel';
import type { ProbeRequest } from './probe';
import type { DeviceReport } from './selection';

const millisecondsBetweenLooks = 100;
/** A network that takes more for one image is none for this machine. */
const usualMemoryBytes = Math.min(6e9, totalmem() / 2);

/** What a probe may take. */
export interface ProbeLimits {
  milliseconds: number;
  /** Half of the machine, and at most 6 GB, unless told. */
  memoryBytes?: number;
}

/** What became of a probe: its report, or how it ended without one. */
export type ProbeOutcome = { report: DeviceReport; failure?: never } | { report?: never; failure: string };

/**
 * @param limits beyond which it is ended
 * @returns `failure` in words to put behind a name: "crashed (SIGSEGV)"
 */
export function inProbe(
  { probeFile, flag }: { probeFile: string; flag: CancelFlag },
  request: Omit<ProbeRequest, 'memoryBytes'>,
  { milliseconds, memoryBytes = usualMemoryBytes }: ProbeLimits,
): Promise<ProbeOutcome> {
  return new Promise((resolve) => {
    const child = fork(probeFile, [], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'], execArgv: [] });
    let isLate = false;
    const timer = setTimeout(() => (isLate = child.kill('SIGKILL')), milliseconds);
    const watch = setInterval(() => isCancelled(flag) && child.kill('SIGKILL'), millisecondsBetweenLooks);
    let report: DeviceReport | undefined;
    let problem: string | undefined;
    child.once('message', (message) => (report = message as DeviceReport));
    child.on('error', (error) => (problem ??= error.message));
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      clearInterval(watch);
      if (report) resolve({ report });
      else if (isLate) resolve({ failure: `did not answer within ${milliseconds / 1000} s` });
      else if (signal === 'SIGKILL')
        resolve({ failure: `took more than ${(memoryBytes / 1e9).toFixed(1)} GB of memory, or than there was` });
      else resolve({ failure: problem ?? `crashed (${signal ?? `exit code ${code}`})` });
    });
    child.send({ ...request, memoryBytes } satisfies ProbeRequest);
  });
}
