// The templates of scripts/slurm with a real Slurm: a shard that is killed, a node that is drained, and the bytes of one process in the end.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeSample } from '../../worker/sample';
import { eventually } from '../tools/eventually';
import { cli, root } from '../tools/paths';
import { installSlurm, startSlurm, type Slurm } from './one-machine-cluster';

const shards = 8;
const killed = 3;

describe('a job array of Slurm', () => {
  const work = mkdtempSync(join(tmpdir(), 'slurm-'));
  const folder = join(work, 'sample');
  const shared = join(work, 'shared');
  let slurm: Slurm | undefined;
  before(function () {
    const reason = installSlurm();
    if (reason !== undefined) {
      console.log(`      skipped, ${reason}`);
      this.skip();
    }
    mkdirSync(join(work, 'cluster'));
    slurm = startSlurm(join(work, 'cluster'));
  });
  after(async () => {
    await slurm?.stop();
    rmSync(work, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  });

  it(`gives the bytes of one process though shard ${killed} is killed and a node is drained`, async () => {
    const { run, env } = slurm!;
    const program = (cache: string, ...args: string[]) => {
      const own = { ...env, ANOMALY_CLUSTERING_CACHE: join(work, cache) };
      const { status, stderr } = spawnSync(process.execPath, [cli, ...args], { encoding: 'utf8', env: own });
      assert.equal(status, 0, stderr);
    };
    await makeSample(folder, { imagesPerClass: 4 });
    program('single', 'cluster', folder, '--out', join(work, 'single.json'));
    program('planning', 'plan', folder, '--shards', String(shards), '--work', shared);
    await eventually('two nodes to be idle', () => run('sinfo', '-h', '-t', 'idle', '-o', '%D') === '2');

    // The nodes' cache is another one: they have embedded nothing yet.
    Object.assign(env, {
      ANOMALY_CLUSTERING: `${process.execPath} ${cli}`,
      ANOMALY_CLUSTERING_CACHE: join(work, 'nodes'),
      OUT: join(work, 'merged.json'),
    });
    const [array, merge] = run(join(root, 'scripts', 'slurm', 'submit.sh'), shared).split(' ') as [string, string];
    const stateOf = (job: string) => /JobState=(\S+)/.exec(run('scontrol', 'show', 'job', job))?.[1];
    const steps = () => run('squeue', '-h', '-s', '-o', '%i');

    await eventually('the first shard to be at work', () => /_\d+\.0/.test(steps()));
    run('scontrol', 'update', 'NodeName=n2', 'State=DRAIN', 'Reason=test');
    await eventually(`shard ${killed} to be at work`, () => steps().includes(`${array}_${killed}.0`));
    // Its step: without one, the whole job counts as cancelled by a person, and is not started again.
    run('scancel', '--signal=KILL', `${array}_${killed}.0`);
    await eventually('the merge to end', () => /COMPLETED|FAILED|CANCELLED/.test(stateOf(merge) ?? ''), {
      seconds: 600,
    });

    const logs = () => {
      const file = join(shared, 'logs', `shard-${killed}.txt`);
      return existsSync(file) ? readFileSync(file, 'utf8') : '';
    };
    assert.match(logs(), /once more/);
    assert.match(run('scontrol', 'show', 'job', `${array}_${killed}`), /Restarts=1/);
    assert.match(run('sinfo', '-h', '-n', 'n2', '-o', '%T'), /^drain/);
    assert.equal(stateOf(merge), 'COMPLETED', readFileSync(join(shared, 'logs', 'merge.txt'), 'utf8'));
    assert.equal(readFileSync(join(work, 'merged.json'), 'utf8'), readFileSync(join(work, 'single.json'), 'utf8'));
  });
});
