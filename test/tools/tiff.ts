// TIFF files, written from TIFF 6.0: also those that no library here writes.

type Tag = [id: number, type: 3 | 4, values: readonly number[]];

export interface Page {
  width: number;
  height: number;
  bits: number;
  samples: number;
  photometric: number;
  extra?: readonly number[];
  /** 2 for numbers with signs, 3 for those with fractions. */
  sampleFormat?: number;
  /** As TIFF numbers it; `data` is compressed already. 1, none, when absent. */
  compression?: number;
  /** 1 for a preview. */
  subfile?: number;
  /** 1 to 8, as EXIF has it. */
  orientation?: number;
  data: Uint8Array;
}

/** A TIFF file: uncompressed, one strip a page; pages in their order. */
export function tiff(pages: readonly Page[], endian: 'II' | 'MM' = 'II'): Uint8Array {
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
    const {
      width,
      height,
      bits,
      samples,
      photometric,
      extra,
      sampleFormat,
      compression = 1,
      subfile,
      orientation,
      data,
    } = page;
    const tags: Tag[] = [
      ...(subfile === undefined ? [] : [[254, 4, [subfile]] satisfies Tag]),
      [256, 4, [width]],
      [257, 4, [height]],
      [258, 3, Array<number>(samples).fill(bits)],
      [259, 3, [compression]],
      [262, 3, [photometric]],
      [273, 4, [0]],
      ...(orientation === undefined ? [] : [[274, 3, [orientation]] satisfies Tag]),
      [277, 3, [samples]],
      [278, 4, [height]],
      [279, 4, [data.length]],
      ...(extra === undefined ? [] : [[338, 3, extra] satisfies Tag]),
      ...(sampleFormat === undefined ? [] : [[339, 3, Array<number>(samples).fill(sampleFormat)] satisfies Tag]),
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

/** Grey values of 12 bits, two in three bytes; an even number of them in each row. */
export function packTwelveBits(values: readonly number[]): Uint8Array {
  const data = new Uint8Array((values.length * 3) / 2);
  for (let i = 0; i < values.length; i += 2) {
    const [a, b] = [values[i]!, values[i + 1]!];
    data.set([a >> 4, ((a & 15) << 4) | (b >> 8), b & 255], (i / 2) * 3);
  }
  return data;
}

/** A TIFF of 32-bit floats, grey, little-endian. @param values (height, width) */
export function floatTiff(values: Float32Array, width: number, height: number): Uint8Array {
  const data = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return tiff([{ width, height, bits: 32, samples: 1, photometric: 1, sampleFormat: 3, data }]);
}
