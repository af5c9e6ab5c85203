// Networks of the person's own that no run should meet: tried in a process of their own, and refused with a reason.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Long from 'long';
import { createCancelFlag } from '../../worker/base/cancel';
import { tryNetwork } from '../../worker/devices/try-network';
import { findModel } from '../../worker/models/find';
import { encodeModel } from '../../worker/onnx/file';
import { Cache } from '../../worker/store/cache';
import { tokenNetwork } from '../hub/token-network';
import { cli, dist, root } from '../tools/paths';

const float32 = 1;
const int64 = 7;
const bool = 9;
const image = {
  name: 'image',
  type: {
    tensorType: {
      elemType: float32,
      shape: { dim: [{ dimParam: 'batch' }, ...[3, 64, 64].map((dimValue) => ({ dimValue }))] },
    },
  },
};
const map = { name: 'map', type: { tensorType: { elemType: float32 } } };
const constant = (name: string, dataType: number, dims: number[], rawData: Uint8Array) => ({
  name,
  dataType,
  dims,
  rawData,
});
const wholeNumber = (name: string, value: Long) => constant(name, int64, [1], Uint8Array.from(value.toBytesLE()));
const scalar = (name: string, value: Long) => ({ ...wholeNumber(name, value), dims: [] });
const node = (opType: string, input: string[], output: string[], attribute: object[] = []) => ({
  opType,
  input,
  output,
  attribute,
});
const model = (nodes: object[], initializer: object[]) =>
  encodeModel({
    irVersion: 8,
    opsetImport: [{ domain: '', version: 17 }],
    graph: { name: 'graph', node: nodes, initializer, input: [image], output: [map] },
  });

describe('a network that is tried first', () => {
  const work = mkdtempSync(join(tmpdir(), 'try-network-'));
  after(() => rmSync(work, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }));
  const modelsFolder = join(root, 'models');
  const cache = new Cache(join(work, 'cache'));
  const context = { cache, flag: createCancelFlag(), probeFile: join(dist, 'probe.cjs'), pool: { threads: 1 } };
  const find = async (name: string, bytes: Uint8Array) => {
    const file = join(work, name);
    writeFileSync(file, bytes);
    return findModel(file, { modelsFolder, cache });
  };

  it('may be used when it gives an answer, and is known by its content then', async () => {
    const file = await find('usual.onnx', tokenNetwork());
    await tryNetwork(context, file);
    // No program to try it with, and none is needed.
    await tryNetwork({ ...context, probeFile: join(work, 'no such program') }, file);
  });

  it('is refused when it loops without end', async () => {
    const body = {
      name: 'body',
      input: [
        { name: 'i', type: { tensorType: { elemType: int64, shape: { dim: [] } } } },
        { name: 'go', type: { tensorType: { elemType: bool, shape: { dim: [] } } } },
        { name: 'before', type: { tensorType: { elemType: float32 } } },
      ],
      node: [node('Identity', ['go'], ['go on']), node('Sin', ['before'], ['after'])],
      output: [
        { name: 'go on', type: { tensorType: { elemType: bool, shape: { dim: [] } } } },
        { name: 'after', type: { tensorType: { elemType: float32 } } },
      ],
    };
    const endless = model(
      [node('Loop', ['times', '', 'image'], ['map'], [{ name: 'body', type: 5, g: body }])],
      [scalar('times', Long.MAX_VALUE)],
    );
    const file = await find('endless.onnx', endless);
    await assert.rejects(tryNetwork(context, file, { milliseconds: 3000 }), {
      code: 'model-invalid',
      message: /endless\.onnx was tried with one image and did not answer within 3 s/,
    });
  });

  it('is refused when it takes more memory than it should', async () => {
    const numbers = Long.fromNumber(1e9);
    const huge = model(
      [
        node('ConstantOfShape', ['size'], ['numbers']),
        node('ReduceMax', ['numbers'], ['largest'], [{ name: 'keepdims', type: 2, i: 0 }]),
        node('Add', ['image', 'largest'], ['map']),
      ],
      [wholeNumber('size', numbers)],
    );
    const file = await find('huge.onnx', huge);
    // The network has nothing but its 4 GB to do, so it ends by them however slow the machine is.
    await assert.rejects(tryNetwork(context, file, { milliseconds: 600_000, memoryBytes: 0.5e9 }), {
      code: 'model-invalid',
      message: /huge\.onnx was tried with one image and took more than 0\.5 GB of memory/,
    });
  });

  it('is never opened where it is a pipe', function () {
    if (process.platform === 'win32') this.skip();
    const pipe = join(work, 'pipe.onnx');
    assert.equal(spawnSync('mkfifo', [pipe]).status, 0);
    const { status, stderr } = spawnSync(process.execPath, [cli, 'cluster', root, '--model', pipe], {
      encoding: 'utf8',
    });
    assert.equal(status, 1);
    assert.match(stderr, /^Error: .*pipe\.onnx is a pipe or a device and not an ONNX file/m);
  });

  it('is refused when something in it refers to other files, wherever it does, or has a shape that no tensor has', async () => {
    const elsewhere = {
      name: 'w',
      dataType: float32,
      dims: [1],
      dataLocation: 1,
      externalData: [{ key: 'location', value: '/etc/passwd' }],
    };
    const attribute = (of: object) => [node('Constant', [], ['map'], [{ name: 'value', ...of }])];
    const graph = { name: 'g', node: [node('Identity', ['image'], ['map'])], input: [image], output: [map] };
    const files = {
      initializer: { graph: { ...graph, initializer: [elsewhere] } },
      sparse: { graph: { ...graph, sparseInitializer: [{ values: elsewhere }] } },
      attribute: { graph: { ...graph, node: attribute({ t: elsewhere }) } },
      'list of an attribute': { graph: { ...graph, node: attribute({ tensors: [elsewhere] }) } },
      'sparse attribute': { graph: { ...graph, node: attribute({ sparseTensor: { values: elsewhere } }) } },
      'inner graph': { graph: { ...graph, node: attribute({ g: { ...graph, initializer: [elsewhere] } }) } },
      function: { graph, functions: [{ name: 'f', node: attribute({ t: elsewhere }) }] },
      training: { graph, trainingInfo: [{ algorithm: { ...graph, initializer: [elsewhere] } }] },
    };
    for (const [name, content] of Object.entries(files))
      await assert.rejects(find(`${name}.onnx`, encodeModel({ irVersion: 8, ...content })), {
        code: 'model-invalid',
        message: /keeps its weights in other files/,
      });
    for (const dims of [[-1], [Long.MAX_VALUE], [2 ** 30, 2 ** 30]]) {
      const shaped = { ...graph, initializer: [{ name: 'w', dataType: float32, dims }] };
      await assert.rejects(find('shape.onnx', encodeModel({ irVersion: 8, graph: shaped })), {
        code: 'model-invalid',
        message: /says that w has the shape \(.*\), which no tensor has/,
      });
    }
    for (const side of [-1, 2 ** 40]) {
      const dim = [{ dimParam: 'b' }, { dimValue: 3 }, { dimValue: side }, { dimValue: 64 }];
      const input = [{ name: 'image', type: { tensorType: { elemType: float32, shape: { dim } } } }];
      await assert.rejects(find('side.onnx', encodeModel({ irVersion: 8, graph: { ...graph, input } })), {
        code: 'model-invalid',
        message: /has a side of/,
      });
    }
  });
});
