// A process that works for another one ends with it, whatever its main thread is doing.
import { Worker } from 'node:worker_threads';

const millisecondsBetweenLooks = 250;
/** Memory fills by gigabytes a second. */
const millisecondsBetweenLooksAtMemory = 20;

/** Runs in a thread of its own: the main thread may be in a loop or in native code. */
const watchdog = `
const { workerData: { parent, grace, pause, memory } } = require('node:worker_threads');
const isThere = () => {
  // An orphan gets another parent, but on Windows.
  if (process.ppid !== parent) return false;
  try {
    process.kill(parent, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
};
let gone;
setInterval(() => {
  if (process.memoryUsage.rss() > memory) process.kill(process.pid, 'SIGKILL');
  if (gone === undefined && isThere()) return;
  gone ??= performance.now();
  if (performance.now() - gone >= grace) process.kill(process.pid, 'SIGKILL');
}, pause);
`;

/**
 * Ends this process when its parent has gone. The thread that watches does not keep the process alive.
 * @param graceMilliseconds in which the process may end by itself
 * @param memoryBytes ends it, too, when it takes more; for what was never tried
 */
export function endWithParent(graceMilliseconds: number, memoryBytes = Infinity): void {
  const pause = memoryBytes < Infinity ? millisecondsBetweenLooksAtMemory : millisecondsBetweenLooks;
  const workerData = { parent: process.ppid, grace: graceMilliseconds, pause, memory: memoryBytes };
  new Worker(watchdog, { eval: true, workerData, execArgv: [] }).unref();
}
