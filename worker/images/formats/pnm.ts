// Netpbm's grey and colour images (PGM, PPM), which line cameras write: after the pages pgm(5) and ppm(5).
import { ImageError } from './image-error';

/** A decoded image: rows from the top; values up to `largest`. */
export interface PortableImage {
  width: number;
  height: number;
  channels: 1 | 3;
  /** Value of white; above 255 the image has more than 8 bits. */
  largest: number;
  pixels: Uint8Array | Uint16Array;
}

interface Header {
  kind: 'plain' | 'raw';
  width: number;
  height: number;
  channels: 1 | 3;
  largest: number;
  /** Where the values begin. */
  offset: number;
}

/** A header is no longer than this, comments included. */
const longestHeader = 4096;

/** Width and height, before anything is allocated. @throws ImageError */
export function portableSize(bytes: Uint8Array): { width: number; height: number } {
  const { width, height } = readHeader(bytes);
  return { width, height };
}

/** @throws ImageError with the reason */
export function decodePortable(bytes: Uint8Array): PortableImage {
  const header = readHeader(bytes);
  const { width, height, channels, largest } = header;
  const count = width * height * channels;
  const values = header.kind === 'raw' ? rawValues(bytes, header, count) : plainValues(bytes, header, count);
  // 8 bits are shown as they are meant; more than 8 are stretched by what is in the folder.
  const pixels = largest === 255 || largest > 255 ? values : values.map((value) => Math.round((value * 255) / largest));
  return { width, height, channels, largest, pixels };
}

function readHeader(bytes: Uint8Array): Header {
  const text = String.fromCharCode(...bytes.subarray(0, longestHeader));
  const gap = '(?:\\s|#[^\\n]*\\n)+';
  const match = new RegExp(`^P([2356])${gap}(\\d{1,9})${gap}(\\d{1,9})${gap}(\\d{1,9})(?:#[^\\n]*\\n)?\\s`).exec(text);
  if (!match) throw new ImageError('is a PGM or PPM file without a header that can be read. Save it again');
  const [kind, width, height, largest] = match.slice(1).map(Number) as [number, number, number, number];
  if (width === 0 || height === 0 || largest === 0 || largest > 65535)
    throw new ImageError(`is a PGM or PPM file that says ${width}×${height} pixels of up to ${largest}. Save it again`);
  return {
    kind: kind >= 5 ? 'raw' : 'plain',
    channels: kind % 3 === 2 ? 1 : 3,
    ...{ width, height, largest, offset: match[0].length },
  };
}

function rawValues(bytes: Uint8Array, { offset, largest }: Header, count: number): Uint8Array | Uint16Array {
  const size = largest > 255 ? 2 : 1;
  if (bytes.length < offset + count * size) throw cutShort();
  if (size === 1) return bytes.slice(offset, offset + count);
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset, count * 2);
  return Uint16Array.from({ length: count }, (_, i) => view.getUint16(i * 2));
}

function plainValues(bytes: Uint8Array, { offset, largest }: Header, count: number): Uint8Array | Uint16Array {
  const values = largest > 255 ? new Uint16Array(count) : new Uint8Array(count);
  let [at, digits, value] = [0, 0, 0];
  for (let i = offset; i <= bytes.length && at < count; i++) {
    const byte = bytes[i] ?? 32;
    if (byte >= 48 && byte <= 57) {
      value = Math.min(65535, value * 10 + byte - 48);
      digits++;
    } else if (digits > 0) {
      values[at++] = value;
      [digits, value] = [0, 0];
    }
  }
  if (at < count) throw cutShort();
  return values;
}

function cutShort(): ImageError {
  return new ImageError('is a PGM or PPM file that is cut short');
}
