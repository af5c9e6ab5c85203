// The built-in network and the embedding head: values against torch, and the place of a patch in the image.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { Tensor } from 'onnxruntime-node';
import { EmbeddingHead, type Bag } from '../../worker/features/embedding-head';
import { halfToFloat } from '../../worker/features/half';
import { findModel } from '../../worker/models/find';
import type { Model } from '../../worker/models/model';
import { Network } from '../../worker/features/network';
import { requirePlatform } from '../../worker/features/platform';
import { Cache } from '../../worker/store/cache';
import expected from './expected/head.json';

const engine = { modelsFolder: join(import.meta.dirname, '..', '..', 'models'), cache: new Cache() };

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
  }).timeout(30_000);

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
