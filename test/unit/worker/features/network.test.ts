// Networks and the embedding head: values against torch, tokens against plain arithmetic, and the place of a patch in the image.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Tensor } from 'onnxruntime-node';
import { EmbeddingHead, type Bag } from '../../../../worker/features/embedding-head';
import { halfToFloat } from '../../../../worker/onnx/half';
import { findModel } from '../../../../worker/models/find';
import type { Model } from '../../../../worker/features/model';
import { encodeOnnx, type OnnxGraph } from '../../../../worker/onnx/encode';
import { Network } from '../../../../worker/features/network';
import { requirePlatform } from '../../../../worker/features/platform';
import { Cache } from '../../../../worker/store/cache';
import expected from '../../expected/head.json';
import { root } from '../../../tools/paths';

const engine = { modelsFolder: join(root, 'models'), cache: new Cache() };

describe('the embedding head', () => {
  it('averages 3×3 patches, counting zeros outside, and gives unit length, as torch does', async () => {
    const head = await EmbeddingHead.open();
    const bag = await head.run(new Tensor('float32', Float32Array.from(expected.map), expected.shape));
    assert.deepEqual([bag.rows, bag.columns, bag.dimensions], [4, 5, 6]);
    // Half precision keeps 11 bits.
    for (const [i, value] of expected.patches.entries()) assert.ok(Math.abs(bag.embeddings[i]! - value) < 2 ** -11);
  });

  it('gives the same numbers as what the cache keeps of them', async () => {
    const head = await EmbeddingHead.open();
    const { embeddings, half } = await head.run(new Tensor('float32', Float32Array.from(expected.map), expected.shape));
    const widened = new Float32Array(half.length);
    halfToFloat(half, widened);
    assert.deepEqual(widened, embeddings);
  });
});

describe('the platform', () => {
  it('is checked before any native part is loaded: Intel Macs are told where it runs', () => {
    requirePlatform('linux', 'x64');
    requirePlatform('darwin', 'arm64');
    assert.throws(() => requirePlatform('darwin', 'x64'), {
      code: 'unsupported-platform',
      message: /Intel.*Remote-SSH/,
    });
    assert.throws(() => requirePlatform('freebsd', 'x64'), { message: /freebsd on x64/ });
  });
});

describe('half precision', () => {
  it('widens zero, one, the smallest, the largest and infinity', () => {
    const widened = new Float32Array(6);
    halfToFloat(Uint16Array.of(0x0000, 0x3c00, 0x0001, 0x7bff, 0x7c00, 0xc000), widened);
    assert.deepEqual([...widened], [0, 1, 2 ** -24, 65504, Infinity, -2]);
  });
});

describe('the built-in network', () => {
  let model: Model;
  let network: Network;
  before(async () => {
    model = await findModel('patchnet-s', engine);
    network = await Network.open(model);
  });

  it('gives 32×32 patches of 128 numbers, each of unit length', async () => {
    const bag = await network.embed(surface());
    assert.deepEqual([bag.rows, bag.columns, bag.dimensions], [32, 32, 128]);
    for (let m = 0; m < 1024; m++) {
      const length = Math.hypot(...bag.embeddings.subarray(m * 128, (m + 1) * 128));
      assert.ok(Math.abs(length - 1) < 1e-3);
    }
  });

  it('has its patches where the catalogue says: a bright dot changes the patches around its place', async () => {
    const base = await network.embed(surface());
    const { stride, origin } = network.grid(base);
    const errors = { x: 0, y: 0 };
    const dots = 40;
    for (let i = 0; i < dots; i++) {
      const [x, y] = [50 + ((i * 37) % 150), 50 + ((i * 53) % 150)];
      const centre = changeCentre(base, await network.embed(withDot(surface(), x, y)));
      errors.x += (origin + stride * centre.column - (x + 0.5)) / dots;
      errors.y += (origin + stride * centre.row - (y + 0.5)) / dots;
    }
    // A quarter of a patch. The arithmetic of strides and padding alone would say 0.5 instead of 4: the learned kernels lean.
    assert.ok(Math.abs(errors.x) < 2 && Math.abs(errors.y) < 2, JSON.stringify(errors));
  });

  it('that nobody knows is answered with those there are', async () => {
    await assert.rejects(findModel('resnet9000', engine), { code: 'model-not-found', message: /patchnet-s/ });
  });

  /** A grey surface with fine grain, (256, 256, 3). */
  function surface(): Uint8Array {
    const rgb = new Uint8Array(256 * 256 * 3);
    let state = 1;
    for (let i = 0; i < 256 * 256; i++) {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      rgb.fill(110 + ((state >>> 16) % 30), i * 3, i * 3 + 3);
    }
    return rgb;
  }

  function withDot(rgb: Uint8Array, x: number, y: number): Uint8Array {
    for (let dy = -2; dy <= 2; dy++) {
      const start = ((y + dy) * 256 + x - 2) * 3;
      rgb.fill(255, start, start + 5 * 3);
    }
    return rgb;
  }

  /** Centre of mass of the squared change of each patch. */
  function changeCentre(a: Bag, b: Bag): { row: number; column: number } {
    let sum = 0;
    const centre = { row: 0, column: 0 };
    for (let m = 0; m < a.rows * a.columns; m++) {
      let change = 0;
      for (let d = 0; d < a.dimensions; d++) {
        change += (a.embeddings[m * a.dimensions + d]! - b.embeddings[m * a.dimensions + d]!) ** 2;
      }
      sum += change;
      centre.row += change * Math.floor(m / a.columns);
      centre.column += change * (m % a.columns);
    }
    return { row: centre.row / sum, column: centre.column / sum };
  }
});

describe('a transformer', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'anomaly-tests-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const open = async (graph: OnnxGraph, size: { width: number; height: number }, more: Partial<Model> = {}) => {
    const file = join(folder, `${graph.name}.onnx`);
    await writeFile(file, encodeOnnx(graph));
    return Network.open({ reference: 'own', hash: '', file, input: { ...size, ...plain }, ...more });
  };

  for (const [width, height] of [
    [64, 64],
    [96, 64],
  ] as const) {
    for (const skipsPooling of [true, false]) {
      it(`has the numbers of plain arithmetic, on ${width} × ${height} pixels${skipsPooling ? ', not pooled' : ''}`, async () => {
        const rgb = noise(width, height);
        const network = await open(transformer(3), { width, height }, { skipsPooling });
        const bag = await network.embed(rgb);
        assert.deepEqual([bag.rows, bag.columns, bag.dimensions], [height / 8, width / 8, 4]);
        assert.deepEqual([network.grid(bag).stride, network.grid(bag).origin], [8, 4]);
        const expected = expectedPatches(rgb, width, height, !skipsPooling);
        for (const [i, value] of expected.entries()) assert.ok(Math.abs(bag.embeddings[i]! - value) < 2 ** -11, `${i}`);
      });
    }
  }

  it('gives several images at once what it gives each', async () => {
    const network = await open(transformer(3), { width: 64, height: 64 });
    const images = [noise(64, 64), noise(64, 64, 7)];
    const together = await network.embedAll(images);
    for (const [i, image] of images.entries()) assert.deepEqual(together[i]!.half, (await network.embed(image)).half);
  });

  it('may say how many tokens come before the patches, where they could be patches, too', async () => {
    const size = { width: 24, height: 24 };
    const rgb = noise(24, 24);
    // 7 + 3 × 3 tokens are 4 × 4.
    assert.equal((await (await open(transformer(7), size)).embed(rgb)).rows, 4);
    const told = await open(transformer(7), size, { prefixTokens: 7, skipsPooling: true });
    const bag = await told.embed(rgb);
    assert.deepEqual([bag.rows, bag.columns], [3, 3]);
    const expected = expectedPatches(rgb, 24, 24, false);
    for (const [i, value] of expected.entries()) assert.ok(Math.abs(bag.embeddings[i]! - value) < 2 ** -11, `${i}`);
    const wrong = await open(transformer(7), size, { prefixTokens: 5 });
    await assert.rejects(wrong.embed(rgb), { code: 'model-invalid', message: /16 tokens .* make no grid/ });
  });

  it('whose tokens are cut into windows, or averaged into one, is refused', async () => {
    const size = { width: 64, height: 64 };
    const windows = transformer(0);
    windows.constants!.push({ name: 'windows', shape: [3], values: BigInt64Array.of(-1n, 16n, 4n) });
    windows.nodes.push({ operator: 'Reshape', inputs: ['tokens', 'windows'], outputs: ['in-windows'] });
    windows.outputs = [{ name: 'in-windows', type: 'float32', shape: ['windows', 16, 4] }];
    await assert.rejects((await open(windows, size)).embed(noise(64, 64)), { message: /\(4, 16, 4\) for 1 image\./ });

    const average = transformer(0);
    average.nodes.push({ operator: 'GlobalAveragePool', inputs: ['map'], outputs: ['average'] });
    average.outputs.unshift({ name: 'average', type: 'float32', shape: ['batch', 4, 1, 1] });
    const named = await open(average, size, { output: 'average' });
    await assert.rejects(named.embed(noise(64, 64)), { message: /\(1, 4, 1, 1\).*more than one an image/ });
    // Found by their shape, the patches are not the average, though that comes first.
    assert.equal((await (await open(average, size)).embed(noise(64, 64))).rows, 8);
  });
});

const plain = { mean: [0, 0, 0], deviation: [1, 1, 1] } as const;
const patchWeight = Float32Array.from({ length: 4 * 192 }, (_, i) => Math.sin(i * 1.3) / 20);
/** (4, 3, 5): what is added to patches by their place, enlarged to the grid inside the network. */
const positions = Float32Array.from({ length: 4 * 15 }, (_, i) => Math.cos(i * 0.9) / 4);

/** (batch, 3, H, W) → (batch, prefix + H/8 · W/8, 4), as exported transformers do it: any size, with class and register tokens. */
function transformer(prefix: number): OnnxGraph {
  const int64 = (name: string, ...values: number[]) => ({
    name,
    shape: [values.length],
    values: BigInt64Array.from(values, BigInt),
  });
  return {
    name: `transformer-${prefix}`,
    inputs: [{ name: 'pixel_values', type: 'float32', shape: ['batch', 3, 'height', 'width'] }],
    outputs: [{ name: 'tokens', type: 'float32', shape: ['batch', 'tokens', 4] }],
    constants: [
      { name: 'weight', shape: [4, 3, 8, 8], values: patchWeight },
      { name: 'positions', shape: [1, 4, 3, 5], values: positions },
      { name: 'others', shape: [1, prefix, 4], values: new Float32Array(prefix * 4).fill(9) },
      int64('zero', 0),
      int64('one', 1),
      int64('two', 2),
      int64('four', 4),
      int64('one-four', 1, 4),
      int64('flat', 0, 4, -1),
      int64('others-size', prefix, 4),
    ],
    nodes: [
      { operator: 'Conv', inputs: ['pixel_values', 'weight'], outputs: ['map'], attributes: { strides: [8, 8] } },
      { operator: 'Shape', inputs: ['map'], outputs: ['map-size'] },
      { operator: 'Slice', inputs: ['map-size', 'two', 'four'], outputs: ['grid'] },
      { operator: 'Concat', inputs: ['one-four', 'grid'], outputs: ['size'], attributes: { axis: 0 } },
      {
        operator: 'Resize',
        inputs: ['positions', '', '', 'size'],
        outputs: ['places'],
        attributes: { mode: { text: 'linear' } },
      },
      { operator: 'Add', inputs: ['map', 'places'], outputs: ['placed'] },
      { operator: 'Reshape', inputs: ['placed', 'flat'], outputs: ['turned'] },
      { operator: 'Transpose', inputs: ['turned'], outputs: ['patches'], attributes: { perm: [0, 2, 1] } },
      { operator: 'Slice', inputs: ['map-size', 'zero', 'one'], outputs: ['batch'] },
      { operator: 'Concat', inputs: ['batch', 'others-size'], outputs: ['expanded'], attributes: { axis: 0 } },
      { operator: 'Expand', inputs: ['others', 'expanded'], outputs: ['before'] },
      { operator: 'Concat', inputs: ['before', 'patches'], outputs: ['tokens'], attributes: { axis: 1 } },
    ],
  };
}

/** The same, written down as sums. @returns (rows · columns, 4), each of unit length */
function expectedPatches(rgb: Uint8Array, width: number, height: number, isPooled: boolean): number[] {
  const [rows, columns] = [height / 8, width / 8];
  const patch = (d: number, row: number, column: number) => {
    if (row < 0 || column < 0 || row >= rows || column >= columns) return 0;
    let sum = place(d, ((row + 0.5) * 3) / rows - 0.5, ((column + 0.5) * 5) / columns - 0.5);
    for (let i = 0; i < 192; i++) {
      const [channel, y, x] = [Math.floor(i / 64), row * 8 + (Math.floor(i / 8) % 8), column * 8 + (i % 8)];
      sum += (patchWeight[d * 192 + i]! * rgb[(y * width + x) * 3 + channel]!) / 255;
    }
    return sum;
  };
  const around = isPooled ? [-1, 0, 1] : [0];
  return Array.from({ length: rows * columns }, (_, m) => {
    const [row, column] = [Math.floor(m / columns), m % columns];
    const values = [0, 1, 2, 3].map((d) =>
      around.reduce((sum, dy) => sum + around.reduce((part, dx) => part + patch(d, row + dy, column + dx), 0), 0),
    );
    return values.map((value) => value / Math.hypot(...values));
  }).flat();
}

/** Between the four nearest places; beyond the border that of the border. */
function place(d: number, y: number, x: number): number {
  const [top, left] = [Math.floor(y), Math.floor(x)];
  const at = (row: number, column: number) =>
    positions[d * 15 + Math.min(Math.max(row, 0), 2) * 5 + Math.min(Math.max(column, 0), 4)]!;
  const line = (row: number) => at(row, left) * (left + 1 - x) + at(row, left + 1) * (x - left);
  return line(top) * (top + 1 - y) + line(top + 1) * (y - top);
}

function noise(width: number, height: number, seed = 1): Uint8Array {
  return Uint8Array.from(
    { length: width * height * 3 },
    (_, i) => Math.abs(Math.sin((i + seed) * 78.233) * 43758) % 256,
  );
}
