// Downloads from a hub on this machine that drops, stalls, lies and changes its mind: a whole file or a clear error, never anything else.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cancel, createCancelFlag } from '../../worker/base/cancel';
import type { RemoteSource } from '../../worker/models/hub/remote-source';
import { HubClient, type HubClientOptions } from '../../worker/models/hub/client';
import { retryAfter } from '../../worker/models/hub/retry';
import { headersOf, startHub, type Fault, type Hub, type VirtualFile } from '../hub/hub';
import { eventually } from '../tools/eventually';
import { root } from '../tools/paths';

const content = randomBytes(300_000);
const file: VirtualFile = {
  bytes: content.length,
  segments: [{ offset: 0, bytes: content }],
  sha256: createHash('sha256').update(content).digest('hex'),
};
const source: RemoteSource = {
  hub: 'https://huggingface.co',
  repository: 'someone/net',
  revisions: ['abc'],
  file: 'onnx/model.onnx',
  sha256: file.sha256,
};
const ranges = [
  { start: 1000, end: 120_000 },
  { start: 150_000, end: 290_000 },
];
const wanted = Buffer.concat(ranges.map(({ start, end }) => content.subarray(start, end)));
const quick = { initialDelaySeconds: 0.01, idleTimeoutSeconds: 0.5, connectTimeoutSeconds: 2, attempts: 3 };

describe('the hub client', () => {
  let hub: Hub;
  let folder: string;
  let target: string;
  const clients: HubClient[] = [];
  beforeEach(async () => {
    hub = await startHub({ 'someone/net/onnx/model.onnx': file });
    folder = await mkdtemp(join(tmpdir(), 'anomaly-tests-'));
    target = join(folder, 'models', 'net.bin');
    process.env['ANOMALY_CLUSTERING_HUB'] = hub.origin;
  });
  afterEach(async () => {
    delete process.env['ANOMALY_CLUSTERING_HUB'];
    for (const client of clients.splice(0)) await client.close();
    await hub.close();
    await rm(folder, { recursive: true, force: true });
  });

  const client = (options: HubClientOptions = {}): HubClient => {
    const made = new HubClient({ retryPolicy: quick, ...options });
    clients.push(made);
    return made;
  };

  it('asks for the bytes that are wanted and no others', async () => {
    const by = client();
    const remote = await by.open(source);
    assert.deepEqual([remote.bytes, remote.sha256], [300_000, file.sha256]);
    assert.deepEqual(Buffer.from(await by.read(remote, { start: 5, end: 13 })), content.subarray(5, 13));
    const progress: number[] = [];
    await by.download(remote, ranges, target, ({ bytes, total }) => {
      assert.equal(total, wanted.length);
      progress.push(bytes);
    });
    assert.deepEqual(await readFile(target), wanted);
    assert.deepEqual(hub.asked, [{ start: 0, end: 1 }, { start: 5, end: 13 }, ...ranges]);
    assert.deepEqual(
      progress,
      [...progress].sort((a, b) => a - b),
    );
    assert.equal(progress.at(-1), wanted.length);
    assert.deepEqual(hub.resolved, ['/someone/net/resolve/abc/onnx/model.onnx'], 'the address is asked for once');
    assert.ok(
      !existsSync(`${target}.part`) && !existsSync(`${target}.part.json`) && !existsSync(`${target}.part.lock`),
    );
  });

  it('takes the next revision when the hub does not know the first, and says so when it knows none', async () => {
    const remote = await client().open({ ...source, revisions: ['unknown', 'main'] });
    assert.equal(remote.bytes, 300_000);
    await assert.rejects(client().open({ ...source, revisions: ['unknown'] }), {
      code: 'download-failed',
      message: /does not have someone\/net\/onnx\/model\.onnx/,
    });
  });

  it('refuses a file that is not the one in the catalogue, before a byte of it is fetched', async () => {
    await assert.rejects(client().open({ ...source, sha256: '0'.repeat(64) }), {
      code: 'model-invalid',
      message: /not the one that this version knows/,
    });
    assert.deepEqual(hub.asked, [{ start: 0, end: 1 }]);
  });

  const passing: Record<string, Fault> = {
    'drops the connection after some bytes': ({ response, range, file, content }) => {
      response.writeHead(206, headersOf(range, file));
      response.write(content.subarray(0, 50_000), () => response.destroy());
      return true;
    },
    'drops it at once': ({ response }) => {
      response.destroy();
      return true;
    },
    'stops sending': ({ response, range, file }) => {
      response.writeHead(206, headersOf(range, file)).flushHeaders();
      return true;
    },
    'is busy and says for how long': ({ response }) => {
      response.writeHead(429, { 'retry-after': '0' }).end();
      return true;
    },
    'is out of order': ({ response }) => {
      response.writeHead(503).end('<html>');
      return true;
    },
    'sends another part of the file': ({ response, range, file, content }) => {
      response.writeHead(206, {
        ...headersOf(range, file),
        'content-range': `bytes 0-${content.length - 1}/${file.bytes}`,
      });
      response.end(content);
      return true;
    },
    'sends the whole file': ({ response, file }) => {
      response.writeHead(200, { 'content-length': String(file.bytes) }).end(content);
      return true;
    },
    'sends a web page': ({ response }) => {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Log in to the guest network</html>');
      return true;
    },
    'sends less than it says': ({ response, range, file, content }) => {
      response.writeHead(206, headersOf(range, file));
      response.end(content.subarray(0, content.length - 7));
      response.socket?.end();
      return true;
    },
    'lets its address expire': ({ response }) => {
      response.writeHead(403).end('Request has expired');
      return true;
    },
  };
  for (const [name, fault] of Object.entries(passing)) {
    it(`gets the whole file from a store that ${name} once`, async () => {
      const by = client();
      const remote = await by.open(source);
      hub.faults.push(() => false, fault);
      await by.download(remote, ranges, target);
      assert.deepEqual(await readFile(target), wanted);
    });

    it(`gives up on a store that always ${name}, with nothing in its place`, async () => {
      const by = client();
      const remote = await by.open(source);
      hub.faults.push(...Array.from({ length: 100 }, () => fault));
      // The drop after some bytes makes progress each time, and ends.
      if (name === 'drops the connection after some bytes') {
        await by.download(remote, ranges, target);
        assert.deepEqual(await readFile(target), wanted);
        return;
      }
      await assert.rejects(by.download(remote, ranges, target), {
        code: 'download-failed',
        message: /127\.0\.0\.1.*does not get on.*--from/s,
      });
      assert.ok(!existsSync(target));
    });
  }

  it('never keeps more than was asked for', async () => {
    const by = client();
    const remote = await by.open(source);
    hub.faults.push(({ response, range, file, content }) => {
      const headers = new Map(Object.entries(headersOf(range, file)));
      headers.delete('content-length');
      response.writeHead(206, { ...Object.fromEntries(headers), 'transfer-encoding': 'chunked' });
      response.end(Buffer.concat([content, Buffer.alloc(1000)]));
      return true;
    });
    await by.download(remote, ranges, target);
    assert.deepEqual(await readFile(target), wanted);
    assert.ok(hub.asked.length > 1 + ranges.length, 'what came too long was asked for once more');
  });

  it('stops when the file changes in the middle', async () => {
    const by = client();
    const remote = await by.open(source);
    hub.faults.push(
      () => false,
      ({ response, range, file, content }) => {
        response.writeHead(206, { ...headersOf(range, file), etag: '"another"' }).end(content);
        return true;
      },
    );
    await assert.rejects(by.download(remote, ranges, target), { code: 'download-failed', message: /changed while/ });
    assert.ok(!existsSync(target));
  });

  it('goes on where a process was killed', async () => {
    const script = join(folder, 'fetch.mts');
    await writeFile(
      script,
      `import { HubClient } from ${JSON.stringify(join(root, 'worker', 'models', 'hub', 'client'))};
       const client = new HubClient();
       const remote = await client.open(${JSON.stringify(source)});
       await client.download(remote, ${JSON.stringify(ranges)}, ${JSON.stringify(target)});`,
    );
    // The store sends a part and waits; then the process is killed.
    hub.faults.push(
      () => false,
      ({ response, range, file, content }) => {
        response.writeHead(206, headersOf(range, file));
        response.write(content.subarray(0, 60_000));
        return true;
      },
    );
    const child = spawn(process.execPath, ['--import=tsx', script], { stdio: 'ignore' });
    const closed = once(child, 'close');
    await eventually('the first part', async () => (await readFile(`${target}.part`)).length >= 60_000);
    child.kill('SIGKILL');
    await closed;
    hub.asked.length = 0;
    const by = client();
    await by.download(await by.open(source), ranges, target);
    assert.deepEqual(await readFile(target), wanted);
    assert.deepEqual(hub.asked, [{ start: 0, end: 1 }, { start: 61_000, end: 120_000 }, ranges[1]!]);
  });

  it('throws away what another file left', async () => {
    const by = client();
    const remote = await by.open(source);
    hub.faults.push(() => false, ...Array.from({ length: 3 }, () => passing['drops it at once']!));
    await assert.rejects(by.download(remote, ranges, target));
    const others = [{ start: 0, end: 2000 }];
    hub.faults.length = 0;
    await by.download(remote, others, target);
    assert.deepEqual(await readFile(target), content.subarray(0, 2000));
  });

  it('leaves a download alone that another process is at', async () => {
    const by = client();
    const remote = await by.open(source);
    const flag = createCancelFlag();
    hub.faults.push(({ response, range, file }) => {
      response.writeHead(206, headersOf(range, file));
      return true;
    });
    const first = client({ flag, retryPolicy: { ...quick, idleTimeoutSeconds: 1 } }).download(remote, ranges, target);
    await eventually('the lock', () => existsSync(`${target}.part.lock`));
    await assert.rejects(by.download(remote, ranges, target), { code: 'download-failed', message: /already/ });
    await first;
    assert.deepEqual(await readFile(target), wanted);
    await rm(target);
    // A lock of a process that is gone: Linux's ids end at 2^22.
    await writeFile(`${target}.part.lock`, '99999999');
    await by.download(remote, ranges, target);
    assert.deepEqual(await readFile(target), wanted);
  });

  it('stops when it is cancelled, while it waits too, and keeps what is there', async () => {
    const flag = createCancelFlag();
    const by = client({ flag });
    const remote = await by.open(source);
    hub.faults.push(
      () => false,
      ({ response }) => {
        // Once the answer is on its way, there is nothing to do but to wait.
        response.once('finish', () => cancel(flag));
        response.writeHead(503, { 'retry-after': '50' }).end();
        return true;
      },
    );
    const start = Date.now();
    await assert.rejects(by.download(remote, ranges, target), { code: 'cancelled' });
    assert.ok(Date.now() - start < 25_000, 'long before the server wants to be asked again');
    assert.equal((await readFile(`${target}.part`)).length, 119_000);
    assert.ok(!existsSync(target));
  });

  it('stops when it is cancelled while nothing comes', async () => {
    const flag = createCancelFlag();
    const by = client({ flag, retryPolicy: { ...quick, idleTimeoutSeconds: 60 } });
    const remote = await by.open(source);
    hub.faults.push(({ response, range, file, content }) => {
      response.writeHead(206, headersOf(range, file)).write(content.subarray(0, 1000));
      return true;
    });
    const start = Date.now();
    // Nothing comes after what it has told of.
    const download = by.download(remote, ranges, target, ({ bytes }) => void (bytes > 0 && cancel(flag)));
    await assert.rejects(download, { code: 'cancelled' });
    assert.ok(Date.now() - start < 30_000, 'long before it takes the silence for trouble');
    assert.ok(!existsSync(`${target}.part.lock`), 'the next try can start');
  });

  it('says when the folder cannot be written', async () => {
    const by = client();
    const remote = await by.open(source);
    await writeFile(join(folder, 'models'), 'a file where a folder should be');
    await assert.rejects(by.download(remote, ranges, target), {
      code: 'not-writable',
      message: /models cannot be written: there is a file where its folder should be/,
    });
    await rm(join(folder, 'models'));
    await by.download(remote, ranges, target);
    assert.deepEqual(await readFile(target), wanted, 'the same process can try again');
  });

  it('follows no redirect that leaves https, and none in circles', async () => {
    const redirect = (location: string) => (response: Parameters<Hub['hubFaults'][number]>[0]) => {
      response.writeHead(302, { location }).end();
    };
    hub.hubFaults.push(redirect('http://example.com/model.onnx'));
    await assert.rejects(client().open(source), { code: 'download-refused', message: /http:\/\/example\.com/ });
    hub.hubFaults.push(redirect('file:///etc/passwd'));
    await assert.rejects(client().open(source), { code: 'download-refused' });
    hub.hubFaults.push(...Array.from({ length: 9 }, () => redirect(`${hub.origin}/round`)));
    await assert.rejects(client().open(source), { code: 'download-refused', message: /circles/ });
  });

  it('lets tests name a server of this machine only', async () => {
    process.env['ANOMALY_CLUSTERING_HUB'] = 'https://evil.example';
    await assert.rejects(client().open(source), {
      code: 'download-refused',
      message: /only name a server on this machine/,
    });
    assert.deepEqual(hub.resolved, []);
  });

  it('understands both kinds of Retry-After', () => {
    assert.equal(retryAfter('7'), 7);
    assert.equal(retryAfter(undefined), undefined);
    assert.equal(retryAfter('soon'), undefined);
    const date = retryAfter(new Date(Date.now() + 10_000).toUTCString())!;
    assert.ok(date > 8 && date <= 10);
  });
});
