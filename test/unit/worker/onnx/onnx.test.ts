// ONNX files as such: read and written without loss, cut so that they still run, and searched for tensors that could be patches.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Tensor } from 'onnxruntime-node';
import { openSession } from '../../../../worker/onnx/inference-session';
import { describeCandidates, findCandidates } from '../../../../worker/features/patch-tensors';
import { cutModel } from '../../../../worker/onnx/cut';
import { encodeOnnx, type OnnxGraph } from '../../../../worker/onnx/encode';
import {
  decodeOnnx,
  encodeModel,
  type GraphProto,
  type ModelProto,
  type NodeProto,
} from '../../../../worker/onnx/file';
import { imageInputOf } from '../../../../worker/onnx/image-input';
import { root } from '../../../tools/paths';

const resnet = join(root, '..', 'shared', 'models', 'resnet50-layer2.onnx');

type Decoded = ModelProto & { graph: GraphProto };
const decoded = (graph: OnnxGraph): Decoded => decodeOnnx(encodeOnnx(graph), 'net.onnx');

describe('an ONNX file', () => {
  it('is the same bytes after reading and writing', async function () {
    const files = [join(root, 'models', 'patchnet-s.onnx'), resnet].filter((file) => existsSync(file));
    if (files.length < 2) console.log('      without resnet50: skipped, needs ../shared/models/resnet50-layer2.onnx');
    for (const file of files) {
      const bytes = await readFile(file);
      assert.ok(bytes.equals(encodeModel(decodeOnnx(bytes, file))), file);
    }
  });

  it('keeps fields that newer versions of ONNX have and this schema does not', () => {
    // Field 1000 of the model, as protocol buffers write a text of five bytes.
    const extra = Buffer.concat([Buffer.from([0xc2, 0x3e, 5]), Buffer.from('later')]);
    const bytes = Buffer.concat([encodeOnnx(threeStages()), extra]);
    assert.ok(bytes.equals(encodeModel(decodeOnnx(bytes, 'newer.onnx'))));
  });

  it('keeps whole numbers that a double cannot hold', () => {
    const end = 2n ** 63n - 1n;
    const values = { name: 'end', dims: [1], dataType: 7, int64Data: ['9223372036854775807'] };
    const { graph } = decoded(threeStages());
    const bytes = encodeModel({ irVersion: 8, graph: { node: graph.node, initializer: [values] } });
    const again = decodeOnnx(encodeModel(decodeOnnx(bytes, 'x')), 'x').graph.initializer[0] as {
      int64Data?: unknown[];
    };
    assert.equal(String(again.int64Data?.[0]), String(end));
  });

  it('is read without copying its weights', async () => {
    const bytes = await readFile(join(root, 'models', 'patchnet-s.onnx'));
    const { graph } = decodeOnnx(bytes, 'patchnet-s.onnx');
    const { rawData } = graph.initializer[0] as { rawData?: Uint8Array };
    assert.equal(rawData?.buffer, bytes.buffer);
  });

  it('that keeps the values of a constant elsewhere is refused, inside a branch too', () => {
    const model = decoded(threeStages());
    const elsewhere = { name: 'value', t: { dataLocation: 1 }, type: 4, graphs: [] };
    const constant: NodeProto = { opType: 'Constant', input: [], output: ['c'], attribute: [elsewhere] };
    const branch = { ...model.graph, node: [constant], initializer: [] };
    const choice: NodeProto = {
      opType: 'If',
      input: [],
      output: ['d'],
      attribute: [{ name: 'then_branch', g: branch }],
    };
    for (const node of [constant, choice]) {
      const bytes = encodeModel({ ...model, graph: { ...model.graph, node: [...model.graph.node, node] } });
      assert.throws(() => decodeOnnx(bytes, 'big.onnx'), {
        code: 'model-invalid',
        message: /big\.onnx keeps its weights/,
      });
    }
  });

  it('of our own may have every kind of attribute that is needed', () => {
    const attributes = { a: 1, b: [1, 2], c: { float: 0.5 }, d: { floats: [0.5, 2] }, e: { text: 'linear' } };
    const graph = threeStages();
    graph.nodes[0] = { ...graph.nodes[0]!, attributes };
    type Read = { type: number; i: unknown; ints: unknown[]; f: number; floats: number[]; s: Uint8Array };
    const [a, b, c, d, e] = decoded(graph).graph.node[0]!.attribute as unknown as [Read, Read, Read, Read, Read];
    assert.deepEqual([a.type, b.type, c.type, d.type, e.type], [2, 7, 1, 6, 3]);
    assert.deepEqual([String(a.i), b.ints.map(String), c.f, d.floats], ['1', ['1', '2'], 0.5, [0.5, 2]]);
    assert.equal(Buffer.from(e.s).toString(), 'linear');
  });
});

describe('a network that is cut', () => {
  it('runs with a branch that uses a tensor from outside, and gives the same bits', async () => {
    const whole = withBranch(decoded(threeStages()));
    const cut = cutModel(whole, ['chosen'])!;
    assert.deepEqual(
      cut.graph.node.flatMap(({ output }) => output),
      ['first', 'second', 'yes', 'chosen'],
    );
    const both = encodeModel({ ...whole, graph: { ...whole.graph, output: [{ name: 'chosen' }, { name: 'logits' }] } });
    const values = Float32Array.from({ length: 3 * 32 * 48 }, (_, i) => Math.sin(i / 5));
    const feeds = { image: new Tensor('float32', values, [1, 3, 32, 48]) };
    const expected = (await (await openSession(both)).run(feeds))['chosen']!;
    const actual = (await (await openSession(encodeModel(cut))).run(feeds))['chosen']!;
    assert.deepEqual(actual.dims, [1, 6, 8, 12]);
    assert.deepEqual(actual.data, expected.data);
  });

  it('loses inputs, weights and notes that only the rest needs', () => {
    const { graph } = decoded(threeStages());
    const sparse = (name: string) => ({ values: { name } });
    const model = {
      graph: {
        ...graph,
        input: [...graph.input, { name: 'question' }],
        sparseInitializer: [sparse('w1'), sparse('other')],
        valueInfo: [{ name: 'first' }, { name: 'second' }, { name: 'third' }],
        quantizationAnnotation: [{ tensorName: 'first' }, { tensorName: 'third' }],
      },
    };
    const cut = cutModel(model, ['second'])!.graph;
    const names = (list: readonly { name?: string }[]) => list.map(({ name }) => name);
    assert.deepEqual(names(cut.input), ['image']);
    assert.deepEqual(names(cut.initializer), ['w1', 'w2']);
    assert.deepEqual(cut.sparseInitializer, [sparse('w1')]);
    assert.deepEqual(cut.valueInfo, [{ name: 'first' }]);
    assert.deepEqual(cut.output, [{ name: 'second' }], 'with what the file says of it');
    assert.deepEqual(cut.quantizationAnnotation, [{ tensorName: 'first' }]);
    assert.equal(model.graph.node.length, 4, 'the model itself stays as it is');
  });
});

describe('the tensors that could be patches', () => {
  const input = { name: 'image', isHalf: false };

  it('are listed in the order of the graph, behind the one with a patch every eight pixels', async () => {
    const found = await findCandidates(decoded(threeStages()), input, { height: 64, width: 96 });
    assert.deepEqual(found, [
      { name: 'third', shape: [1, 8, 8, 12] },
      { name: 'first', shape: [1, 4, 32, 48] },
      { name: 'second', shape: [1, 6, 16, 24] },
    ]);
    assert.match(
      describeCandidates(found, 'net.onnx'),
      /third \(8 × 8 × 12\), first \(4 × 32 × 48\),.* Try: --output third \(in VS Code's settings: net\.onnx#third\)$/,
    );
  });

  it('of a transformer are its last tokens; neither who looks at whom nor turned tokens', async () => {
    const found = await findCandidates(decoded(attention()), input, { height: 64, width: 64 });
    assert.deepEqual(found, [
      { name: 'last', shape: [1, 64, 6] },
      { name: 'map', shape: [1, 6, 8, 8] },
    ]);
  });

  it('are none where the network does not run', async () => {
    assert.deepEqual(await findCandidates(decoded(threeStages()), input, { height: 0, width: 0 }), []);
    assert.equal(describeCandidates([], 'net.onnx'), '');
  });
});

describe('the image that a network takes', () => {
  const taken = (shape: (number | string)[], type: 'float32' | 'float16' | 'int64' = 'float32') =>
    imageInputOf(decoded({ ...threeStages(), inputs: [{ name: 'image', type, shape }] }).graph, 'net.onnx');
  const refused = (message: RegExp) => ({ code: 'model-invalid', message });

  it('has the size that the file says, or any', () => {
    assert.deepEqual(taken(['n', 3, 'h', 'w']), { name: 'image', isHalf: false, height: undefined, width: undefined });
    assert.deepEqual(taken([1, 3, 240, 'w'], 'float16'), {
      name: 'image',
      isHalf: true,
      height: 240,
      width: undefined,
    });
    assert.deepEqual(taken(['n', 'c', 224, 224]).height, 224);
  });

  it('has its channels first, also where sizes are open', () => {
    assert.throws(() => taken(['n', 'h', 'w', 3]), refused(/channels last.*Export it with channels first/));
    assert.throws(() => taken(['n', 224, 224, 3]), refused(/channels last/));
    assert.equal(taken(['n', 3, 64, 3]).width, 3);
  });

  it('is no text', () => {
    assert.throws(() => taken(['n', 'tokens'], 'int64'), refused(/has not the shape \(batch, 3, height, width\)/));
  });

  it('is not one of the weights that old files list among the inputs', () => {
    const { graph } = decoded(threeStages());
    assert.equal(imageInputOf({ ...graph, input: [{ name: 'w1' }, ...graph.input] }, 'old.onnx').name, 'image');
    const sparse = { ...graph, input: [{ name: 's' }, ...graph.input], sparseInitializer: [{ values: { name: 's' } }] };
    assert.equal(imageInputOf(sparse, 'old.onnx').name, 'image');
  });
});

/** Convolutions with a stride of 2 each (`first`, `second`, `third`), then one number a channel (`logits`). */
function threeStages(): OnnxGraph {
  const attributes = { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] };
  const weights = (name: string, outputs: number, inputs: number) => ({
    name,
    shape: [outputs, inputs, 3, 3],
    values: Float32Array.from({ length: outputs * inputs * 9 }, (_, i) => Math.cos(i * 1.7)),
  });
  return {
    name: 'three-stages',
    inputs: [{ name: 'image', type: 'float32', shape: ['batch', 3, 'height', 'width'] }],
    outputs: [{ name: 'logits', type: 'float32', shape: ['batch', 8] }],
    constants: [weights('w1', 4, 3), weights('w2', 6, 4), weights('w3', 8, 6)],
    nodes: [
      { operator: 'Conv', inputs: ['image', 'w1'], outputs: ['first'], attributes },
      { operator: 'Conv', inputs: ['first', 'w2'], outputs: ['second'], attributes },
      { operator: 'Conv', inputs: ['second', 'w3'], outputs: ['third'], attributes },
      { operator: 'ReduceMean', inputs: ['third'], outputs: ['logits'], attributes: { axes: [2, 3], keepdims: 0 } },
    ],
  };
}

/** Adds `chosen`: an If (always yes) whose branches use `second`, which no node outside uses for it. */
function withBranch(model: Decoded): Decoded {
  const branch = (name: string, opType: string) => ({
    name,
    type: 5,
    g: { ...none, name, node: [node(opType, 'second', name)], output: [{ name }] },
  });
  const none = { initializer: [], sparseInitializer: [], input: [], valueInfo: [] };
  const node = (opType: string, input: string, output: string): NodeProto => ({
    opType,
    input: [input],
    output: [output],
    attribute: [],
  });
  const yes = { ...node('Cast', 'flag', 'yes'), attribute: [{ name: 'to', type: 2, i: 9 }] };
  const choice = {
    ...node('If', 'yes', 'chosen'),
    attribute: [branch('then_branch', 'Relu'), branch('else_branch', 'Neg')],
  };
  const flag = { name: 'flag', dims: [], dataType: 7, int64Data: [1] };
  const { graph } = model;
  return {
    ...model,
    graph: { ...graph, node: [...graph.node, yes, choice], initializer: [...graph.initializer, flag] },
  };
}

/** A patch every 8 pixels, then one round of attention with one head; a graph such as exporters write. */
function attention(): OnnxGraph {
  const weight = { name: 'w', shape: [6, 3, 8, 8], values: new Float32Array(6 * 192).fill(0.01) };
  return {
    name: 'attention',
    inputs: [{ name: 'image', type: 'float32', shape: ['batch', 3, 'height', 'width'] }],
    outputs: [{ name: 'logits', type: 'float32', shape: ['batch', 6] }],
    constants: [
      weight,
      { name: 'flat', shape: [3], values: BigInt64Array.of(0n, 6n, -1n) },
      { name: 'heads', shape: [1], values: BigInt64Array.of(1n) },
    ],
    nodes: [
      { operator: 'Conv', inputs: ['image', 'w'], outputs: ['map'], attributes: { strides: [8, 8] } },
      { operator: 'Reshape', inputs: ['map', 'flat'], outputs: ['turned'] },
      { operator: 'Transpose', inputs: ['turned'], outputs: ['tokens'], attributes: { perm: [0, 2, 1] } },
      { operator: 'MatMul', inputs: ['tokens', 'turned'], outputs: ['scores'] },
      { operator: 'Unsqueeze', inputs: ['scores', 'heads'], outputs: ['attention'] },
      { operator: 'Softmax', inputs: ['scores'], outputs: ['shares'] },
      { operator: 'MatMul', inputs: ['shares', 'tokens'], outputs: ['last'] },
      { operator: 'ReduceMean', inputs: ['last'], outputs: ['logits'], attributes: { axes: [1], keepdims: 0 } },
    ],
  };
}
