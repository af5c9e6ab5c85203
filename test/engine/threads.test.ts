// Threads of the pool are never ended while they load: native code that is cut off then takes the whole process with it.
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Threads } from '../../worker/pool/threads';

/** Takes a while to load, as native code does, and leaves a file when it has. */
const slow = `
import { writeFileSync } from 'node:fs';
import { workerData } from 'node:worker_threads';
for (const start = performance.now(); performance.now() - start < 300; );
writeFileSync(workerData.marker + Math.random(), '');
Atomics.add(workerData.loaded, 0, 1);
export default () => 'done';
`;

describe('threads', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'threads-'));
    writeFileSync(join(folder, 'slow.mjs'), slow);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('have loaded before they are ended, also where nothing was asked of them', async () => {
    const marker = join(folder, 'loaded');
    const threads = new Threads({
      filename: join(folder, 'slow.mjs'),
      minThreads: 1,
      workerData: { marker: `${marker}-` },
    });
    await threads.close();
    assert.equal(readdirSync(folder).filter((name) => name.startsWith('loaded-')).length, 1);
  });

  it('that cannot load are ended, and whoever asks is told', async () => {
    const threads = new Threads({ filename: join(folder, 'none.mjs'), minThreads: 1 });
    await assert.rejects(threads.piscina.run({}), /none\.mjs/);
    await threads.close();
    assert.equal(threads.piscina.threads.length, 0);
  });
});
