// Looking for a region in all images of a run: a defect finds its like, also when the cache lost the patches.
import assert from 'node:assert/strict';
import { appendFileSync, copyFileSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import type { Progress, Region } from '../../worker/api/requests';
import type { EngineErrorCode } from '../../worker/api/errors';
import { defaultSettings } from '../../worker/api/settings';
import { cancel, createCancelFlag } from '../../worker/base/cancel';
import { openEngine, type Engine } from '../../worker/session/engine';
import { Run } from '../../worker/session/run';
import { readMask, type Mask } from '../../worker/images/masks';
import { makeSample } from '../../worker/sample';
import { handlers } from '../../worker/service';
import { Cache } from '../../worker/store/cache';
import { dist, root } from '../tools/paths';

const models = join(root, 'models');
const imagesPerClass = 8;
const side = 384;
const wholeImage: Region = { left: 0, top: 0, width: 1, height: 1 };

describe('images with a similar region', () => {
  const work = mkdtempSync(join(tmpdir(), 'similar-region-'));
  const folder = join(work, 'sample');
  const cache = new Cache(join(work, 'cache'));
  let engine: Engine;

  const startIn = (cache: Cache, onProgress: (progress: Progress) => void = () => undefined): Run =>
    new Run({ ...engine, cache }, createCancelFlag(), onProgress);
  const cluster = (folder: string, model = defaultSettings.model) =>
    handlers.cluster(startIn(cache), {
      folder,
      settings: { ...defaultSettings, model, clusters: 2 },
      device: 'cpu',
      labelFile: join(folder, 'anomaly-clusters.json'),
    });
  const search = (path: string, region: Region, run = startIn(cache)) =>
    handlers.similarRegion(run, { folder, path, region });
  const forgetBags = () => rmSync(join(cache.folder, 'bags'), { recursive: true, force: true });
  const keptBags = () =>
    readdirSync(cache.folder, { recursive: true, encoding: 'utf8' }).filter((file) => /^bags.*\.bin$/.test(file))
      .length;
  const maskOf = async (path: string): Promise<Mask> => {
    const file = join(folder, path.replace('test', 'ground_truth').replace('.png', '_mask.png'));
    return (await readMask({ files: [file], width: side, height: side }))!;
  };

  before(async () => {
    engine = openEngine(dist);
    await makeSample(folder, { imagesPerClass });
    await cluster(folder);
  });
  after(async () => {
    await engine.pool.close();
    rmSync(work, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  });

  const cracks = ['test/crack/000.png', 'test/crack/001.png', 'test/crack/002.png'];

  it('ranks images with the same defect first, and finds the defect in them', async () => {
    const others = imagesPerClass - 1;
    let hits = 0;
    for (const path of cracks) {
      const matches = await search(path, boundsOf(await maskOf(path)));
      const alike = matches.slice(1, 1 + others).filter((match) => match.path.startsWith('test/crack/'));
      hits += alike.length;
      for (const match of alike) {
        const mask = await maskOf(match.path);
        assert.ok(
          hasDefect(mask, match.place),
          `${match.path} has no defect in ${JSON.stringify(match.place)}, found from ${path}`,
        );
      }
    }
    // By chance it would be a fifth of them.
    assert.ok(hits >= 0.8 * others * cracks.length, `${hits} of ${others * cracks.length}`);
  });

  it('has every image of the run once, by rising distance, the region itself first', async () => {
    const region = { left: 0.2, top: 0.3, width: 0.1, height: 0.15 };
    const progress: Progress[] = [];
    const matches = await search(
      cracks[0]!,
      region,
      startIn(cache, (each) => progress.push(each)),
    );
    assert.deepEqual(matches[0], { path: cracks[0]!, distance: 0, place: region });
    assert.equal(new Set(matches.map(({ path }) => path)).size, 5 * imagesPerClass);
    const distances = matches.map(({ distance }) => distance);
    assert.deepEqual(
      distances,
      [...distances].sort((a, b) => a - b),
    );
    assert.ok(distances[1]! > 0 && distances[distances.length - 1]! <= 2);
    assert.ok(progress.every(({ stage, total }) => stage === 'compare' && total === 5 * imagesPerClass - 1));
    assert.deepEqual([progress[0]!.done, progress[progress.length - 1]!.done], [0, 5 * imagesPerClass - 1]);
  });

  it('gives the same when the cache lost the patches, and keeps them again', async () => {
    const region = boundsOf(await maskOf(cracks[0]!));
    const known = await search(cracks[0]!, region);
    forgetBags();
    assert.deepEqual(await search(cracks[0]!, region), known);
    const few = { folder, path: cracks[0]!, region, limit: 3 };
    assert.deepEqual(await handlers.similarRegion(startIn(cache), few), known.slice(0, 3));
    assert.equal(keptBags(), 5 * imagesPerClass);
  });

  it('gives the same when the cache has no room for all patches', async () => {
    const region = boundsOf(await maskOf(cracks[0]!));
    const known = await search(cracks[0]!, region);
    forgetBags();
    assert.deepEqual(await search(cracks[0]!, region, startIn(new Cache(cache.folder, 1000))), known);
    assert.equal(keptBags(), 1, 'that of the region, which may be asked for again');
  });

  it('can be cancelled', async () => {
    const run = startIn(cache, ({ done }) => done > 0 && cancel(run.flag));
    await assert.rejects(search(cracks[0]!, wholeImage, run), { code: 'cancelled' });
  });

  it('finds a copy at the same place', async () => {
    const copies = join(work, 'copies');
    await makeSample(copies, { imagesPerClass: 1 });
    copyFileSync(join(copies, 'test/crack/000.png'), join(copies, 'test/good/copy.png'));
    await cluster(copies);
    const region = { left: 0.25, top: 0.5, width: 0.25, height: 0.125 };
    const query = { folder: copies, path: 'test/crack/000.png', region };
    const [, copy, next] = await handlers.similarRegion(startIn(cache), query);
    assert.equal(copy!.path, 'test/good/copy.png');
    assert.ok(copy!.distance < 1e-3 && next!.distance > 0.1, `${copy!.distance}, ${next!.distance}`);
    // The patches' cells are 8 of 256 pixels wide, so they fill this region.
    assert.deepEqual(copy!.place, region);
  });

  it('stretches images with more than 8 bits as the run did', async () => {
    const deep = join(work, 'deep');
    await makeSample(deep, { imagesPerClass: 1 });
    for (const type of ['crack', 'good', 'pore']) {
      const file = join(deep, 'test', type, '000.png');
      // Twelve bits in a file of sixteen.
      const grey = await sharp(file).greyscale().raw().toBuffer();
      const values = Uint16Array.from(grey, (value) => value * 16);
      const image = sharp(values, { raw: { width: side, height: side, channels: 1 } }).toColourspace('grey16');
      writeFileSync(file, await image.png().toBuffer());
    }
    await cluster(deep);
    const query = { folder: deep, path: 'test/crack/000.png', region: wholeImage };
    const known = await handlers.similarRegion(startIn(cache), query);
    forgetBags();
    assert.equal(known.length, 5);
    assert.deepEqual(await handlers.similarRegion(startIn(cache), query), known);
  });

  const wrong: [what: string, path: string, region: Region, message: RegExp][] = [
    [
      'an image that is not there',
      'test/crack/999.png',
      wholeImage,
      /999\.png is not among the images of the last run/,
    ],
    ['an image outside of the folder', '../secret.png', wholeImage, /not among the images/],
    ['a region beside the image', cracks[0]!, { ...wholeImage, left: 0.5 }, /lies in its image.*not 0\.5, 0, 1, 1/],
    ['a region of negative size', cracks[0]!, { ...wholeImage, height: -0.5 }, /lies in its image/],
    ['a region that is no number', cracks[0]!, { ...wholeImage, top: NaN }, /lies in its image/],
  ];
  for (const [what, path, region, message] of wrong) {
    it(`refuses ${what}`, () =>
      assert.rejects(search(path, region), { code: 'invalid-setting' satisfies EngineErrorCode, message }));
  }

  it('says what to do when the last run is not known', async () => {
    const query = { folder: join(work, 'never'), path: cracks[0]!, region: wholeImage };
    await assert.rejects(handlers.similarRegion(startIn(cache), query), { message: /Cluster the folder again/ });
  });

  it('does not compare patches of two networks', async () => {
    const own = join(work, 'own');
    const network = join(work, 'net.onnx');
    copyFileSync(join(models, 'patchnet-s.onnx'), network);
    await makeSample(own, { imagesPerClass: 1 });
    await cluster(own, network);
    const query = { folder: own, path: 'test/crack/000.png', region: wholeImage };
    assert.equal((await handlers.similarRegion(startIn(cache), query)).length, 5);
    // ModelProto.doc_string = "x": another file, the same network.
    appendFileSync(network, Uint8Array.of(0x32, 1, 0x78));
    await assert.rejects(handlers.similarRegion(startIn(cache), query), {
      code: 'model-invalid' satisfies EngineErrorCode,
      message: /was changed after the last run\. Cluster the folder again/,
    });
  });

  it('leaves out images that vanished, were damaged or are others by now', async () => {
    const [vanished, damaged, changed] = ['test/good/000.png', 'test/good/001.png', 'test/good/002.png'];
    const region = boundsOf(await maskOf(cracks[0]!));
    const known = await search(cracks[0]!, region);
    renameSync(join(folder, vanished), join(work, 'vanished.png'));
    const rest = known.filter(({ path }) => path !== vanished);
    assert.deepEqual(await search(cracks[0]!, region), rest, 'although the cache has its patches');

    forgetBags();
    writeFileSync(join(folder, damaged), 'not an image any more');
    copyFileSync(join(folder, cracks[1]!), join(folder, changed));
    const left = rest.filter(({ path }) => path !== damaged && path !== changed);
    assert.deepEqual(await search(cracks[0]!, region), left);
    for (const [path, reason] of [
      [vanished, /was removed/],
      [damaged, /was changed/],
    ] as const) {
      await assert.rejects(search(path, region), { code: 'invalid-setting', message: reason });
    }
  });
});

/** The smallest region around what is marked. */
function boundsOf({ width, height, values }: Mask): Region {
  const marked = [...values.keys()].filter((i) => values[i] === 1);
  const [xs, ys] = [marked.map((i) => i % width), marked.map((i) => Math.floor(i / width))];
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  return {
    left: left / width,
    top: top / height,
    width: (Math.max(...xs) + 1 - left) / width,
    height: (Math.max(...ys) + 1 - top) / height,
  };
}

/** Whether a pixel that is marked has its centre in a region. */
function hasDefect({ width, height, values }: Mask, { left, top, ...size }: Region): boolean {
  return values.some((value, i) => {
    const [x, y] = [((i % width) + 0.5) / width - left, (Math.floor(i / width) + 0.5) / height - top];
    return value === 1 && x >= 0 && x <= size.width && y >= 0 && y <= size.height;
  });
}
