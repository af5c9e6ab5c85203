#!/usr/bin/env node
// What a terminal starts: the command line in a process of its own, so that a crash in native code is told, with an exit code.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';

/** Set for the program, which ends with this process then. */
process.env['ANOMALY_CLUSTERING_LAUNCHED'] = String(process.pid);

const program = join(__dirname, 'program.cjs');
const child = spawn(process.execPath, [...process.execArgv, program, ...process.argv.slice(2)], { stdio: 'inherit' });
let isEnding = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    isEnding = true;
    // A terminal sends Ctrl-C to both; the program takes what comes at the same moment for one.
    child.kill(signal);
  });
}
child.on('error', (error) => {
  console.error(`Error: the command line could not be started: ${error.message}.`);
  process.exitCode = 1;
});
child.on('exit', (code, signal) => {
  if (signal === null) {
    process.exitCode = code ?? 1;
    return;
  }
  const number = constants.signals[signal];
  process.exitCode = 128 + number;
  if (isEnding) return;
  const memory = signal === 'SIGKILL' ? ' The system ends programs like this when memory is short.' : '';
  console.error(
    `Error: the command line was ended by ${signal} (exit code ${128 + number}).${memory} Finished work is kept; the next run goes on from there.`,
  );
});
