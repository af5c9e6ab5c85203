// Line scans: images many times as long as high, whose small defects a square would swallow.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import type { PatchGrid } from '../../worker/api/analysis';
import { defaultSettings } from '../../worker/api/settings';
import { createCancelFlag } from '../../worker/base/cancel';
import { createRandom } from '../../worker/base/random';
import { openEngine, type Engine } from '../../worker/session/engine';
import { Run } from '../../worker/session/run';
import { handlers } from '../../worker/service';
import { encodeOnnx } from '../../worker/onnx/encode';
import { Cache } from '../../worker/store/cache';
import { dist } from '../tools/paths';

const [length, height] = [3072, 96];
const kinds = ['pore', 'scratch'] as const;
const imagesPerKind = 5;

describe('long images', () => {
  const work = mkdtempSync(join(tmpdir(), 'long-images-'));
  /** Where along its image each defect lies, 0 to 1. */
  const places = new Map<string, number>();
  let engine: Engine;

  before(async () => {
    engine = openEngine(dist);
    for (const shape of ['wide', 'tall']) mkdirSync(join(work, shape));
    for (const [k, kind] of kinds.entries()) {
      for (let i = 0; i < imagesPerKind; i++) {
        const random = createRandom(100 * k + i);
        const at = random.integer(100, length - 100);
        const name = `${kind}${i}.png`;
        places.set(name, at / length);
        const image = sharp(lineScan(kind, at, random), { raw: { width: length, height, channels: 1 } });
        await image.clone().toFile(join(work, 'wide', name));
        await image
          .clone()
          .rotate(90)
          .toFile(join(work, 'tall', name));
      }
    }
  });
  after(async () => {
    await engine.pool.close();
    rmSync(work, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  });

  const start = () =>
    new Run({ ...engine, cache: new Cache(join(work, 'cache')) }, createCancelFlag(), () => undefined);
  const cluster = (folder: string, model = defaultSettings.model) =>
    handlers.cluster(start(), {
      folder,
      settings: { ...defaultSettings, model, clusters: 2 },
      device: 'cpu',
      labelFile: join(folder, 'anomaly-clusters.json'),
    });
  const noteOf = (notes: { label: string; value: string }[], label: string) =>
    notes.find((note) => note.label === label)?.value;

  for (const { shape, size } of [
    { shape: 'wide', size: '2048×32' },
    { shape: 'tall', size: '32×2048' },
  ]) {
    it(`are grouped by their defects, which the heat maps point at: ${shape} ones`, async () => {
      const folder = join(work, shape);
      const { labels, notes } = await cluster(folder);
      assert.equal(noteOf(notes, 'Long images'), `10 at ${size} pixels in place of 256×256`);
      assert.equal(noteOf(notes, 'Squeezed images'), undefined);
      const { images } = JSON.parse(labels) as { images: { path: string; cluster: number }[] };
      for (const kind of kinds) {
        const clusters = images.filter(({ path }) => path.startsWith(kind)).map(({ cluster: id }) => id);
        assert.deepEqual(new Set(clusters).size, 1, `${kind}: ${clusters.join(', ')}`);
      }
      const maps = await handlers.heatMaps(start(), { folder, paths: [...places.keys()] });
      assert.equal(maps.length, places.size);
      for (const { path, grid, distances } of maps) {
        const hottest = centreOf(distances.indexOf(Math.max(...distances)), grid);
        const found = shape === 'wide' ? hottest.x : hottest.y;
        // The defect and a patch beside it: pooling spreads what stands out.
        const reach = (path.startsWith('pore') ? 9 : 40) / length + 8 / 2048;
        assert.ok(Math.abs(found - places.get(path)!) <= reach, `${path}: ${found}, not ${places.get(path)}`);
      }
    });
  }

  it('have similar regions, at their places', async () => {
    const folder = join(work, 'wide');
    const [left, width] = [places.get('pore0.png')! - 0.01, 0.02];
    const matches = await handlers.similarRegion(start(), {
      folder,
      path: 'pore0.png',
      region: { left, top: 0.2, width, height: 0.6 },
    });
    const pores = matches.slice(1, imagesPerKind);
    for (const { path, place } of pores) {
      assert.match(path, /^pore/);
      const at = places.get(path)!;
      assert.ok(place.left < at && at < place.left + place.width, `${path}: ${JSON.stringify(place)}, not at ${at}`);
    }
  });

  it('are squeezed for a network that takes nothing else, which is told', async () => {
    const file = join(work, 'square.onnx');
    writeFileSync(file, squareNetwork(64));
    const { notes } = await cluster(join(work, 'wide'), file);
    assert.equal(noteOf(notes, 'Long images'), undefined);
    assert.match(noteOf(notes, 'Squeezed images')!, /^10, to 64×64: this network takes no long ones/);
  });
});

/** Grain, and one defect in the middle of its height. @returns (height, length) */
function lineScan(kind: (typeof kinds)[number], at: number, random: ReturnType<typeof createRandom>): Uint8Array {
  const pixels = Uint8Array.from({ length: length * height }, () => 120 + 6 * random.normal());
  const middle = height / 2;
  for (let y = 0; y < height; y++) {
    for (let x = at - 40; x < at + 40; x++) {
      const [dx, dy] = [x - at, y - middle];
      const isHit = kind === 'pore' ? Math.hypot(dx, dy) < 9 : Math.abs(dy - dx / 3) < 2;
      if (isHit) pixels[y * length + x] = kind === 'pore' ? 30 : 220;
    }
  }
  return pixels;
}

function centreOf(patch: number, { columns, stride, origin, inputWidth, inputHeight }: PatchGrid) {
  return {
    x: (origin + stride * (patch % columns)) / inputWidth,
    y: (origin + stride * Math.floor(patch / columns)) / inputHeight,
  };
}

/** The mean of each cell of eight pixels, and its negative. */
function squareNetwork(side: number): Uint8Array {
  const weight = Float32Array.from({ length: 2 * 3 * 64 }, (_, i) => (i < 192 ? 1 : -1) / 192);
  return encodeOnnx({
    name: 'square',
    inputs: [{ name: 'image', type: 'float32', shape: [1, 3, side, side] }],
    outputs: [{ name: 'patches', type: 'float32', shape: [1, 2, side / 8, side / 8] }],
    constants: [{ name: 'weight', shape: [2, 3, 8, 8], values: weight }],
    nodes: [
      {
        operator: 'Conv',
        inputs: ['image', 'weight'],
        outputs: ['patches'],
        attributes: { kernel_shape: [8, 8], strides: [8, 8] },
      },
    ],
  });
}
