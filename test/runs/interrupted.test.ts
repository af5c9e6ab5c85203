// A run that is cancelled or killed at any stage: the cache it leaves gives the next run what an undisturbed one finds.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeSample } from '../../worker/sample';
import { eventually } from '../tools/eventually';
import { cli } from '../tools/paths';

const stages = ['Reading images', 'Embedding', 'Comparing patches', 'Grouping'] as const;
type Stage = (typeof stages)[number];
/** The paper's method differs from the default only from the comparison on. */
const methods: { method: string; more: string[]; at: readonly Stage[] }[] = [
  { method: 'six blocks', more: [], at: stages },
  { method: 'Eq. 5', more: ['--method', 'paper'], at: ['Comparing patches', 'Grouping'] },
];
/** What the cache gets while a stage is at work; the others are over so soon that they are interrupted as they begin. */
const kept: Partial<Record<Stage, string>> = { Embedding: 'bags', 'Comparing patches': 'distances' };

describe('an interrupted run', () => {
  const work = mkdtempSync(join(tmpdir(), 'interrupted-'));
  const folder = join(work, 'sample');
  after(() => rmSync(work, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }));
  before(() => makeSample(folder, { imagesPerClass: 6 }));

  for (const { method, more, at } of methods) {
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
    before(() => (undisturbed = finish(`calm ${method}`, join(work, `calm ${method}.json`))));

    for (const stage of at) {
      for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
        it(`goes on to the same result: ${method}, ${signal} at "${stage}"`, async () => {
          const name = `${method} ${stage} ${signal}`;
          const labels = join(work, `${name}.json`);
          // Pairs of Eq. 5 are kept when all of them are done.
          const kind = method === 'Eq. 5' && stage === 'Comparing patches' ? undefined : kept[stage];
          const isAtWork = kind === undefined ? undefined : () => entries(join(work, name), kind).length > 0;
          const { code, log } = await interrupt(argumentsFor(labels), environment(name), signal, stage, isAtWork);
          // Grouping may be over before the signal comes.
          if (signal === 'SIGKILL') assert.ok(code === null || (code === 0 && stage === 'Grouping'), log);
          else if (code !== 0) assert.match(log, /Cancelled\. The next run goes on from here\./);
          if (existsSync(labels)) assert.equal(readFileSync(labels, 'utf8'), undisturbed);

          const before = bags(join(work, name));
          if (stage === 'Grouping') assert.equal(before.size, 30);
          assert.equal(finish(name, labels), undisturbed);
          const now = bags(join(work, name));
          assert.equal(now.size, 30);
          for (const [file, inode] of before) assert.equal(now.get(file), inode, `${file} was embedded again`);
        });
      }
    }
  }
});

/**
 * Sends the signal at a stage, and waits for the end.
 * @param isAtWork what to wait for when the stage has been told of; the signal comes at once without it
 */
async function interrupt(
  args: string[],
  env: NodeJS.ProcessEnv,
  signal: NodeJS.Signals,
  stage: Stage,
  isAtWork: (() => boolean) | undefined,
): Promise<{ code: number | null; log: string }> {
  const child = spawn(process.execPath, args, { env });
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    const isNew = !log.includes(stage);
    log += text;
    if (isNew && log.includes(stage) && !isAtWork) child.kill(signal);
  });
  const closed = once(child, 'close') as Promise<[code: number | null]>;
  if (isAtWork) {
    const isOver = () => child.exitCode !== null;
    await eventually(`"${stage}" to be at work`, () => isOver() || (log.includes(stage) && isAtWork()));
    child.kill(signal);
  }
  const [code] = await closed;
  return { code, log };
}

/** Whole bags of a cache with their inodes: a file that is written again gets another. */
function bags(cache: string): Map<string, number> {
  return new Map(entries(cache, 'bags').map((file) => [file, statSync(join(cache, 'bags', file)).ino]));
}

function entries(cache: string, kind: string): string[] {
  const folder = join(cache, kind);
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.bin'));
}
