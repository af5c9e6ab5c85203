// The sample dataset: the same seed draws the same files, masks lie on their defects, and other people's files are safe.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { EngineError } from '../../../../worker/api/errors';
import { scanFolder } from '../../../../worker/images/scan';
import { makeSample, renderSample, sampleClasses, type SampleImage } from '../../../../worker/sample';

const imagesPerClass = 2;
const defectClasses = sampleClasses.filter((type) => type !== 'good');

async function filesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return files.map((file) => file.slice(folder.length + 1).replaceAll('\\', '/')).sort();
}

/** Share of the pixels that `chosen` names whose colour differs between two photos. */
function shareChanged(a: Uint8Array, b: Uint8Array, chosen: (pixel: number) => boolean): number {
  let [pixels, changed] = [0, 0];
  for (let pixel = 0; pixel < a.length / 3; pixel++) {
    if (!chosen(pixel)) continue;
    pixels++;
    if ([0, 1, 2].some((channel) => a[pixel * 3 + channel] !== b[pixel * 3 + channel])) changed++;
  }
  return changed / pixels;
}

/** 1 within `reach` pixels of a mask, in a square. */
function grow({ side, values }: SampleImage['mask'], reach: number): Uint8Array {
  const grown = new Uint8Array(values.length);
  for (const [pixel, value] of values.entries()) {
    if (value === 0) continue;
    const [column, row] = [pixel % side, Math.floor(pixel / side)];
    const from = Math.max(0, column - reach);
    const to = Math.min(side - 1, column + reach);
    for (let y = Math.max(0, row - reach); y <= Math.min(side - 1, row + reach); y++) {
      grown.fill(1, y * side + from, y * side + to + 1);
    }
  }
  return grown;
}

describe('the sample dataset', () => {
  // Drawing is quick, but the machine may be busy.
  let parent: string;

  before(async () => {
    parent = await mkdtemp(join(tmpdir(), 'sample-'));
    await makeSample(join(parent, 'one'), { imagesPerClass });
  });
  after(() => rm(parent, { recursive: true, force: true }));

  it('is laid out as MVTec AD without train/, and the scanner reads it so', async () => {
    const folder = join(parent, 'one');
    assert.deepEqual(
      await filesOf(folder),
      [
        'README.txt',
        ...sampleClasses.flatMap((type) => [`test/${type}/000.png`, `test/${type}/001.png`]),
        ...defectClasses.flatMap((type) => [`ground_truth/${type}/000_mask.png`, `ground_truth/${type}/001_mask.png`]),
      ].sort(),
    );
    const { layout, images, normals } = await scanFolder(folder);
    assert.equal(layout, 'mvtec');
    assert.equal(images.length, sampleClasses.length * imagesPerClass);
    assert.deepEqual(new Set(images.map(({ truth }) => truth)), new Set<string>(sampleClasses));
    assert.equal(normals.length, 0);
  });

  it('is the same to the byte for the same seed', async () => {
    const [one, again] = [join(parent, 'one'), join(parent, 'again')];
    assert.deepEqual(await makeSample(again, { imagesPerClass: 1 }), { images: 5 });
    for (const file of await filesOf(again)) {
      assert.ok((await readFile(join(one, file))).equals(await readFile(join(again, file))), file);
    }
  });

  for (const type of ['good', 'crack'] as const) {
    it(`draws other ${type} photos for another seed, and for every index`, () => {
      const { rgb } = renderSample(type, 0, 1);
      assert.notDeepEqual(renderSample(type, 0, 2).rgb, rgb);
      assert.notDeepEqual(renderSample(type, 1, 1).rgb, rgb);
    });
  }

  for (const type of defectClasses) {
    it(`has a ${type} mask for every photo: same size, 0 and 255 only, neither empty nor large`, async () => {
      for (const name of ['000', '001']) {
        const photo = await sharp(join(parent, 'one', 'test', type, `${name}.png`)).metadata();
        const mask = sharp(join(parent, 'one', 'ground_truth', type, `${name}_mask.png`));
        const { data, info } = await mask.extractChannel(0).raw().toBuffer({ resolveWithObject: true });
        assert.deepEqual([info.width, info.height], [photo.width, photo.height]);
        assert.ok(data.every((value) => value === 0 || value === 255));
        const share = data.reduce((sum, value) => sum + value / 255, 0) / data.length;
        assert.ok(share > 0.001 && share < 0.08, `${share}`);
      }
    });
  }

  for (const type of defectClasses) {
    it(`marks a ${type} where it changes the part, and nowhere else`, () => {
      for (const index of [0, 5]) {
        const { rgb, mask } = renderSample(type, index, 1);
        const whole = renderSample(type, index, 1, false);
        assert.ok(whole.mask.values.every((value) => value === 0));
        assert.ok(shareChanged(rgb, whole.rgb, (pixel) => mask.values[pixel] === 1) > 0.97);
        // The soft edge of a defect and the blur of the camera reach a little beyond the mask.
        const near = grow(mask, 8);
        const far = shareChanged(rgb, whole.rgb, (pixel) => near[pixel] === 0);
        assert.equal(far, 0);
      }
    });
  }

  it('keeps every defect below 8 % of its photo, whatever the seed', () => {
    for (let seed = 2; seed <= 3; seed++) {
      for (const type of defectClasses) {
        const { mask } = renderSample(type, seed, seed);
        const share = mask.values.reduce((sum, value) => sum + value, 0) / mask.values.length;
        assert.ok(share > 0.001 && share < 0.08, `${type}, seed ${seed}: ${share}`);
      }
    }
  });

  it('marks nothing on a good part', () => {
    assert.ok(renderSample('good', 0, 1).mask.values.every((value) => value === 0));
  });

  it('uses a folder that is there and empty', async () => {
    const folder = join(parent, 'empty');
    await mkdir(folder);
    assert.deepEqual(await makeSample(folder, { imagesPerClass: 1 }), { images: 5 });
  });

  it('refuses a folder that is not empty, or a file, and leaves it as it was', async () => {
    const folder = join(parent, 'taken');
    await mkdir(folder);
    await writeFile(join(folder, 'mine.txt'), 'mine');
    for (const target of [folder, join(folder, 'mine.txt')]) {
      await assert.rejects(
        makeSample(target),
        (error) =>
          error instanceof EngineError && error.detail.code === 'folder-not-empty' && error.detail.folder === target,
      );
    }
    assert.deepEqual(await filesOf(folder), ['mine.txt']);
    assert.equal(await readFile(join(folder, 'mine.txt'), 'utf8'), 'mine');
  });
});
