// Images and the memory that they may take at one time, over threads.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { totalmem } from 'node:os';
import { Worker } from 'node:worker_threads';
import { createImageBudget, shareImageBudget, withinBudget } from '../../../../worker/images/budget';

const gigabyte = 2 ** 30;
const whole = Math.min(2 * gigabyte, totalmem() / 4);

/** Does a piece of work for each of some sizes at once. @returns the most that were at work at one time */
async function mostAtOnce(bytes: readonly number[]): Promise<number> {
  let [now, most] = [0, 0];
  await Promise.all(
    bytes.map((size) =>
      withinBudget(size, async () => {
        most = Math.max(most, ++now);
        for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
        now--;
      }),
    ),
  );
  return most;
}

describe('the memory for images', () => {
  beforeEach(() => shareImageBudget(createImageBudget()));

  it('is not waited for by small ones, and shared by large ones', async () => {
    assert.equal(await mostAtOnce(Array<number>(8).fill(1000)), 8);
    assert.equal(await mostAtOnce(Array<number>(6).fill(0.4 * whole)), 2);
    assert.equal(await mostAtOnce([4 * whole, 0.6 * whole, 5 * whole]), 1, 'more than there is goes alone');
  });

  it('is given back when something fails', async () => {
    await assert.rejects(
      withinBudget(whole, () => Promise.reject(new Error('damaged'))),
      /damaged/,
    );
    assert.equal(await mostAtOnce([whole]), 1);
  });

  it('is one for all threads that count in the same place', async () => {
    const budget = createImageBudget();
    shareImageBudget(budget);
    // Another thread that has taken all of it, in megabytes, until it is told.
    const source = `
      const { workerData: { budget, megabytes }, parentPort } = require('node:worker_threads');
      const inUse = new Int32Array(budget);
      Atomics.add(inUse, 0, megabytes);
      parentPort.postMessage('taken');
      parentPort.once('message', () => Atomics.sub(inUse, 0, megabytes));`;
    const worker = new Worker(source, {
      eval: true,
      workerData: { budget, megabytes: Math.floor(whole / 2 ** 20) },
    });
    const ended = once(worker, 'exit');
    await once(worker, 'message');
    let isDone = false;
    const work = withinBudget(0.1 * whole, () => Promise.resolve()).then(() => (isDone = true));
    for (let turn = 0; turn < 100; turn++) await new Promise((resolve) => setImmediate(resolve));
    assert.ok(!isDone, 'it waits until there is room');
    worker.postMessage('give it back');
    await work;
    await ended;
  });
});
