// Bitmaps of every kind, written here from the format's description, and those of a public suite where it is at hand.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { createRandom } from '../../../../../worker/base/random';
import { decodeBitmap } from '../../../../../worker/images/formats/bmp';
import { decodeImage } from '../../../../../worker/images/decode';
import { shared } from '../../../../tools/paths';

interface Kind {
  /** Bytes of the header: 12 and 16 are OS/2's, 40 the usual one, 108 and 124 V4 and V5. */
  header?: number;
  depth: number;
  compression?: number;
  masks?: number[];
  isTopDown?: boolean;
  /** Bytes between the palette and the pixels. */
  gap?: number;
  /** (red, green, blue) of each colour. */
  palette?: number[][];
  /** Instead of rows. */
  data?: number[];
}

/** @param value of the pixel at (x, y) from the top: an index, or the bits of the pixel */
function write(width: number, height: number, kind: Kind, value: (x: number, y: number) => number): Uint8Array {
  const { header = 40, depth, compression = 0, masks = [], isTopDown = false, gap = 0, palette = [], data } = kind;
  const entry = header === 12 ? 3 : 4;
  const maskBytes = header === 40 ? masks.length * 4 : 0;
  const offset = 14 + header + maskBytes + palette.length * entry + gap;
  const stride = Math.ceil((width * depth) / 32) * 4;
  const file = Buffer.alloc(offset + (data ? data.length : stride * height), 0xaa);
  file.fill(0, 0, 14 + header + maskBytes);
  file.write('BM');
  file.writeUInt32LE(file.length, 2);
  file.writeUInt32LE(offset, 10);
  file.writeUInt32LE(header, 14);
  if (header === 12) {
    file.writeUInt16LE(width, 18);
    file.writeUInt16LE(height, 20);
    file.writeUInt16LE(1, 22);
    file.writeUInt16LE(depth, 24);
  } else {
    file.writeInt32LE(width, 18);
    file.writeInt32LE(isTopDown ? -height : height, 22);
    file.writeUInt16LE(1, 26);
    file.writeUInt16LE(depth, 28);
    if (header >= 40) {
      file.writeUInt32LE(compression, 30);
      file.writeUInt32LE(palette.length, 46);
    }
    for (const [i, mask] of masks.entries()) file.writeUInt32LE(mask >>> 0, 54 + 4 * i);
  }
  for (const [i, [r, g, b]] of palette.entries())
    file.set(entry === 3 ? [b!, g!, r!] : [b!, g!, r!, 0], 14 + header + maskBytes + i * entry);
  if (data) file.set(data, offset);
  else
    for (let y = 0; y < height; y++) {
      const row = offset + stride * (isTopDown ? y : height - 1 - y);
      for (let x = 0; x < width; x++) {
        const pixel = value(x, y);
        if (depth >= 8)
          for (let i = 0; i < depth / 8; i++) file[row + (x * depth) / 8 + i] = Math.floor(pixel / 256 ** i) % 256;
        else {
          const at = row + ((x * depth) >> 3);
          const shift = 8 - depth - ((x * depth) & 7);
          file[at] = (file[at]! & ~((2 ** depth - 1) << shift)) | (pixel << shift);
        }
      }
    }
  return file;
}

const random = createRandom(1);
const [width, height] = [19, 17];
const noise = Array.from({ length: width * height }, () => random.integer(0, 2 ** 31 - 1));
const at = (x: number, y: number) => noise[y * width + x]!;
const colours = (count: number) => Array.from({ length: count }, () => [0, 0, 0].map(() => random.integer(0, 255)));

describe('a bitmap', () => {
  for (const depth of [1, 2, 4, 8]) {
    for (const [name, more] of Object.entries<Partial<Kind>>({
      'the usual header': {},
      'the header of OS/2 1': { header: 12 },
      'a short header of OS/2 2': { header: 16 },
      'header V4, rows from the top, and a gap before the pixels': { header: 108, isTopDown: true, gap: 37 },
      'header V5': { header: 124 },
    })) {
      it(`of ${depth} bits a pixel with ${name} has the colours of its palette`, () => {
        const palette = colours(2 ** depth);
        const index = (x: number, y: number) => at(x, y) % 2 ** depth;
        const { pixels, channels } = decodeBitmap(write(width, height, { depth, palette, ...more }, index));
        const wanted = Array.from(
          { length: width * height },
          (_, i) => palette[index(i % width, Math.floor(i / width))]!,
        );
        assert.equal(channels, 3);
        assert.deepEqual([...pixels], wanted.flat());
      });
    }
  }

  for (const [name, kind, bits] of [
    [
      '16 bits',
      { depth: 16 },
      [
        [10, 5],
        [5, 5],
        [0, 5],
      ],
    ],
    [
      '16 bits, 5-6-5',
      { depth: 16, compression: 3, masks: [0xf800, 0x7e0, 0x1f] },
      [
        [11, 5],
        [5, 6],
        [0, 5],
      ],
    ],
    [
      '16 bits, 4-4-4 and alpha',
      { depth: 16, header: 56, compression: 3, masks: [0xf00, 0xf0, 0xf, 0xf000] },
      [
        [8, 4],
        [4, 4],
        [0, 4],
        [12, 4],
      ],
    ],
    [
      '24 bits',
      { depth: 24 },
      [
        [16, 8],
        [8, 8],
        [0, 8],
      ],
    ],
    [
      '24 bits, header V5',
      { depth: 24, header: 124 },
      [
        [16, 8],
        [8, 8],
        [0, 8],
      ],
    ],
    [
      '24 bits of OS/2 1',
      { depth: 24, header: 12 },
      [
        [16, 8],
        [8, 8],
        [0, 8],
      ],
    ],
    [
      '32 bits, the last of which say nothing',
      { depth: 32 },
      [
        [16, 8],
        [8, 8],
        [0, 8],
      ],
    ],
    [
      '32 bits, rows from the top',
      { depth: 32, isTopDown: true },
      [
        [16, 8],
        [8, 8],
        [0, 8],
      ],
    ],
    [
      '32 bits, masks that count for nothing',
      { depth: 32, header: 108, masks: [0xff, 0xff00, 0xff0000] },
      [
        [16, 8],
        [8, 8],
        [0, 8],
      ],
    ],
    [
      '32 bits, red last',
      { depth: 32, compression: 3, masks: [0xff, 0xff00, 0xff0000] },
      [
        [0, 8],
        [8, 8],
        [16, 8],
      ],
    ],
    [
      '32 bits with alpha',
      { depth: 32, compression: 6, masks: [0xff0000, 0xff00, 0xff, 0x7f000000] },
      [
        [16, 8],
        [8, 8],
        [0, 8],
        [24, 7],
      ],
    ],
  ] as [string, Kind, [shift: number, bits: number][]][]) {
    it(`of ${name} has what its masks take out`, () => {
      const { pixels, channels } = decodeBitmap(write(width, height, kind, at));
      assert.equal(channels, bits.length);
      const wanted = noise.flatMap((value) =>
        bits.map(([shift, count]) =>
          Math.round(((Math.floor(value / 2 ** shift) % 2 ** count) * 255) / (2 ** count - 1)),
        ),
      );
      assert.deepEqual([...pixels], wanted);
    });
  }

  it('of run lengths has runs, single pixels, jumps, and black where nothing is said', () => {
    const palette = [
      [1, 2, 3],
      [10, 20, 30],
      [40, 50, 60],
      [70, 80, 90],
    ];
    // From the bottom: three of 1; then 2, 3, 1 one by one; end of the row. A jump of 2 right and 1 up; four of 2.
    const data = [3, 1, 0, 3, 2, 3, 1, 0, 0, 0, 0, 2, 2, 1, 4, 2, 0, 1];
    const { pixels } = decodeBitmap(write(6, 4, { depth: 8, compression: 1, palette, data }, () => 0));
    const _ = [0, 0, 0];
    const [, a, b, c] = palette as [number[], number[], number[], number[]];
    assert.deepEqual(
      [...pixels],
      [
        [_, _, _, _, _, _],
        [_, _, b, b, b, b],
        [_, _, _, _, _, _],
        [a, a, a, b, c, a],
      ].flat(2),
    );

    const four = [5, 0x12, 0, 3, 0x31, 0x20, 0, 1];
    const halves = decodeBitmap(write(8, 1, { depth: 4, compression: 2, palette, data: four }, () => 0));
    assert.deepEqual([...halves.pixels], [a, b, a, b, a, c, a, b].flat());
  });

  it('is refused when it is cut short, has no known kind, or asks for too much', () => {
    const whole = write(width, height, { depth: 24 }, at);
    const changed = (offset: number, value: number) => {
      const copy = Buffer.from(whole);
      copy.writeUInt32LE(value >>> 0, offset);
      return copy;
    };
    for (const [bytes, reason] of [
      [whole.subarray(0, 20), /cut short/],
      [whole.subarray(0, whole.length - 60), /cut short/],
      [changed(10, 0x7fffffff), /cut short/],
      [changed(14, 300), /header of 300 bytes/],
      [changed(18, 0), /says it has 0×17 pixels/],
      [changed(22, 0x80000000), /pixels/],
      [changed(28, 13), /13 bits a pixel/],
      [changed(30, 4), /kind 4/],
      [changed(30, 1), /kind 1/],
      [write(8, 8, { depth: 8, compression: 1, palette: colours(2), data: [4, 1] }, () => 0), /cut short/],
    ] as [Uint8Array, RegExp][])
      assert.throws(() => decodeBitmap(bytes), { name: 'ImageError', message: reason });
  });

  it('with alpha of zero everywhere is opaque, and with some is over black', async () => {
    const masks = [0xff0000, 0xff00, 0xff, 0xff000000];
    const picture = (alpha: (x: number) => number) =>
      write(32, 32, { depth: 32, header: 108, compression: 3, masks }, (x) => alpha(x) * 2 ** 24 + 0x64c832);
    const opaque = await decodeImage(
      picture(() => 0),
      32,
      32,
    );
    assert.deepEqual([...opaque.subarray(0, 3)], [0x64, 0xc8, 0x32]);
    const half = await decodeImage(
      picture((x) => (x < 16 ? 0 : 255)),
      32,
      32,
    );
    assert.deepEqual([...half.subarray(0, 3)], [0, 0, 0]);
    assert.deepEqual([...half.subarray(31 * 3, 32 * 3)], [0x64, 0xc8, 0x32]);
  });

  describe('of a public suite', () => {
    const suite = join(shared, 'cases', 'bmp-suite');
    const files = (folder: string) => (existsSync(suite) ? readdirSync(join(suite, folder)) : []);
    if (!existsSync(suite)) it.skip('skipped, needs ../shared/cases/bmp-suite');
    for (const file of files('good')) {
      it(`is read: ${file}`, async () => {
        const { width, height, channels, pixels } = decodeBitmap(readFileSync(join(suite, 'good', file)));
        const reference = join(suite, 'reference', `${file}.png`);
        if (!existsSync(reference)) return;
        const wanted = await sharp(reference).toColourspace('srgb').ensureAlpha().raw().toBuffer();
        assert.equal(wanted.length, width * height * 4);
        for (let i = 0; i < width * height * 4; i++) {
          const value = i % 4 < channels ? pixels[(i >> 2) * channels + (i % 4)]! : 255;
          // Ten bits to eight are rounded by one and cut by the other.
          assert.ok(Math.abs(value - wanted[i]!) <= 1, `byte ${i}: ${value}, not ${wanted[i]}`);
        }
      });
    }
    for (const file of files('bad'))
      it(`is refused: ${file}`, () =>
        assert.throws(() => decodeBitmap(readFileSync(join(suite, 'bad', file))), { name: 'ImageError' }));
  });
});
