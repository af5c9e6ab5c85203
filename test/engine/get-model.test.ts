// Getting a network: from a hub on this machine with files of the real size, or from a file that the person has.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Tensor } from 'onnxruntime-node';
import { createCancelFlag } from '../../worker/base/cancel';
import { openSession } from '../../worker/onnx/inference-session';
import { getModel } from '../../worker/models/get';
import { ModelLibrary } from '../../worker/models/library';
import { neededTensors } from '../../worker/models/resnet';
import { headersOf, startHub, type Fault, type Hub, type VirtualFile } from '../hub/hub';
import { startProxy } from '../hub/proxy';
import { atRealSize, fullHeader } from '../hub/resnet-weights';
import { tokenNetwork } from '../hub/token-network';
import { root } from '../tools/paths';

const modelsFolder = join(root, 'models');
const fixture = join(root, '..', 'shared', 'fixtures', 'wide_resnet50_2-random');
const cli = join(root, 'dist', 'cli.cjs');
const run = promisify(execFile);

interface Failure {
  code: number;
  stderr: string;
}

describe('getting a network', () => {
  let hub: Hub;
  let folder: string;
  let environment: NodeJS.ProcessEnv;
  const serve = async (files: Record<string, VirtualFile>) => {
    hub = await startHub(files);
    process.env['ANOMALY_CLUSTERING_HUB'] = hub.origin;
    environment = {
      ...process.env,
      ANOMALY_CLUSTERING_MODELS: join(folder, 'library'),
      ANOMALY_CLUSTERING_CACHE: join(folder, 'cache'),
    };
  };
  const models = (...args: string[]) => run(process.execPath, [cli, 'models', ...args], { env: environment });
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'anomaly-tests-'));
  });
  afterEach(async () => {
    delete process.env['ANOMALY_CLUSTERING_HUB'];
    await hub?.close();
    await rm(folder, { recursive: true, force: true });
  });

  describe('made from weights of 276 MB', () => {
    const knownHash = 'df6fb6c4824769769de18e14088475fd6ee94236849aa4e5d8022ba9d9a9a16c';
    let weights: VirtualFile;
    before(async function () {
      if (existsSync(fixture))
        weights = await atRealSize(join(fixture, 'model.safetensors'), 'wide_resnet50_2', knownHash);
      else {
        console.log('      skipped, needs ../shared/fixtures/wide_resnet50_2-random');
        this.skip();
      }
    });
    beforeEach(() => serve({ 'timm/wide_resnet50_2.tv_in1k/model.safetensors': weights }));

    it('fetches under 20 MB of it, no byte of a tensor that is not needed, and gives what torch gives', async () => {
      assert.ok(Math.abs(weights.bytes - 276e6) < 1e6, String(weights.bytes));
      const { stdout } = await models('get', 'wide_resnet50_2');
      assert.match(stdout, /^wide_resnet50_2 is ready: .*layer2\.onnx \(16\.5 MB, SHA-256 [0-9a-f]{64}\)/);

      const needed = neededTensors('wide_resnet50_2', ['layer2']);
      const { header, entries } = fullHeader('wide_resnet50_2');
      const places = [...entries].map(([name, { data_offsets }]) => ({
        name,
        start: 8 + header.length + data_offsets[0],
        end: 8 + header.length + data_offsets[1],
      }));
      for (const range of hub.asked) {
        for (const { name, start, end } of places) {
          if (!needed.has(name)) assert.ok(range.end <= start || range.start >= end, `${name} was fetched`);
        }
      }
      const fetched = hub.asked.reduce((sum, { start, end }) => sum + end - start, 0);
      assert.ok(fetched < 20e6 && fetched > 16.5e6, String(fetched));

      const session = await openSession(join(folder, 'library', 'wide_resnet50_2', 'layer2.onnx'));
      const image = new Tensor('float32', await floats('input.f32'), [1, 3, 96, 128]);
      const { patches } = await session.run({ image });
      const expected = await floats('layer2.f32');
      const difference = expected.reduce(
        (most, value, i) => Math.max(most, Math.abs(value - (patches!.data[i] as number))),
        0,
      );
      assert.ok(difference < 1e-4, String(difference));
    });

    it('is listed, verified, used, and removed', async () => {
      assert.match((await models('list')).stdout, /wide_resnet50_2 +WideResNet-50-2, BSD-3-Clause, 16\.6 MB to get/);
      const cluster = (folder: string) =>
        run(process.execPath, [cli, 'cluster', folder, '--model', 'wide_resnet50_2#layer1'], { env: environment });
      await assert.rejects(cluster(root), (error: Failure) => {
        assert.match(error.stderr, /not on this machine yet.*models get wide_resnet50_2#layer1/);
        return error.code === 1;
      });
      await models('get', 'wide_resnet50_2#layer1');
      assert.match((await models('list')).stdout, /Also here: wide_resnet50_2#layer1/);
      const asked = hub.asked.length;
      assert.match((await models('get', 'wide_resnet50_2#layer1')).stdout, /was here already, whole/);
      assert.equal(hub.asked.length, asked, 'nothing is fetched twice');
      assert.match((await models('verify')).stdout, /^wide_resnet50_2#layer1@[0-9a-f]{8}: whole/m);

      const sample = join(folder, 'sample');
      await run(process.execPath, [cli, 'sample', sample], { env: environment });
      const one = join(folder, 'one');
      await mkdir(one);
      for (const name of (await readdir(join(sample, 'test', 'good'))).slice(0, 3)) {
        await writeFile(join(one, name), await readFile(join(sample, 'test', 'good', name)));
      }
      await cluster(one);
      const labels = await readFile(join(one, 'anomaly-clusters.json'), 'utf8');
      assert.match(labels, /"model": "wide_resnet50_2#layer1@[0-9a-f]{8}"/);

      const file = join(folder, 'library', 'wide_resnet50_2', 'layer1.onnx');
      const bytes = await readFile(file);
      bytes[bytes.length >> 1]! ^= 1;
      await writeFile(file, bytes);
      await assert.rejects(models('verify'), (error: Failure) =>
        /Not whole: wide_resnet50_2#layer1/.test(error.stderr),
      );
      await assert.rejects(cluster(one), (error: Failure) =>
        /damaged.*models get wide_resnet50_2#layer1/.test(error.stderr),
      );
      assert.match((await models('get', 'wide_resnet50_2#layer1')).stdout, /is ready/);
      assert.match((await models('remove', 'wide_resnet50_2#layer1')).stdout, /was removed/);
      assert.match((await models('remove', 'wide_resnet50_2#layer1')).stdout, /is not on this machine/);
      assert.ok(!existsSync(file));
    });

    it('is not kept when a tensor came as zeros, or as noise that gives no numbers', async () => {
      const library = new ModelLibrary(join(folder, 'library'));
      for (const spoil of [(bytes: Buffer) => bytes.fill(0), (bytes: Buffer) => bytes.fill(0xff)]) {
        hub.faults.length = 0;
        // What comes behind the file's size, its prefix and its header.
        const spoiled: Fault = ({ response, range, file, content }) => {
          response.writeHead(206, headersOf(range, file)).end(spoil(content));
          return true;
        };
        hub.faults.push(...Array.from({ length: 3 }, () => () => false), ...Array.from({ length: 100 }, () => spoiled));
        const got = getModel(modelsFolder, { name: 'wide_resnet50_2#layer1', flag: createCancelFlag() }, library);
        await assert.rejects(got, { code: 'model-invalid', message: /damaged/ });
        assert.deepEqual(
          (await readdir(join(folder, 'library', 'wide_resnet50_2'))).filter((name) => name.endsWith('.onnx')),
          [],
        );
      }
    });

    it('says so when the stage needs weights that are not there', async () => {
      const library = new ModelLibrary(join(folder, 'library'));
      const got = getModel(modelsFolder, { name: 'wide_resnet50_2#layer9', flag: createCancelFlag() }, library);
      await assert.rejects(got, { code: 'model-not-found', message: /no stage "layer9"/ });
      assert.deepEqual(hub.asked, []);
    });

    it('is made from a file that the person has, if it is the right one', async () => {
      await assert.rejects(
        models('get', 'wide_resnet50_2', '--from', join(fixture, 'model.safetensors')),
        (error: Failure) => {
          assert.match(
            error.stderr,
            /is not model\.safetensors of timm\/wide_resnet50_2\.tv_in1k: its SHA-256 is another/,
          );
          return error.code === 1;
        },
      );
      // A catalogue of the test's own, in which the fixture is the right file.
      const catalogue = JSON.parse(await readFile(join(modelsFolder, 'catalogue.json'), 'utf8')) as {
        models: { id: string; source: { sha256: string } }[];
      };
      const sha256 = createHash('sha256')
        .update(await readFile(join(fixture, 'model.safetensors')))
        .digest('hex');
      catalogue.models.find(({ id }) => id === 'wide_resnet50_2')!.source.sha256 = sha256;
      await writeFile(join(folder, 'catalogue.json'), JSON.stringify(catalogue));
      const library = new ModelLibrary(join(folder, 'library'));
      const from = join(fixture, 'model.safetensors');
      const got = await getModel(folder, { name: 'wide_resnet50_2', from, flag: createCancelFlag() }, library);
      assert.ok(got.isNew && existsSync(got.file));
      assert.deepEqual(hub.asked, []);
    });

    async function floats(name: string): Promise<Float32Array> {
      return new Float32Array(new Uint8Array(await readFile(join(fixture, name))).buffer);
    }
  });

  describe('as an ONNX file', () => {
    // As a transformer's file is seen from outside: an image in, last_hidden_state out; inside one convolution and a constant token.
    const onnx = Buffer.from(tokenNetwork());
    const sha256 = createHash('sha256').update(onnx).digest('hex');
    const whole: VirtualFile = { bytes: onnx.length, segments: [{ offset: 0, bytes: onnx }], sha256 };
    const get = () =>
      getModel(
        modelsFolder,
        { name: 'dino-vits8', flag: createCancelFlag() },
        new ModelLibrary(join(folder, 'library')),
      );

    it('is kept when its SHA-256 is the one that the hub gives', async () => {
      await serve({ 'Xenova/dino-vits8/onnx/model.onnx': whole });
      const got = await get();
      assert.deepEqual(await readFile(got.file), onnx);
      assert.equal(got.sha256, sha256);
    });

    it('comes over https through the proxy of HTTPS_PROXY, and only with a certificate that is trusted', async () => {
      const proxy = await startProxy(['huggingface.co', 'cdn.huggingface.co'], (request, response) => {
        if (request.headers.host === 'huggingface.co') {
          const location = 'https://cdn.huggingface.co/store/0123';
          response.writeHead(302, { location, 'x-linked-etag': `"${sha256}"` }).end();
          return;
        }
        const [, start, end] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range!)!.map(Number) as [
          number,
          number,
          number,
        ];
        response.writeHead(206, headersOf({ start, end: end + 1 }, whole)).end(onnx.subarray(start, end + 1));
      });
      try {
        await serve({});
        const authority = join(folder, 'authority.pem');
        await writeFile(authority, proxy.certificate);
        delete environment['ANOMALY_CLUSTERING_HUB'];
        environment = { ...environment, HTTPS_PROXY: proxy.url, NODE_EXTRA_CA_CERTS: authority };
        const { stdout } = await models('get', 'dino-vits8');
        assert.match(stdout, /^dino-vits8 is ready/);
        assert.deepEqual(new Set(proxy.tunnelled), new Set(['huggingface.co:443', 'cdn.huggingface.co:443']));
        await models('remove', 'dino-vits8');
        delete environment['NODE_EXTRA_CA_CERTS'];
        await assert.rejects(models('get', 'dino-vits8'), (error: Failure) => {
          assert.match(error.stderr, /certificate is not trusted here: .*NODE_EXTRA_CA_CERTS/);
          return error.code === 1;
        });
      } finally {
        await proxy.close();
      }
    });

    it('is not kept when a byte of it changed on the way', async () => {
      await serve({ 'Xenova/dino-vits8/onnx/model.onnx': whole });
      hub.faults.push(
        () => false,
        ({ response, range, file, content }) => {
          content[content.length >> 1]! ^= 1;
          response.writeHead(206, headersOf(range, file)).end(content);
          return true;
        },
      );
      await assert.rejects(get(), { code: 'model-invalid', message: /SHA-256 is another/ });
      assert.deepEqual(
        (await readdir(join(folder, 'library', 'dino-vits8')).catch(() => [])).filter(
          (name) => !name.endsWith('.lock'),
        ),
        [],
      );
    });

    it('is not kept when it is whole and no network', async () => {
      const page = Buffer.from('<html>an error page that was cached by somebody</html>');
      const hash = createHash('sha256').update(page).digest('hex');
      await serve({
        'Xenova/dino-vits8/onnx/model.onnx': {
          bytes: page.length,
          segments: [{ offset: 0, bytes: page }],
          sha256: hash,
        },
      });
      await assert.rejects(get(), { code: 'model-invalid' });
      assert.deepEqual(await readdir(join(folder, 'library', 'dino-vits8')), []);
    });
  });

  it('that is built in or unknown says so', async () => {
    await serve({});
    const get = (name: string) => getModel(modelsFolder, { name, flag: createCancelFlag() });
    await assert.rejects(get('patchnet-s'), { code: 'model-not-found', message: /built in/ });
    await assert.rejects(get('resnet9000'), { code: 'model-not-found', message: /There are: wide_resnet50_2,/ });
    await assert.rejects(get('dino-vits8#layer2'), { code: 'model-not-found', message: /one output/ });
  });
});
