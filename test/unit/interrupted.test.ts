// A run that is cancelled or killed at any stage: the cache it leaves gives the next run what an undisturbed one finds.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeSample } from '../../worker/sample';

const cli = join(import.meta.dirname, '..', '..', 'dist', 'cli.cjs');
const stages = ['Reading images', 'Embedding', 'Comparing patches', 'Grouping'];

describe('an interrupted run', function () {
  this.timeout(120_000);
  const work = mkdtempSync(join(tmpdir(), 'interrupted-'));
  const folder = join(work, 'sample');
  after(() => rmSync(work, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }));
  before(() => makeSample(folder, { imagesPerClass: 6 }));

  for (const [equation, ...more] of [['Eq. 5'], ['Eq. 7', '--references', '8']]) {
    const argumentsFor = (labels: string) => [cli, 'cluster', folder, '--clusters', '5', '--out', labels, ...more];
    const environment = (cache: string) => ({ ...process.env, ANOMALY_CLUSTERING_CACHE: join(work, cache) });
    const finish = (name: string, labels: string) => {
      const { status, stderr } = spawnSync(process.execPath, argumentsFor(labels), {
        encoding: 'utf8',
        env: environment(name),
      });
      assert.equal(status, 0, stderr);
      return readFileSync(labels, 'utf8');
    };
    let undisturbed: string;
    before(() => (undisturbed = finish(`calm ${equation}`, join(work, `calm ${equation}.json`))));

    for (const stage of stages) {
      for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
        it(`goes on to the same result: ${equation}, ${signal} at "${stage}"`, async () => {
          const name = `${equation} ${stage} ${signal}`;
          const labels = join(work, `${name}.json`);
          const { code, log } = await interrupt(argumentsFor(labels), environment(name), stage, signal);
          if (signal === 'SIGKILL') assert.equal(code, null, log);
          else if (code !== 0) assert.match(log, /Cancelled\. The next run goes on from here\./);
          if (existsSync(labels)) assert.equal(readFileSync(labels, 'utf8'), undisturbed);

          const kept = bags(join(work, name));
          if (stage === 'Grouping') assert.equal(kept.size, 30);
          assert.equal(finish(name, labels), undisturbed);
          const now = bags(join(work, name));
          assert.equal(now.size, 30);
          for (const [file, inode] of kept) assert.equal(now.get(file), inode, `${file} was embedded again`);
        });
      }
    }
  }
});

/** Sends the signal when the stage is told of, and waits for the end. */
function interrupt(
  args: string[],
  env: NodeJS.ProcessEnv,
  stage: string,
  signal: NodeJS.Signals,
): Promise<{ code: number | null; log: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { env });
    let log = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      const isNew = !log.includes(stage);
      log += text;
      // A little later the stage is at work.
      if (isNew && log.includes(stage)) setTimeout(() => child.kill(signal), 30);
    });
    child.on('close', (code) => resolve({ code, log }));
  });
}

/** Whole bags of a cache with their inodes: a file that is written again gets another. */
function bags(cache: string): Map<string, number> {
  const folder = join(cache, 'bags');
  if (!existsSync(folder)) return new Map();
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.bin'));
  return new Map(files.map((file) => [file, statSync(join(folder, file)).ino]));
}
