// Users' own ONNX files: patches found or named, inside the graph too; transformers; half precision; and what is wrong with other files.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Tensor } from 'onnxruntime-node';
import { floatToHalf, halfToFloat } from '../../../../worker/onnx/half';
import { Network } from '../../../../worker/features/network';
import { openSession } from '../../../../worker/onnx/inference-session';
import { findModel } from '../../../../worker/models/find';
import { formatModelName, joinModelName, parseModelName } from '../../../../worker/models/name';
import { cutModel } from '../../../../worker/onnx/cut';
import { encodeOnnx, type OnnxConstant, type OnnxGraph, type OnnxNode } from '../../../../worker/onnx/encode';
import { decodeOnnx, encodeModel } from '../../../../worker/onnx/file';
import { Cache } from '../../../../worker/store/cache';
import { root } from '../../../tools/paths';

const modelsFolder = join(root, 'models');
const resnet = join(root, '..', 'shared', 'models', 'resnet50-layer2.onnx');

describe('a user’s own ONNX file', () => {
  let folder: string;
  let cache: Cache;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'anomaly-tests-'));
    cache = new Cache(join(folder, 'cache'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const save = async (name: string, graph: OnnxGraph): Promise<string> => {
    const file = join(folder, name);
    await writeFile(file, encodeOnnx(graph));
    return file;
  };
  const find = (name: string) => findModel(name, { modelsFolder, cache });
  const open = async (name: string) => Network.open(await find(name));
  const refused = (name: string, message: RegExp) => assert.rejects(open(name), { code: 'model-invalid', message });

  it('is named by its path, with a tensor behind "#"', () => {
    assert.deepEqual(parseModelName('a#b/net.onnx#layer2/Relu'), { id: 'a#b/net.onnx', output: 'layer2/Relu' });
    assert.deepEqual(parseModelName('C:\\nets\\net.ONNX'), { id: 'C:\\nets\\net.ONNX', output: undefined });
    assert.deepEqual(parseModelName('resnet50#layer2+layer3'), { id: 'resnet50', output: 'layer2+layer3' });
    assert.equal(joinModelName('net.onnx', 'features'), 'net.onnx#features');
    assert.throws(() => joinModelName('net.onnx#a', 'b'), { code: 'invalid-setting' });
    assert.equal(formatModelName('net', 'features', 'f'.repeat(64)), 'net#features@ffffffff');
  });

  describe('that is a transformer', () => {
    it('gives one patch a token, class and register tokens left out, each in its place', async () => {
      const file = await save('vit.onnx', transformer({ prefix: 3 }));
      const model = await find(file);
      const network = await Network.open(model);
      assert.deepEqual([model.input.width, model.input.height], [224, 224]);
      const bag = await network.embed(brightCell(224, 224, 9, 20));
      assert.deepEqual([bag.rows, bag.columns, bag.dimensions], [28, 28, 4]);
      assert.deepEqual(network.grid(bag), {
        rows: 28,
        columns: 28,
        stride: 8,
        origin: 4,
        inputWidth: 224,
        inputHeight: 224,
      });
      // 3×3 pooling spreads the one bright cell over its neighbours.
      assert.deepEqual(changed(bag, 4), cellsAround(9, 20, 28));
    });

    it('may have half-precision numbers', async () => {
      const file = await save('vit-half.onnx', transformer({ prefix: 1, isHalf: true }));
      const whole = await save('vit-whole.onnx', transformer({ prefix: 1 }));
      const picture = brightCell(224, 224, 3, 4);
      const half = await (await open(file)).embed(picture);
      const full = await (await open(whole)).embed(picture);
      assert.deepEqual([half.rows, half.columns], [28, 28]);
      const largest = full.embeddings.reduce(
        (most, value, i) => Math.max(most, Math.abs(value - half.embeddings[i]!)),
        0,
      );
      assert.ok(largest < 5e-3, String(largest));
    });

    it('may take an image that is not square', async () => {
      const file = await save('vit-wide.onnx', transformer({ prefix: 1, height: 64, width: 128 }));
      const network = await open(file);
      const bag = await network.embed(brightCell(128, 64, 2, 13));
      assert.deepEqual([bag.rows, bag.columns], [8, 16]);
      assert.deepEqual(changed(bag, 4), cellsAround(2, 13, 16));
    });

    it('whose tokens make no grid is refused with the numbers', async () => {
      const file = await save('vit-odd.onnx', transformer({ prefix: 30 }));
      await assert.rejects(
        open(file).then((network) => network.embed(brightCell(224, 224, 0, 0))),
        { code: 'model-invalid', message: /814 tokens for an image of 224 × 224 pixels make no grid/ },
      );
    });
  });

  describe('that is cut at a tensor', () => {
    it('gives what the whole network has there', async () => {
      const graph = classifier();
      const file = await save('classifier.onnx', graph);
      const model = await find(`${file}#middle`);
      assert.match(model.reference, /^classifier#middle@[0-9a-f]{8}$/);
      const cut = await openSession(model.file);
      assert.deepEqual(cut.outputNames, ['middle']);
      const pixels = Float32Array.from({ length: 3 * 64 * 64 }, (_, i) => Math.sin(i / 7));
      const image = new Tensor('float32', pixels, [1, 3, 64, 64]);
      const whole = await openSession(
        encodeOnnx({
          ...graph,
          outputs: [...graph.outputs, { name: 'middle', type: 'float32', shape: [1, 6, 'h', 'w'] }],
        }),
      );
      const expected = (await whole.run({ image })).middle!;
      const { middle } = await cut.run({ image });
      assert.deepEqual(middle!.dims, [1, 6, 16, 16]);
      assert.deepEqual(middle!.data, expected.data);
      const names = decodeOnnx(await readFile(model.file), model.file).graph.initializer.map(({ name }) => name);
      assert.deepEqual(names.sort(), ['w1', 'w2'], 'what comes behind is gone');
      assert.equal((await find(`${file}#middle`)).hash, model.hash);
      assert.notEqual((await find(`${file}#first`)).hash, model.hash);
    });

    it('says which tensors there are when that one is not, the likeliest first', async () => {
      const file = await save('classifier.onnx', classifier());
      await refused(
        `${file}#nonsense`,
        /no tensor "nonsense".*deep \(8 × 32 × 32\), first\.relu \(4 × 128 × 128\), middle \(6 × 64 × 64\)\. Try: --output deep \(in VS Code's settings: \S+\/classifier\.onnx#deep\)$/,
      );
    });

    it('is written into the cache once, and again when it is gone or damaged', async () => {
      const name = `${await save('classifier.onnx', classifier())}#middle`;
      const { file } = await find(name);
      const whole = await readFile(file);
      // A file that is written anew is another one by the same name.
      const { ino } = await stat(file);
      await find(name);
      assert.equal((await stat(file)).ino, ino);
      for (const spoil of [() => rm(file), () => writeFile(file, 'cut short')]) {
        await spoil();
        assert.equal((await find(name)).file, file);
        assert.ok((await readFile(file)).equals(whole));
      }
    });

    it('says so when the cache cannot keep it', async () => {
      const name = `${await save('classifier.onnx', classifier())}#middle`;
      const blocked = join(folder, 'no-folder');
      await writeFile(blocked, '');
      const broken = findModel(name, { modelsFolder, cache: new Cache(blocked) });
      await assert.rejects(broken, { code: 'not-writable', message: /cannot be written to .*no-folder.*Make room/ });
    });

    it('keeps what graphs inside its nodes use', () => {
      const inner = {
        node: [{ opType: 'Add', input: ['inside', 'outer'], output: ['sum'], attribute: [] }],
        initializer: [{ name: 'inside' }],
        input: [],
        output: [{ name: 'sum' }],
        sparseInitializer: [],
        valueInfo: [],
      };
      const graph = {
        node: [
          { opType: 'Relu', input: ['image'], output: ['outer'], attribute: [] },
          { opType: 'Relu', input: ['image'], output: ['unused'], attribute: [] },
          {
            opType: 'If',
            input: ['flag'],
            output: ['patches'],
            attribute: [{ name: 'then_branch', g: inner, graphs: [] }],
          },
          { opType: 'Relu', input: ['patches'], output: ['end'], attribute: [] },
        ],
        initializer: [{ name: 'flag' }, { name: 'weights' }],
        sparseInitializer: [],
        input: [{ name: 'image' }],
        output: [{ name: 'end' }],
        valueInfo: [],
      };
      const cut = cutModel({ graph }, ['patches'])!.graph;
      assert.deepEqual(
        cut.node.flatMap(({ output }) => output),
        ['outer', 'patches'],
      );
      assert.deepEqual(cut.initializer, [{ name: 'flag' }]);
      assert.equal(cutModel({ graph }, ['missing']), undefined);
    });
  });

  describe('that cannot be used', () => {
    it('because it only classifies: the tensors to take are named', async () => {
      await refused(await save('logits.onnx', classifier()), /it has: logits\..*Try: --output deep/);
    });
    it('because the tensor is no map', async () => {
      const file = await save('classifier.onnx', classifier());
      const network = await open(`${file}#flat`);
      await assert.rejects(network.embed(new Uint8Array(256 * 256 * 3)), { message: /has the shape \(1, 8\)/ });
    });
    it('because it is no ONNX file, or not all of it', async () => {
      const file = join(folder, 'broken.onnx');
      for (const bytes of [
        Buffer.from('<html>'),
        Buffer.alloc(0),
        (await readFile(join(modelsFolder, 'patchnet-s.onnx'))).subarray(0, 100_000),
      ]) {
        await writeFile(file, bytes);
        await refused(file, /is not an ONNX model, or not all of it/);
      }
      await assert.rejects(find(join(folder, 'nowhere.onnx')), { code: 'model-not-found', message: /cannot be read/ });
    });
    it('because of its input', async () => {
      const inputs = (...inputs: OnnxGraph['inputs']) => ({ ...classifier(), inputs });
      const image = classifier().inputs[0]!;
      const cases: [OnnxGraph, RegExp][] = [
        [inputs(image, { ...image, name: 'mask' }), /it has 2 \(image, mask\)/],
        [inputs({ ...image, shape: ['batch', 224, 224, 3] }), /channels last.*channels first/],
        [inputs({ ...image, shape: ['batch', 1, 224, 224] }), /has 1 channels/],
        [inputs({ ...image, shape: [4, 3, 224, 224] }), /takes 4 images at once/],
        [inputs({ ...image, shape: ['batch', 3] }), /has not the shape/],
        [inputs({ ...image, type: 'int64' }), /does not hold floating-point numbers/],
      ];
      for (const [graph, message] of cases) await refused(await save('input.onnx', graph), message);
    });
    it('because the runtime lacks an operator', async () => {
      const graph = classifier();
      graph.nodes[1] = { ...graph.nodes[1]!, operator: 'Marvel' };
      await refused(
        await save('operator.onnx', graph),
        /operator\.onnx needs the operator Marvel, which the runtime does not have/,
      );
    });
    it('because its weights are in another file', async () => {
      const decoded = decodeOnnx(encodeOnnx(classifier()), 'x') as unknown as {
        graph: { initializer: { dataLocation: number }[] };
      };
      decoded.graph.initializer[0]!.dataLocation = 1;
      const file = join(folder, 'external.onnx');
      await writeFile(file, encodeModel(decoded));
      await refused(file, /keeps its weights in other files.*save_as_external_data=False/);
    });
    it('because it takes one size and another comes: never, the size is the file’s', async () => {
      const graph = classifier();
      graph.inputs[0]!.shape = [1, 3, 96, 160];
      const file = await save('fixed.onnx', graph);
      const model = await find(`${file}#middle`);
      assert.deepEqual([model.input.width, model.input.height], [160, 96]);
      const bags = await (await Network.open(model)).embedAll([brightCell(160, 96, 1, 1), brightCell(160, 96, 2, 2)]);
      assert.deepEqual(
        bags.map(({ rows, columns }) => [rows, columns]),
        [
          [24, 40],
          [24, 40],
        ],
      );
    });
  });

  describe('such as ../shared/models/resnet50-layer2.onnx', () => {
    before(function () {
      if (existsSync(resnet)) return;
      console.log('      skipped, needs ../shared/models/resnet50-layer2.onnx');
      this.skip();
    });

    it('works by its path, and cut at a tensor inside', async () => {
      const bag = await (await open(resnet)).embed(brightCell(256, 256, 3, 3));
      assert.deepEqual([bag.rows, bag.columns, bag.dimensions], [32, 32, 512]);
      const { graph } = decodeOnnx(await readFile(resnet), resnet);
      const inside = graph.node.filter(({ opType }) => opType === 'MaxPool')[0]!.output[0]!;
      const early = await (await open(`${resnet}#${inside}`)).embed(brightCell(256, 256, 3, 3));
      assert.deepEqual([early.rows, early.columns, early.dimensions], [64, 64, 64]);
    });

    it('loses nothing when it is read and written', async () => {
      for (const file of [resnet, join(modelsFolder, 'patchnet-s.onnx')]) {
        const bytes = await readFile(file);
        const again = encodeModel(decodeOnnx(bytes, file));
        assert.equal(again.length, bytes.length);
        assert.deepEqual(decodeOnnx(again, file), decodeOnnx(bytes, file));
      }
    });
  });
});

describe('half precision', () => {
  it('is rounded to the nearest, ties to even, as IEEE 754 says', () => {
    const cases: [number, number][] = [
      [0, 0x0000],
      [-0, 0x8000],
      [1, 0x3c00],
      [-2, 0xc000],
      [65504, 0x7bff],
      [65519.99, 0x7bff],
      [65520, 0x7c00],
      [1 + 2 ** -11, 0x3c00],
      [1 + 3 * 2 ** -11, 0x3c02],
      [2 ** -24, 0x0001],
      [2 ** -25, 0x0000],
      [3 * 2 ** -25, 0x0002],
      [2 ** -14 - 2 ** -25, 0x0400],
      [Infinity, 0x7c00],
      [-Infinity, 0xfc00],
      [NaN, 0x7e00],
    ];
    assert.deepEqual(
      [...floatToHalf(Float32Array.from(cases, ([value]) => value))],
      cases.map(([, bits]) => bits),
    );
  });

  it('comes back as it was', () => {
    const all = Uint16Array.from({ length: 0x7c00 }, (_, i) => i);
    const values = new Float32Array(all.length);
    halfToFloat(all, values);
    assert.deepEqual(floatToHalf(values), all);
  });
});

/** First patches of 8×8 pixels by a convolution that gives (mean, 1, 1, 1), then tokens, with others before them. */
function transformer({
  prefix,
  isHalf = false,
  height,
  width,
}: {
  prefix: number;
  isHalf?: boolean;
  height?: number;
  width?: number;
}): OnnxGraph {
  const type = isHalf ? 'float16' : 'float32';
  const weight = new Float32Array(4 * 3 * 64).fill(1 / 192, 0, 192);
  const cast = (from: string, to: string, element: number): OnnxNode => ({
    operator: 'Cast',
    inputs: [from],
    outputs: [to],
    attributes: { to: element },
  });
  const constants: OnnxConstant[] = [
    { name: 'weight', shape: [4, 3, 8, 8], values: weight },
    { name: 'bias', shape: [4], values: Float32Array.of(0, 1, 1, 1) },
    { name: 'flat', shape: [3], values: BigInt64Array.of(0n, 4n, -1n) },
    { name: 'others', shape: [1, prefix, 4], values: new Float32Array(prefix * 4).fill(100) },
  ];
  return {
    name: 'transformer',
    inputs: [{ name: 'pixel_values', type, shape: ['batch', 3, height ?? 'height', width ?? 'width'] }],
    outputs: [{ name: 'last_hidden_state', type, shape: ['batch', 'tokens', 4] }],
    constants,
    nodes: [
      cast('pixel_values', 'image', 1),
      {
        operator: 'Conv',
        inputs: ['image', 'weight', 'bias'],
        outputs: ['map'],
        attributes: { kernel_shape: [8, 8], strides: [8, 8] },
      },
      { operator: 'Reshape', inputs: ['map', 'flat'], outputs: ['columns'] },
      { operator: 'Transpose', inputs: ['columns'], outputs: ['patches'], attributes: { perm: [0, 2, 1] } },
      { operator: 'Concat', inputs: ['others', 'patches'], outputs: ['tokens'], attributes: { axis: 1 } },
      cast('tokens', 'last_hidden_state', isHalf ? 10 : 1),
    ],
  };
}

/** Three convolutions (stride 2, 2 and 2), then an average and logits: as networks that classify are exported. */
function classifier(): OnnxGraph {
  const weights = (name: string, outputs: number, inputs: number): OnnxConstant => ({
    name,
    shape: [outputs, inputs, 3, 3],
    values: Float32Array.from({ length: outputs * inputs * 9 }, (_, i) => Math.cos(i * 1.7)),
  });
  const attributes = { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] };
  return {
    name: 'classifier',
    inputs: [{ name: 'image', type: 'float32', shape: ['batch', 3, 'height', 'width'] }],
    outputs: [{ name: 'logits', type: 'float32', shape: ['batch', 8] }],
    constants: [
      weights('w1', 4, 3),
      weights('w2', 6, 4),
      weights('w3', 8, 6),
      { name: 'one', shape: [1], values: Float32Array.of(1) },
    ],
    nodes: [
      { operator: 'Conv', inputs: ['image', 'w1'], outputs: ['first'], attributes },
      { operator: 'Relu', inputs: ['first'], outputs: ['first.relu'] },
      { operator: 'Conv', inputs: ['first.relu', 'w2'], outputs: ['middle'], attributes },
      { operator: 'Conv', inputs: ['middle', 'w3'], outputs: ['deep'], attributes },
      { operator: 'ReduceMean', inputs: ['deep'], outputs: ['flat'], attributes: { axes: [2, 3], keepdims: 0 } },
      { operator: 'Mul', inputs: ['flat', 'one'], outputs: ['logits'] },
    ],
  };
}

/** Grey, with one bright cell of 8×8 pixels. (height, width, 3) */
function brightCell(width: number, height: number, row: number, column: number): Uint8Array {
  const rgb = new Uint8Array(width * height * 3).fill(116);
  for (let y = row * 8; y < row * 8 + 8; y++)
    rgb.fill(255, (y * width + column * 8) * 3, (y * width + column * 8 + 8) * 3);
  return rgb;
}

/** Patches that differ from most others: the median of their first number tells what most are. */
function changed({ embeddings }: { embeddings: Float32Array }, dimensions: number): number[] {
  const first = Array.from({ length: embeddings.length / dimensions }, (_, i) => embeddings[i * dimensions]!);
  // Bright patches have a larger share of their length in the first number; the border, where zeros count, does not change that.
  return first.flatMap((value, i) => (value > 0.1 ? [i] : []));
}

function cellsAround(row: number, column: number, columns: number): number[] {
  return [-1, 0, 1].flatMap((dy) => [-1, 0, 1].map((dx) => (row + dy) * columns + column + dx));
}
