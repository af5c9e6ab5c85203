// The command line as a terminal starts it: its exit code, its signals, and a crash in native code that is told.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { isRunning } from '../../worker/store/process-alive';
import { eventually } from '../tools/eventually';
import { cli } from '../tools/paths';

describe('the program that a terminal starts', () => {
  const work = mkdtempSync(join(tmpdir(), 'launch-'));
  after(() => rmSync(work, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }));
  /** Loaded by the launcher and by the program; does something in the program only. */
  const inProgram = (name: string, code: string) => {
    const file = join(work, `${name}.cjs`);
    writeFileSync(file, `if (process.argv[1].endsWith('program.cjs')) { ${code} }`);
    return ['--require', file, cli];
  };

  it('hands on what the program prints and its exit code', () => {
    const version = spawnSync(process.execPath, [cli, '--version'], { encoding: 'utf8' });
    assert.match(version.stdout, /^\d+\.\d+\.\d+\n$/);
    assert.equal(version.status, 0);
    assert.equal(spawnSync(process.execPath, [cli, 'cluster']).status, 2);
    assert.equal(spawnSync(process.execPath, [cli, 'cluster', join(work, 'not there')]).status, 1);
  });

  it('says that a crash in native code was one', function () {
    if (process.platform === 'win32') this.skip();
    const crash = inProgram('crash', "process.kill(process.pid, 'SIGSEGV');");
    const { status, stderr } = spawnSync(process.execPath, [...crash, '--version'], { encoding: 'utf8' });
    assert.equal(status, 139);
    assert.match(stderr, /^Error: the command line was ended by SIGSEGV \(exit code 139\)\. Finished work is kept/m);
  });

  it('ends the program with it, whatever that is doing', async function () {
    if (process.platform === 'win32') this.skip();
    const busy = inProgram(
      'busy',
      "setImmediate(() => { require('node:fs').writeSync(1, `${process.pid}\\n`); for (;;); });",
    );
    const child = spawn(process.execPath, [...busy, 'devices'], {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, ANOMALY_CLUSTERING_CACHE: join(work, 'cache') },
    });
    const [pid] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
    assert.ok(isRunning(Number(pid)));
    child.kill('SIGKILL');
    await eventually('the end of the program', () => !isRunning(Number(pid)));
  });
});
