// What the checks outside `npm test` share: the command line as a person runs it, and the data that only some machines have.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '..', '..');
const cli = join(root, 'dist', 'cli.cjs');

/** A path below shared/ beside the checkout. Ends the process with a clear line when it is not there. */
export function requireShared(...parts: string[]): string {
  const path = join(root, '..', 'shared', ...parts);
  if (existsSync(path)) return path;
  console.log(`skipped, needs shared/${parts.join('/')}`);
  process.exit(0);
}

/** A new folder that is removed when the process ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'anomaly-check-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export interface CliRun {
  stdout: string;
  seconds: number;
  /** Peak resident memory in megabytes; absent where GNU time is not installed. */
  megabytes?: number;
}

/** Runs the command line with a cache of its own. Throws with its output when it fails. */
export function runCli(args: string[], cacheFolder: string): CliRun {
  const gnuTime = existsSync('/usr/bin/time') ? ['/usr/bin/time', '-f', '%M'] : [];
  const [command, ...rest] = [...gnuTime, process.execPath, cli, ...args];
  const start = Date.now();
  const result = spawnSync(command!, rest, {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    env: { ...process.env, ANOMALY_CLUSTERING_CACHE: cacheFolder },
  });
  if (result.status !== 0)
    throw new Error(`${args.join(' ')} ended with ${result.status}\n${result.stdout}\n${result.stderr}`);
  const peak = Number(result.stderr.trim().split('\n').pop());
  return {
    stdout: result.stdout,
    seconds: (Date.now() - start) / 1000,
    ...(gnuTime.length > 0 && Number.isFinite(peak) ? { megabytes: Math.round(peak / 1024) } : {}),
  };
}
