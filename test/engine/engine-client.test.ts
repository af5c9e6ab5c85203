// The engine's client against a real child process that answers, reports, fails, waits or dies on demand.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { CancellationTokenSource } from 'vscode-jsonrpc/node';
import { EngineClient } from '../../src/engine/engine-client';
import { engineEnvironment, inspectorArguments } from '../../src/engine/environment';
import { EngineStoppedError, isCancelled } from '../../src/engine/request-failures';
import type { ClusterRequest, Progress } from '../../worker/api/requests';
import { EngineError } from '../../worker/api/errors';
import { isRunning } from '../../worker/store/process-alive';
import { eventually, eventuallyPasses } from '../tools/eventually';
import { fakeEngines, writeFakeEngine } from '../tools/fake-engines';
import { dist } from '../tools/paths';

/** Plays the engine. The folder of a request says what to do. */
const fakeEngine = `
const rpc = require(${JSON.stringify(createRequire(import.meta.url).resolve('vscode-jsonrpc/node'))});
const connection = rpc.createMessageConnection(new rpc.IPCMessageReader(process), new rpc.IPCMessageWriter(process));
connection.onRequest('picture', (call, token) => {
  // Every handler gets one envelope and a token, whether the caller gave one or not.
  token.onCancellationRequested(() => {});
  return { file: String(process.pid) };
});
connection.onRequest('heatMaps', ({ params }) => params.paths.map((path, i) => ({ path, distances: new Float32Array([i, 0.5]) })));
connection.onRequest('sample', ({ params }) => {
  throw new rpc.ResponseError(-32603, params.folder + ' is not empty.', { code: 'folder-not-empty', folder: params.folder });
});
connection.onRequest('cluster', async ({ params, progressToken }, token) => {
  const report = (value) => connection.sendProgress(new rpc.ProgressType(), progressToken, value);
  if (params.folder === 'reports') {
    for (let done = 1; done <= 3; done++) await report({ stage: 'embed', done, total: 3 });
    return { labels: '', images: 3, clusters: [], failures: [], notes: [], temperature: 1, seconds: 0 };
  }
  if (params.folder === 'exits') process.exit(3);
  if (params.folder === 'speaks') console.error('out of memory');
  await report({ stage: 'scan', done: 0, total: 1 });
  await new Promise((resolve) => token.onCancellationRequested(resolve));
  throw new rpc.ResponseError(-32603, 'Cancelled.', { code: 'cancelled' });
});
connection.listen();
process.on('disconnect', () => process.exit(0));
`;

describe('the client of the engine', () => {
  let folder: string;
  let script: string;
  let lines: string[];
  let client: EngineClient;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'engine-client-'));
    script = join(folder, 'engine.cjs');
    await writeFile(script, fakeEngine);
  });
  after(() => rm(folder, { recursive: true, force: true }));
  beforeEach(() => {
    lines = [];
    client = createClient();
  });
  afterEach(() => client.dispose());

  function createClient(idleMilliseconds = 60_000, entry = script): EngineClient {
    // A process that ends late writes to the lines of its own test.
    const own = lines;
    const write = (line: string) => void own.push(line);
    return new EngineClient({ script: entry, idleMilliseconds, logger: { info: write, warn: write, error: write } });
  }

  /** Answered with the process's id. */
  const picture = { folder: 'parts', path: 'a.png' };
  const request = (what: string) => ({ folder: what }) as ClusterRequest;

  /** Starts a request that only ends when it is cancelled or its process dies, and waits until it is at work. */
  async function startEndless(source = new CancellationTokenSource()) {
    let started = () => {};
    const working = new Promise<void>((resolve) => (started = resolve));
    const result = client.request('cluster', request('endless'), { token: source.token, onProgress: () => started() });
    result.catch(() => undefined);
    await working;
    return { result, source };
  }

  it('starts a process for the first request and keeps it for the next', async () => {
    assert.equal(client.pid, undefined);
    const { file } = await client.request('picture', picture);
    assert.equal(Number(file), client.pid);
    assert.equal((await client.request('picture', picture)).file, file);
  });

  it('passes typed arrays as they are', async () => {
    const maps = await client.request('heatMaps', { folder, paths: ['a', 'b'] });
    assert.deepEqual(maps[1], { path: 'b', distances: new Float32Array([1, 0.5]) });
  });

  it('reports progress in order', async () => {
    const done: number[] = [];
    const onProgress = (progress: Progress) => void done.push(progress.done);
    await client.request('cluster', request('reports'), { onProgress });
    assert.deepEqual(done, [1, 2, 3]);
  });

  it('turns an answered error into an EngineError with its code and file', async () => {
    await assert.rejects(client.request('sample', { folder: 'full' }), (error: unknown) => {
      assert.ok(error instanceof EngineError);
      assert.deepEqual(
        [error.detail, error.message],
        [{ code: 'folder-not-empty', folder: 'full' }, 'full is not empty.'],
      );
      return true;
    });
  });

  it('lets a debugger attach where a developer wants it', async () => {
    process.env['ANOMALY_CLUSTERING_INSPECT'] = '0';
    try {
      await client.request('heatMaps', { folder: 'f', paths: [] });
    } finally {
      delete process.env['ANOMALY_CLUSTERING_INSPECT'];
    }
    const listening = /Debugger listening on ws:\/\/127\.0\.0\.1:\d+/;
    await eventually('the debugger', () => lines.some((line) => listening.test(line)));
    assert.deepEqual(inspectorArguments({}), []);
    assert.throws(() => inspectorArguments({ ANOMALY_CLUSTERING_INSPECT: 'yes' }), RangeError);
  });

  it('cancels a request without ending the process', async () => {
    const { result, source } = await startEndless();
    const { pid } = client;
    source.cancel();
    await assert.rejects(result, isCancelled);
    assert.equal((await client.request('picture', picture)).file, String(pid));
  });

  it('asks nothing when the request is cancelled beforehand', async () => {
    const source = new CancellationTokenSource();
    source.cancel();
    await assert.rejects(client.request('picture', picture, { token: source.token }), isCancelled);
    assert.equal(client.pid, undefined);
  });

  it('rejects every waiting request when the process is killed, and starts another for the next', async () => {
    const waiting = [(await startEndless()).result, (await startEndless()).result];
    const { pid } = client;
    process.kill(pid!, 'SIGKILL');
    for (const result of waiting) {
      await assert.rejects(
        result,
        (error: unknown) => error instanceof EngineStoppedError && /\(signal SIGKILL\)/.test(error.message),
      );
    }
    const { file } = await client.request('picture', picture);
    assert.notEqual(file, String(pid));
  });

  it('serves requests that come in the very moment of a crash', async () => {
    const { file } = await client.request('picture', picture);
    process.kill(Number(file), 'SIGKILL');
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => client.request('picture', picture)));
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected')
        assert.ok(outcome.reason instanceof EngineStoppedError, String(outcome.reason));
    }
    assert.notEqual((await client.request('picture', picture)).file, file);
  });

  it('says which exit code a process ended with', async () => {
    await assert.rejects(client.request('cluster', request('exits')), /\(exit code 3\)/);
  });

  it('rejects when the engine cannot start', async () => {
    const broken = createClient(1000, join(folder, 'missing.cjs'));
    await assert.rejects(broken.request('picture', picture), EngineStoppedError);
    broken.dispose();
  });

  it('writes what the process prints to the log', async () => {
    const source = new CancellationTokenSource();
    const result = client.request('cluster', request('speaks'), { token: source.token });
    await eventually('the line in the log', () => lines.includes('out of memory'));
    source.cancel();
    await assert.rejects(result, isCancelled);
  });

  it('ends an idle process, but not one that works', async () => {
    client.dispose();
    client = createClient(100);
    const { result, source } = await startEndless();
    const pid = client.pid!;
    // Another client whose time begins later: when its process has ended, that of this one would have, too.
    const resting = createClient(100);
    const other = Number((await resting.request('picture', picture)).file);
    await eventually('the end of the idle process', () => !isRunning(other));
    assert.ok(isRunning(pid));
    assert.equal(client.pid, pid);
    resting.dispose();
    source.cancel();
    await assert.rejects(result, isCancelled);
    await eventually('the end of the process that works no more', () => !isRunning(pid));
    await eventuallyPasses('the log to say how both ended', () =>
      assert.deepEqual(
        lines.filter((line) => line.startsWith('Engine ended')),
        Array(2).fill('Engine ended (exit code 0).'),
      ),
    );
    assert.equal(client.pid, undefined);
  });

  it('ends the process and cancels what waits when it is disposed', async () => {
    const { result } = await startEndless();
    const pid = client.pid!;
    client.dispose();
    await assert.rejects(result, isCancelled);
    await eventually('the end of the process', () => !isRunning(pid));
    await assert.rejects(client.request('picture', picture), isCancelled);
  });
});

describe('an engine that does not work', () => {
  let folder: string;
  before(async () => (folder = await mkdtemp(join(tmpdir(), 'fake-engines-'))));
  after(() => rm(folder, { recursive: true, force: true }));

  for (const fake of fakeEngines) {
    it(`leaves no request waiting: one that ${fake.name}`, async () => {
      const logger = { info: () => undefined, warn: () => undefined, error: () => undefined };
      const patience = { ...(fake.isSilent ? { start: 1000 } : {}), grace: 2000 };
      const client = new EngineClient({ script: writeFakeEngine(folder, fake), logger, patience });
      const source = new CancellationTokenSource();
      const request = client.request('cluster', { folder } as ClusterRequest, { token: source.token });
      request.catch(() => undefined);
      const pid = await eventually('a process', () => client.pid);
      if (fake.message) await assert.rejects(request, { message: fake.message });
      else if (fake.answersItself) await request.catch(() => undefined);
      else {
        const cancelled = performance.now();
        source.cancel();
        await assert.rejects(request);
        // Whatever the machine is busy with, long before the process is ended.
        assert.ok(performance.now() - cancelled < 60_000);
        await eventually('another process for the next request, or none', () => client.pid !== pid || !isRunning(pid));
      }
      client.dispose();
      await eventually('the end of the process', () => !isRunning(pid));
    });
  }
});

describe('an engine whose window is gone', () => {
  const work = mkdtempSync(join(tmpdir(), 'window-'));
  after(() => rmSync(work, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }));

  for (const [what, busy] of [
    ['rests', ''],
    ['is in a loop', 'for (;;);'],
  ] as const) {
    it(`ends by itself while it ${what}`, async () => {
      // The window starts the real engine, whose main thread gets something to do by a module that is loaded before it.
      const preload = join(work, `${what}.cjs`);
      await writeFile(preload, busy === '' ? '' : `process.on('message', () => { ${busy} });`);
      const window = join(work, 'window.cjs');
      await writeFile(
        window,
        `const child = require('node:child_process').fork(process.argv[2], [], { execArgv: ['--require', process.argv[3]], serialization: 'advanced' });
child.once('message', () => { child.send({ jsonrpc: '2.0', method: 'nothing' }); console.log(child.pid); });
setInterval(() => {}, 1e6);`,
      );
      const child = spawn(process.execPath, [window, join(dist, 'main.cjs'), preload], {
        stdio: ['ignore', 'pipe', 'inherit'],
        env: { ...process.env, ANOMALY_CLUSTERING_CACHE: join(work, 'cache') },
      });
      const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
      const engine = Number(line);
      assert.ok(isRunning(engine));
      child.kill('SIGKILL');
      await eventually('the end of the engine', () => !isRunning(engine));
    });
  }
});

describe("the engine's environment", () => {
  it('has what the engine needs, and nothing of what other programs keep there', () => {
    const parent = {
      PATH: '/bin',
      https_proxy: 'http://proxy:8080',
      ANOMALY_CLUSTERING_CACHE: '/cache',
      AWS_SECRET_ACCESS_KEY: 'secret',
      GITHUB_TOKEN: 'secret',
      NODE_OPTIONS: '--inspect',
      VSCODE_INSPECTOR_OPTIONS: '{}',
      VSCODE_IPC_HOOK_CLI: '/socket',
      ELECTRON_NO_ASAR: '1',
    };
    assert.deepEqual(engineEnvironment(parent), {
      PATH: '/bin',
      https_proxy: 'http://proxy:8080',
      ANOMALY_CLUSTERING_CACHE: '/cache',
      ELECTRON_RUN_AS_NODE: '1',
    });
  });
});
