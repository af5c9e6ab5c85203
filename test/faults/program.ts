// One run of the command line, with a fault on the way, and what must not come of it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cli } from '../tools/paths';
import type { Try } from './kind';

/** A run that takes longer hangs. */
const limitMilliseconds = 60_000;

export interface Ended {
  status: number | null;
  signal: NodeJS.Signals | null;
  /** Both streams. */
  output: string;
  hangs: boolean;
  /** It was killed as it should be. */
  killed: boolean;
}

export interface ProgramOptions {
  env?: NodeJS.ProcessEnv;
  /** Options of Node itself. */
  node?: readonly string[];
  /** Kills it without a word after so many milliseconds. */
  killAfter?: number;
  /** Does something after so many milliseconds, while the program may be running. */
  meanwhile?: { after: number; act: () => void };
}

export async function runProgram(args: readonly string[], options: ProgramOptions = {}): Promise<Ended> {
  const { env, node = [], killAfter, meanwhile } = options;
  const isGroup = process.platform !== 'win32';
  const child = spawn(process.execPath, [...node, cli, ...args], {
    env: { ...process.env, ...env },
    detached: isGroup,
  });
  // The command line and what started it, at the same moment.
  const kill = () => (isGroup ? process.kill(-child.pid!, 'SIGKILL') : child.kill('SIGKILL'));
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
  let [hangs, killed] = [false, false];
  const timers = [after(limitMilliseconds, () => (hangs = kill()))];
  if (killAfter !== undefined) timers.push(after(killAfter, () => (killed = kill())));
  if (meanwhile) timers.push(after(meanwhile.after, meanwhile.act));
  const [status, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  for (const timer of timers) clearTimeout(timer);
  return { status, signal, output, hangs, killed };
}

/** A fault comes at its moment, whatever the program is doing. */
export function after(milliseconds: number, act: () => unknown): NodeJS.Timeout {
  // eslint-disable-next-line no-restricted-globals -- the moment of a fault, not something waited for
  return setTimeout(act, milliseconds);
}

/** Hangs, crashes and stack traces: what no fault may lead to. */
export function troubleIn({ signal, status, output, hangs, killed }: Ended): Try['lost'] {
  if (hangs) return [{ loss: 'hangs', because: `no end within ${limitMilliseconds / 1000} s: ${output.slice(-300)}` }];
  const isCrash = !killed && (signal !== null || (status !== null && status >= 128));
  if (isCrash)
    return [{ loss: 'stack traces', because: `it ended by ${signal ?? `exit code ${status}`}: ${output.slice(-300)}` }];
  return stackTraceIn(output);
}

/** Lines of a stack trace, as Node and its libraries print them. */
export function stackTraceIn(output: string): Try['lost'] {
  const line = output.split('\n').find((each) => /^\s+at \S.*[:(]\S*:\d+/.test(each) || /^node:internal/.test(each));
  return line === undefined ? [] : [{ loss: 'stack traces', because: line.trim() }];
}
