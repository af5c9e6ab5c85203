// TIFFs that libvips reads otherwise than they are meant, written here from TIFF 6.0.
import assert from 'node:assert/strict';
import { decodeImage, probeImage, valuesOf } from '../../../../../worker/images/decode';

type Tag = [id: number, type: 3 | 4, values: readonly number[]];

interface Page {
  width: number;
  height: number;
  bits: number;
  samples: number;
  photometric: number;
  extra?: readonly number[];
  /** 1 for a preview. */
  subfile?: number;
  data: Uint8Array;
}

/** Uncompressed, one strip a page; pages in their order. */
function tiff(pages: readonly Page[], endian: 'II' | 'MM' = 'II'): Uint8Array {
  const little = endian === 'II';
  const parts: Buffer[] = [];
  let length = 0;
  const append = (part: Buffer) => {
    parts.push(part);
    length += part.length;
  };
  const number = (value: number, size: 2 | 4) => {
    const buffer = Buffer.alloc(size);
    if (little) buffer.writeUIntLE(value, 0, size);
    else buffer.writeUIntBE(value, 0, size);
    return buffer;
  };
  append(Buffer.concat([Buffer.from(endian), number(42, 2), number(8, 4)]));
  for (const [i, page] of pages.entries()) {
    const { width, height, bits, samples, photometric, extra, subfile, data } = page;
    const tags: Tag[] = [
      ...(subfile === undefined ? [] : [[254, 4, [subfile]] satisfies Tag]),
      [256, 4, [width]],
      [257, 4, [height]],
      [258, 3, Array<number>(samples).fill(bits)],
      [259, 3, [1]],
      [262, 3, [photometric]],
      [273, 4, [0]],
      [277, 3, [samples]],
      [278, 4, [height]],
      [279, 4, [data.length]],
      ...(extra === undefined ? [] : [[338, 3, extra] satisfies Tag]),
    ];
    const afterTags = length + 2 + tags.length * 12 + 4;
    let overflow = Buffer.alloc(0);
    const encode = (type: 3 | 4, values: readonly number[]) =>
      Buffer.concat(values.map((value) => number(value, type === 3 ? 2 : 4)));
    const sizes = tags.map(([, type, values]) => values.length * (type === 3 ? 2 : 4));
    const strip = afterTags + sizes.reduce((sum, size) => sum + (size > 4 ? size : 0), 0);
    const entries = tags.map(([id, type, values]) => {
      const body = encode(type, id === 273 ? [strip] : values);
      const field = Buffer.alloc(4);
      if (body.length <= 4) body.copy(field);
      else {
        number(afterTags + overflow.length, 4).copy(field);
        overflow = Buffer.concat([overflow, body]);
      }
      return Buffer.concat([number(id, 2), number(type, 2), number(values.length, 4), field]);
    });
    const padding = (strip + data.length) % 2;
    const next = i + 1 < pages.length ? strip + data.length + padding : 0;
    append(Buffer.concat([number(tags.length, 2), ...entries, number(next, 4), overflow, data, Buffer.alloc(padding)]));
  }
  return Buffer.concat(parts);
}

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
      const data = Buffer.alloc((side * side * 3) / 2);
      for (let i = 0; i < values.length; i += 2) {
        const [a, b] = [values[i]!, values[i + 1]!];
        data.set([a >> 4, ((a & 15) << 4) | (b >> 8), b & 255], (i / 2) * 3);
      }
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
