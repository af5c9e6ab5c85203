// What people reported to other programs, as inputs of our own: each of these was read wrong there, or ended everything.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { decodeImage, ImageError, probeImage, valuesOf } from '../../../../worker/images/decode';
import { readMask } from '../../../../worker/images/masks';
import { scanFolder } from '../../../../worker/images/scan';
import { rangeOf } from '../../../../worker/images/values';
import { floatTiff } from '../../../tools/tiff';

const side = 32;
const colour = { r: 200, g: 60, b: 30 };
const photo = (width = side, height = side) => sharp({ create: { width, height, channels: 3, background: colour } });

/** A report, as people find it: the repository and the number of its issue or pull request on GitHub. */
const report = (source: string, what: string) => `${what} (${source})`;

describe('public reports', () => {
  let folder: string;
  beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'reports-'))));
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const put = async (path: string, bytes: Uint8Array): Promise<string> => {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, bytes);
    return file;
  };
  const png = () => photo().png().toBuffer();
  const pathsOf = async () => (await scanFolder(folder)).images.map(({ path }) => path);

  it(report('wkentaro/labelme#2255', 'one infinite pixel turns a float TIFF black'), async () => {
    const values = Float32Array.from({ length: side * side }, (_, i) => (i % side) / side);
    values.set([Infinity, -Infinity, NaN], 40);
    const bytes = floatTiff(values, side, side);
    const rgb = await decodeImage(bytes, side, side, rangeOf([await valuesOf(bytes)]));
    const row = Array.from({ length: side }, (_, x) => rgb[(10 * side + x) * 3]!);
    assert.deepEqual(row[0], 0);
    assert.deepEqual(row[side - 1], 255);
    assert.ok(row.every((value, x) => x === 0 || value > row[x - 1]!));
  });

  it(report('piximi/piximi#348', 'saturated pixels of 16-bit images are black'), async () => {
    const values = Uint16Array.from({ length: side * side }, (_, i) =>
      i < side * 4 ? 65535 : 20000 + (i % side) * 100,
    );
    const bytes = await sharp(values, { raw: { width: side, height: side, channels: 1 } })
      .toColourspace('grey16')
      .png()
      .toBuffer();
    const rgb = await decodeImage(bytes, side, side, rangeOf([await valuesOf(bytes)]));
    assert.equal(rgb[3 * side], 255);
    assert.ok(rgb[20 * side * 3]! < 255);
  });

  it(report('open-edge-platform/anomalib#3058', 'names in capitals are not found'), async () => {
    for (const name of ['1.JPG', '2.TIF', '3.PNG', '4.Jpeg', '5.BMP']) await put(name, await png());
    assert.equal((await pathsOf()).length, 5);
  });

  it(report('gkv311/sview#94, kitsunebishi/Wallpapers#8', 'a JPEG that is called .png does not load'), async () => {
    const jpeg = await photo().jpeg().toBuffer();
    await put('a.png', jpeg);
    assert.deepEqual(await pathsOf(), ['a.png']);
    assert.ok(Math.abs((await decodeImage(jpeg, side, side))[0]! - colour.r) < 4);
  });

  it(report('onmyway133/IconGenerator#14', 'files without an extension are passed over'), async () => {
    await put('0001', await png());
    assert.deepEqual(await pathsOf(), ['0001']);
  });

  it(report('open-edge-platform/anomalib#147', 'MVTec AD’s layout without ground_truth ends in an error'), async () => {
    for (const path of ['train/good/0.png', 'test/good/0.png', 'test/cut/0.png']) await put(path, await png());
    const { layout, images, masks } = await scanFolder(folder);
    assert.deepEqual([layout, images.length, masks.masks.size], ['mvtec', 2, 0]);
  });

  const maskOf = async (values: (i: number) => number, width = side, height = side, of = { width, height }) => {
    const pixels = Uint8Array.from({ length: width * height }, (_, i) => values(i));
    const image = sharp(pixels, { raw: { width, height, channels: 1 } });
    const mask = await readMask({ files: [await put('mask.png', await image.png().toBuffer())], ...of });
    return mask!.values;
  };
  const isDefect = (i: number) => i % side < 5;

  it(report('amazon-science/spot-diff#3', 'masks of VisA with numbers of defects are all black'), async () => {
    assert.deepEqual(
      [...(await maskOf((i) => (isDefect(i) ? 3 : 0)))].map(Boolean),
      [...Array(side * side).keys()].map(isDefect),
    );
  });

  it(report('open-edge-platform/anomalib#2803', 'masks of MVTec LOCO with 236 to 255 are mostly empty'), async () => {
    const mask = await maskOf((i) => (isDefect(i) ? 236 + (i % 20) : 0));
    assert.deepEqual([...mask].map(Boolean), [...Array(side * side).keys()].map(isDefect));
  });

  it(report('open-edge-platform/anomalib#1006', 'soft edges of a resized mask count as defects'), async () => {
    const mask = await maskOf((i) => [255, 200, 100, 30][i % side] ?? 0);
    assert.deepEqual([...mask.subarray(0, 5)], [1, 1, 0, 0, 0]);
  });

  it(
    report('ben-z-original/omnicrack30k#4, openimages/dataset#92', 'masks of another resolution than the photo'),
    async () => {
      const mask = await maskOf((i) => (isDefect(i) ? 255 : 0), side, side, { width: 2 * side, height: 2 * side });
      assert.equal(mask.length, 4 * side * side);
      assert.deepEqual([...mask.subarray(0, 12)], [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0]);
      const odd = await maskOf((i) => (isDefect(i) ? 255 : 0), side, side, { width: 801, height: 800 });
      assert.equal(odd.reduce((sum, value) => sum + value, 0) / odd.length, Math.round((5 / side) * 801) / 801);
      await assert.rejects(
        maskOf(() => 255, side, side, { width: 64, height: 32 }),
        { code: 'mask-invalid' },
      );
    },
  );

  it(report('wkentaro/labelme#1529, HumanSignal/labelImg#395', 'photos that lie on their side'), async () => {
    const lying = await photo(48, 24).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    const { width, height } = await probeImage(lying);
    assert.deepEqual([width, height], [24, 48]);
  });

  it(
    report('python-pillow/Pillow#1138, jarun/imgp#21', 'a JPEG with a second picture behind it is no JPEG'),
    async () => {
      const second = await sharp({ create: { width: 16, height: 16, channels: 3, background: '#00f' } })
        .jpeg()
        .toBuffer();
      const bytes = Buffer.concat([await photo().jpeg().toBuffer(), second]);
      const { width } = await probeImage(bytes);
      assert.equal(width, side);
      assert.ok(Math.abs((await decodeImage(bytes, side, side))[0]! - colour.r) < 4);
    },
  );

  it(report('image-rs/image-png#346, meta-pytorch/torchcodec#1732', 'a palette with transparency'), async () => {
    const pixels = Buffer.alloc(side * side * 4);
    for (let i = 0; i < side * side; i++) pixels.set(i % side < 16 ? [200, 60, 30, 255] : [0, 255, 0, 0], i * 4);
    const bytes = await sharp(pixels, { raw: { width: side, height: side, channels: 4 } })
      .png({ palette: true })
      .toBuffer();
    const rgb = await decodeImage(bytes, side, side);
    assert.deepEqual([...rgb.subarray(0, 3)], [200, 60, 30]);
    assert.deepEqual([...rgb.subarray((side - 2) * 3, (side - 1) * 3)], [0, 0, 0]);
  });

  it(
    report('ultralytics/yolov5#916, tensorflow/models#9424', 'a JPEG that was cut short ends everything'),
    async () => {
      const noise = sharp({
        create: {
          width: 256,
          height: 256,
          channels: 3,
          noise: { type: 'gaussian', mean: 128, sigma: 40 },
          background: colour,
        },
      });
      const bytes = await noise.jpeg().toBuffer();
      await assert.rejects(
        decodeImage(bytes.subarray(0, bytes.length / 2), side, side),
        (error) => error instanceof ImageError && /^is damaged or cut short/.test(error.message),
      );
    },
  );

  it(report('huggingface/pytorch-image-models#334', 'folders behind links are passed over'), async () => {
    const elsewhere = await mkdtemp(join(tmpdir(), 'reports-elsewhere-'));
    await writeFile(join(elsewhere, '1.png'), await png());
    await symlink(elsewhere, join(folder, 'batch'), 'junction');
    assert.deepEqual(await pathsOf(), ['batch/1.png']);
    await rm(elsewhere, { recursive: true });
  });
});
