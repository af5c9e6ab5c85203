// Decoding: every kind of file becomes the same RGB grid, and every file that cannot be used says why.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { decodeImage, makeThumbnail, probeImage, valuesOf } from '../../../../worker/images/decode';
import { rangeOf } from '../../../../worker/images/values';
import { outcome } from '../../../../worker/pool/tasks/outcome';
import { bitmap, bitmapColour } from '../../../tools/bitmap';

const red = bitmapColour;

function plain(width = 64, height = 48) {
  return sharp({ create: { width, height, channels: 3, background: red } });
}

/** A picture that compresses badly, so that half of its file is half of the picture. */
function noise(width = 200, height = 200) {
  return sharp({
    create: { width, height, channels: 3, background: red, noise: { type: 'gaussian', mean: 120, sigma: 40 } },
  });
}

function assertPixel(rgb: Uint8Array, [r, g, b]: [number, number, number], tolerance: number): void {
  for (let i = 0; i < rgb.length; i += 3) {
    const pixel = [rgb[i]!, rgb[i + 1]!, rgb[i + 2]!];
    const isClose = [r, g, b].every((value, channel) => Math.abs(pixel[channel]! - value) <= tolerance);
    assert.ok(isClose, `pixel ${i / 3} is ${pixel.join()}, not ${[r, g, b].join()}`);
  }
}

/** A grey 16-bit PNG. The pixels are given as the big-endian words that PNG holds. */
async function grey16(width: number, height: number, value: (x: number, y: number) => number): Promise<Uint8Array> {
  const words = new Uint16Array(width * height);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) words[y * width + x] = value(x, y);
  return sharp(words, { raw: { width, height, channels: 1 } })
    .toColourspace('grey16')
    .png()
    .toBuffer();
}

describe('decoding', () => {
  it('gives the asked size whatever the aspect ratio is', async () => {
    const rgb = await decodeImage(await plain(300, 40).png().toBuffer(), 32, 16);
    assert.equal(rgb.length, 32 * 16 * 3);
    assertPixel(rgb, [200, 30, 60], 0);
  });

  for (const format of ['png', 'jpeg', 'tiff', 'webp', 'avif', 'gif'] as const) {
    it(`reads ${format}`, async () => {
      const rgb = await decodeImage(await plain().toFormat(format).toBuffer(), 16, 16);
      assertPixel(rgb, [200, 30, 60], format === 'avif' || format === 'jpeg' || format === 'webp' ? 6 : 2);
    });
  }

  it('reads bitmaps with 24 bits and with a palette', async () => {
    assertPixel(await decodeImage(bitmap(21, 17, 24), 16, 16), [200, 30, 60], 0);
    assertPixel(
      await decodeImage(
        bitmap(21, 17, 8, [
          [0, 0, 0],
          [10, 220, 90],
        ]),
        16,
        16,
      ),
      [10, 220, 90],
      0,
    );
  });

  it('turns CMYK into RGB', async () => {
    const file = await plain().toColourspace('cmyk').jpeg().toBuffer();
    assert.equal((await sharp(file).metadata()).space, 'cmyk');
    assertPixel(await decodeImage(file, 16, 16), [200, 30, 60], 25);
  });

  it('repeats grey', async () => {
    const file = await plain().greyscale().png().toBuffer();
    const rgb = await decodeImage(file, 16, 16);
    assertPixel(rgb, [rgb[0]!, rgb[0]!, rgb[0]!], 0);
  });

  it('lays transparency over black', async () => {
    const half = sharp({
      create: { width: 32, height: 32, channels: 4, background: { r: 200, g: 100, b: 50, alpha: 0.5 } },
    });
    assertPixel(await decodeImage(await half.png().toBuffer(), 16, 16), [100, 50, 25], 1);
  });

  it('gives a picture that is turned by its orientation the pixels of one that was turned before', async () => {
    const upright = await noise(90, 70).png().toBuffer();
    const lying = await sharp(upright).rotate(-90).withMetadata({ orientation: 6 }).png().toBuffer();
    assert.deepEqual(await decodeImage(lying, 128, 128), await decodeImage(upright, 128, 128));
  });

  it('applies the EXIF orientation', async () => {
    // Left half black; orientation 6 shows the picture turned by 90° to the right, so black is on top.
    const pixels = new Uint8Array(40 * 20 * 3).map((_, i) => (Math.floor(i / 3) % 40 < 20 ? 0 : 255));
    const raw = sharp(pixels, { raw: { width: 40, height: 20, channels: 3 } });
    const file = await raw.withMetadata({ orientation: 6 }).png().toBuffer();
    const rgb = await decodeImage(file, 16, 16);
    assert.ok(rgb[0]! < 30, 'top left is black');
    assert.ok(rgb[15 * 3]! < 30, 'top right is black');
    assert.ok(rgb[15 * 16 * 3]! > 225, 'bottom left is white');
  });

  it('stretches 12 bits in a 16-bit file by the range of the folder, for the network and for people', async () => {
    const file = await grey16(64, 64, (x) => (x < 32 ? 0 : 4092));
    assert.equal((await probeImage(file)).isDeep, true);
    const range = rangeOf([await valuesOf(file)]);
    assert.deepEqual(range, { min: 0, max: 4092 });
    const rgb = await decodeImage(file, 16, 16, range);
    assert.deepEqual([rgb[0], rgb[15 * 3]], [0, 255]);
    const thumbnail = await sharp(await makeThumbnail(file, 32, range))
      .raw()
      .toBuffer();
    assert.ok(Math.max(...thumbnail) > 240);
    const darker = await decodeImage(file, 16, 16, { min: 0, max: 8184 });
    assert.ok(Math.abs(darker[15 * 3]! - 127.5) <= 1, 'half of the folder’s range is half grey');
  });

  it('takes the range of a folder from its colours: neither an alpha channel nor a pixel that is stuck counts', async () => {
    const values = (x: number, y: number) => 1000 + x * 20 + y;
    const plain = await grey16(128, 128, values);
    const wanted = rangeOf([await valuesOf(plain)]);
    assert.ok(wanted.min < 1100 && wanted.max > 3500 && wanted.max < 3700);
    const stuck = await grey16(128, 128, (x, y) => (x === 7 && y === 9 ? 65535 : values(x, y)));
    const { max } = rangeOf([await valuesOf(plain), await valuesOf(stuck)]);
    assert.ok(Math.abs(max - wanted.max) < 40, String(max));
    for (const channels of [2, 4] as const) {
      const opaque = new Uint16Array(128 * 128 * channels).map((_, i) => {
        const pixel = Math.floor(i / channels);
        return i % channels === channels - 1 ? 65535 : values(pixel % 128, Math.floor(pixel / 128));
      });
      const file = await sharp(opaque, { raw: { width: 128, height: 128, channels } })
        .toColourspace(channels === 2 ? 'grey16' : 'rgb16')
        .png()
        .toBuffer();
      assert.deepEqual(rangeOf([await valuesOf(file)]), wanted, `${channels} channels`);
      assert.deepEqual(await decodeImage(file, 32, 32, wanted), await decodeImage(plain, 32, 32, wanted));
    }
  });

  it('ignores an alpha channel that is zero everywhere, for the network and for people', async () => {
    const raw = (alpha: number) =>
      sharp(
        new Uint8Array(64 * 64 * 4).map((_, i) => (i % 4 === 3 ? alpha : [200, 100, 50][i % 4]!)),
        { raw: { width: 64, height: 64, channels: 4 } },
      )
        .png()
        .toBuffer();
    assertPixel(await decodeImage(await raw(0), 16, 16), [200, 100, 50], 1);
    const { data, info } = await sharp(await makeThumbnail(await raw(0), 32))
      .raw()
      .toBuffer({ resolveWithObject: true });
    assert.equal(info.channels, 3);
    assertPixel(data, [200, 100, 50], 3);
    assertPixel(await decodeImage(await raw(128), 16, 16), [100, 50, 25], 1);
  });
});

describe('a thumbnail', () => {
  const sizeOf = async (width: number, height: number): Promise<[number, number]> => {
    const thumbnail = await makeThumbnail(await plain(width, height).png().toBuffer(), 64);
    const size = await sharp(thumbnail).metadata();
    return [size.width, size.height];
  };

  it('has a longest side, never longer than the image’s own', async () => {
    assert.deepEqual(await sizeOf(300, 200), [64, 43]);
    assert.deepEqual(await sizeOf(100, 300), [21, 64]);
    assert.deepEqual(await sizeOf(40, 30), [40, 30]);
  });

  it('of a long image has as many pixels as a square', async () => {
    assert.deepEqual(await sizeOf(1600, 100), [256, 16]);
    assert.deepEqual(await sizeOf(100, 1600), [16, 256]);
  });
});

describe('the decoders', () => {
  it('are those of the seven formats and no other, whatever asks for one', async () => {
    const drawing = sharp(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="32" height="32"/>'));
    await assert.rejects(drawing.metadata(), /unsupported image format/);
  });

  for (const format of ['png', 'jpeg', 'tiff', 'webp', 'avif', 'gif'] as const) {
    it(`read ${format}`, async () => {
      const { width, height } = await probeImage(await noise().toFormat(format).toBuffer());
      assert.deepEqual([width, height], [200, 200]);
    });
  }
});

describe('files that the file system does not give', () => {
  for (const code of ['EIO', 'ESTALE', 'EBUSY', 'EMFILE', 'ELOOP', 'EISDIR', 'ENAMETOOLONG', 'ENOTCONN']) {
    it(`${code}: is the reason of that image`, async () => {
      const error = Object.assign(new Error(code), { code, syscall: 'read' });
      const { ok } = await outcome(() => Promise.reject(error));
      assert.equal(ok, false);
    });
  }

  it('a folder, a loop of links and a path that is too long: as this system says it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'unreadable-'));
    symlinkSync(join(folder, 'loop'), join(folder, 'loop'));
    const reasons = await Promise.all(
      [folder, join(folder, 'loop'), join(folder, 'x'.repeat(400))].map((file) => outcome(() => readFile(file))),
    );
    rmSync(folder, { recursive: true });
    assert.deepEqual(
      reasons.map((each) => (each.ok ? '' : each.reason)),
      [
        'is a folder by now',
        'is a link that leads to itself',
        'cannot be opened: its path is too long for this system',
      ],
    );
  });

  it('a fault of the program is none', async () => {
    await assert.rejects(
      outcome(() => Promise.reject(new TypeError('x is undefined'))),
      TypeError,
    );
  });
});

const svg = Buffer.from(
  '<svg xmlns="http://www.w3.org/2000/svg" width="400" height="400"><rect width="9" height="9"/></svg>',
);
const lfsPointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n';

describe('images that cannot be used', () => {
  const cases: [name: string, bytes: () => Promise<Uint8Array>, reason: RegExp][] = [
    ['an empty file', () => Promise.resolve(new Uint8Array()), /^is empty/],
    ['a text file', () => Promise.resolve(Buffer.from('hello, I am a text file')), /^is not an image/],
    ['an SVG under another name', () => Promise.resolve(svg), /^is an SVG drawing/],
    ['an SVG behind a comment', () => Promise.resolve(Buffer.concat([Buffer.from('<!-- a -->'), svg])), /^is an SVG/],
    ['a PDF', () => Promise.resolve(Buffer.from('%PDF-1.7\n')), /^is a PDF/],
    ['a HEIC photo', () => Promise.resolve(Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic')), /^is a HEIC photo/],
    ['a JPEG XL image', () => Promise.resolve(Buffer.of(0xff, 0x0a, 0, 0)), /^is a JPEG XL image/],
    ['a Git LFS pointer', () => Promise.resolve(Buffer.from(lfsPointer)), /^is a Git LFS pointer.*git lfs pull/],
    ['a tiny image', () => plain(15, 400).png().toBuffer(), /^is too small \(15×400/],
    ['100 megapixels', () => plain(10_000, 10_000).png({ compressionLevel: 1 }).toBuffer(), /^has 100 megapixels/],
    ['a bitmap that claims 4 gigapixels', () => Promise.resolve(hugeBitmap()), /^has 4000 megapixels/],
  ];
  for (const [name, bytes, reason] of cases) {
    it(`${name}: says so before anything is decoded`, async () => {
      await assert.rejects(probeImage(await bytes()), { name: 'ImageError', message: reason });
    });
  }

  it('a JPEG that is cut short: says so when it is decoded', async () => {
    const whole = await noise().jpeg().toBuffer();
    await assert.rejects(decodeImage(whole.subarray(0, whole.length / 2), 16, 16), {
      name: 'ImageError',
      message: /^is damaged or cut short/,
    });
  });

  it('a PNG whose data are damaged: says so when it is decoded', async () => {
    const file = Buffer.from(await noise().png().toBuffer());
    const middle = Math.floor(file.length / 2);
    file.fill(0, middle, middle + 2000);
    await assert.rejects(decodeImage(file, 16, 16), { name: 'ImageError', message: /^is damaged/ });
  });

  function hugeBitmap(): Uint8Array {
    const file = Buffer.from(bitmap(21, 17, 24));
    file.writeInt32LE(100_000, 18);
    file.writeInt32LE(40_000, 22);
    return file;
  }
});
