// TIFFs that libvips reads otherwise than they are meant, written here from TIFF 6.0.
import assert from 'node:assert/strict';
import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { decodeImage, probeImage, valuesOf } from '../../../../../worker/images/decode';
import { packTwelveBits, tiff } from '../../../../tools/tiff';

const side = 16;

function plain(colour: readonly number[]): Uint8Array {
  return Uint8Array.from({ length: side * side * colour.length }, (_, i) => colour[i % colour.length]!);
}

const base = { width: side, height: side, bits: 8 } as const;
const colour = [200, 30, 60] as const;

async function firstPixel(bytes: Uint8Array): Promise<number[]> {
  return [...(await decodeImage(bytes, side, side)).subarray(0, 3)];
}

describe('a TIFF', () => {
  for (const endian of ['II', 'MM'] as const) {
    it(`with a fourth band that is no transparency is read without it: ${endian}`, async () => {
      const page = { ...base, samples: 4, photometric: 2, extra: [0], data: plain([...colour, 10]) } as const;
      assert.deepEqual(await firstPixel(tiff([page], endian)), [...colour]);
    });

    it(`with 12 bits packed has them: ${endian}`, async () => {
      const values = Array.from({ length: side * side }, (_, i) => (i % side) * 273);
      const data = packTwelveBits(values);
      const bytes = tiff([{ ...base, bits: 12, samples: 1, photometric: 1, data }], endian);
      assert.equal((await probeImage(bytes)).isDeep, true);
      assert.equal(Math.max(...(await valuesOf(bytes))), 4095);
      const rgb = await decodeImage(bytes, side, side, { min: 0, max: 4095 });
      assert.deepEqual(
        Array.from({ length: side }, (_, x) => rgb[x * 3]),
        Array.from({ length: side }, (_, x) => x * 17),
      );
    });
  }

  for (let orientation = 1; orientation <= 8; orientation++) {
    it(`that lies as its orientation ${orientation} says is turned as libvips turns others`, async () => {
      const pixels = Array.from({ length: side * side }, (_, i) => [(i * 7) % 256, (i * 13) % 256, (i * 29) % 256]);
      const bare = { ...base, photometric: 2, orientation } as const;
      const odd = tiff([
        { ...bare, samples: 4, extra: [0], data: Uint8Array.from(pixels.flatMap((each) => [...each, 99])) },
      ]);
      const usual = tiff([{ ...bare, samples: 3, data: Uint8Array.from(pixels.flat()) }]);
      const expected = await sharp(usual).autoOrient().raw().toBuffer();
      assert.deepEqual(Buffer.from(await decodeImage(odd, side, side)), expected);
    });
  }

  it('with transparency lies over black', async () => {
    const page = {
      ...base,
      samples: 4,
      photometric: 2,
      extra: [2],
      data: plain([...colour, 0, ...colour, 255]),
    } as const;
    const rgb = await decodeImage(tiff([page]), side, side);
    assert.ok(rgb.subarray(0, 3).every((value, channel) => value < colour[channel]!));
  });

  it('with five bands is its first three', async () => {
    const page = { ...base, samples: 5, photometric: 2, extra: [0, 0], data: plain([...colour, 10, 250]) } as const;
    assert.deepEqual(await firstPixel(tiff([page])), [...colour]);
  });

  it('where white is zero, with a band more, is as bright as it looks', async () => {
    const page = { ...base, samples: 2, photometric: 0, extra: [0], data: plain([55, 9]) } as const;
    assert.deepEqual(await firstPixel(tiff([page])), [200, 200, 200]);
  });

  it('with a preview first is its full page, and a preview is no page', async () => {
    const preview = { ...base, samples: 1, photometric: 1, subfile: 1, data: plain([0]) } as const;
    const full = { ...base, width: 32, height: 32, samples: 1, photometric: 1, subfile: 0 } as const;
    const bytes = tiff([preview, { ...full, data: new Uint8Array(32 * 32).fill(200) }]);
    const probe = await probeImage(bytes);
    assert.deepEqual({ width: probe.width, pages: probe.pages }, { width: 32, pages: undefined });
    assert.deepEqual(await firstPixel(bytes), [200, 200, 200]);
  });

  it('of a line camera, compressed in one strip of more than 50 MB, is read', async () => {
    const [width, height] = [20_000, 2_800];
    const pixels = new Uint8Array(width * height).fill(90);
    pixels.fill(200, (width * height) / 2);
    const data = deflateSync(pixels, { level: 0 });
    const bytes = tiff([{ width, height, bits: 8, samples: 1, photometric: 1, compression: 8, data }]);
    assert.ok(bytes.length > 52_428_800);
    const rgb = await decodeImage(bytes, 4, 4);
    // Cubic resizing overshoots at the edge.
    assert.ok(Math.abs(rgb[0]! - 90) <= 2 && Math.abs(rgb.at(-1)! - 200) <= 2, `${rgb[0]}, ${rgb.at(-1)}`);
  });

  it('with several pages is the first, and says how many there are', async () => {
    const page = (value: number) => ({ ...base, samples: 1, photometric: 1, data: plain([value]) }) as const;
    const bytes = tiff([page(100), page(150), page(200)]);
    assert.equal((await probeImage(bytes)).pages, 3);
    assert.deepEqual(await firstPixel(bytes), [100, 100, 100]);
  });

  // 16×16 pixels of (200, 30, 60), written by libtiff's tiffcp.
  const written = {
    zstd: 'SUkqABwAAAAotS/9AGBVAAAYyB48AQD6rNwQAAsAAAEDAAEAAAAQAAAAAQEDAAEAAAAQAAAAAgEDAAMAAACmAAAAAwEDAAEAAABQwwAABgEDAAEAAAACAAAAEQEEAAEAAAAIAAAAEgEDAAEAAAABAAAAFQEDAAEAAAADAAAAFgEDAAEAAAAQAAAAFwEEAAEAAAATAAAAHAEDAAEAAAABAAAAAAAAAAgACAAIAA==',
    lerc: 'SUkqAFQAAABMZXJjMiAEAAAA5SLQMRAAAAAQAAAAAwAAAAABAAAIAAAATAAAAAEAAAAAAAAAAADgPwAAAAAAAD5AAAAAAAAAaUAAAAAAyB48yB48DAAAAQMAAQAAABAAAAABAQMAAQAAABAAAAACAQMAAwAAAOoAAAADAQMAAQAAAEeIAAAGAQMAAQAAAAIAAAARAQQAAQAAAAgAAAASAQMAAQAAAAEAAAAVAQMAAQAAAAMAAAAWAQMAAQAAABAAAAAXAQQAAQAAAEwAAAAcAQMAAQAAAAEAAADyxQQAAgAAAPAAAAAAAAAACAAIAAgABAAAAAAAAAA=',
    lzma: 'SUkqAFAAAAD9N3pYWgAAAP8S2UECAQMBACEBFnkgxO7gAv8ADl0AZBV/yIvsC11MARNooAAAAAAAASKABgAAAK6fvB2oAAr8AgAAAAAAWVoLAAABAwABAAAAEAAAAAEBAwABAAAAEAAAAAIBAwADAAAA2gAAAAMBAwABAAAAbYgAAAYBAwABAAAAAgAAABEBBAABAAAACAAAABIBAwABAAAAAQAAABUBAwABAAAAAwAAABYBAwABAAAAEAAAABcBBAABAAAASAAAABwBAwABAAAAAQAAAAAAAAAIAAgACAA=',
  };

  for (const compression of ['zstd', 'lerc'] as const) {
    it(`compressed by ${compression} is read, as libtiff wrote it`, async () => {
      assert.deepEqual(await firstPixel(Buffer.from(written[compression], 'base64')), [...colour]);
    });
  }

  it('with a compression that nothing here reads is named for that', async () => {
    const message = /^is a TIFF with a compression that is not read \(number 34925\)/;
    await assert.rejects(probeImage(Buffer.from(written.lzma, 'base64')), { name: 'ImageError', message });
  });

  it('of a camera, raw, is named: neither its preview nor its mosaic is taken for the photo', async () => {
    const preview = { ...base, samples: 3, photometric: 2, subfile: 1, data: plain([...colour]) } as const;
    const mosaic = { ...base, samples: 1, photometric: 32803, subfile: 0, data: plain([9]) } as const;
    for (const pages of [[preview], [preview, mosaic]]) {
      await assert.rejects(probeImage(tiff(pages)), { name: 'ImageError', message: /^is a camera raw file/ });
    }
  });
});
