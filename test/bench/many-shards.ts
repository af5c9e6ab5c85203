// What sharing out costs: plan, 8 shards one after another with caches of their own, and merge, beside one process.
import assert from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cli } from '../tools/paths';
import { measureProgram } from './measure-program';
import { drawImages } from './scaling';

const shards = 8;

/** @returns a table in Markdown: seconds of the cores, which other work on the machine hardly changes */
export async function measureShards(work: string, count: number): Promise<string> {
  const folder = await drawImages(join(work, 'images'), count);
  const [single, merged] = [join(work, 'single.json'), join(work, 'merged.json')];
  const shared = join(work, 'shared');
  const run = async (cache: string, ...command: string[]): Promise<number> => {
    const { cpuSeconds } = await measureProgram([cli, ...command], join(work, cache));
    // As on machines of their own.
    rmSync(join(work, cache), { recursive: true, force: true });
    return cpuSeconds;
  };
  const one = await run('one', 'cluster', folder, '--out', single);
  const plan = await run('plan', 'plan', folder, '--shards', String(shards), '--work', shared);
  const each: number[] = [];
  for (let index = 0; index < shards; index++)
    each.push(await run('shard', 'shard', '--work', shared, '--index', String(index)));
  const merge = await run('merge', 'merge', '--work', shared, '--out', merged);
  assert.equal(readFileSync(merged, 'utf8'), readFileSync(single, 'utf8'));
  const described = each.reduce((sum, seconds) => sum + seconds, 0);
  const all = plan + described + merge;
  const line = (what: string, seconds: number) => `| ${what} | ${seconds.toFixed(1)} s |`;
  return [
    `| ${count} images | work of the cores |`,
    '| --- | --- |',
    line('one process', one),
    line('plan', plan),
    line(`${shards} shards`, described),
    line('merge', merge),
    `| added by sharing out | ${((100 * (all - one)) / one).toFixed(1)} %, the same bytes |`,
  ].join('\n');
}
