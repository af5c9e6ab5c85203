// Windows and OS/2 bitmaps, which many cameras write and sharp does not read. After Microsoft's description of BITMAPINFOHEADER and its
// successors, and that of OS/2 in the Encyclopedia of Graphics File Formats.
import { ImageError } from './image-error';

/** A decoded bitmap: rows from the top, (red, green, blue) or (red, green, blue, alpha). */
export interface Bitmap {
  width: number;
  height: number;
  channels: 3 | 4;
  pixels: Uint8Array;
}

interface Header {
  width: number;
  height: number;
  isTopDown: boolean;
  /** Bits a pixel. */
  depth: number;
  compression: Compression;
  /** Bit masks of red, green, blue and alpha; 0 where there is no alpha. */
  masks: [number, number, number, number];
  /** (red, green, blue) of each index. */
  palette: Uint8Array;
  /** Where the pixels begin. */
  offset: number;
}

type Compression = 'none' | 'rle4' | 'rle8' | 'rle24';

const fileHeaderBytes = 14;
/** BITMAPCOREHEADER of OS/2 1 and Windows 2. */
const coreBytes = 12;
/** BITMAPINFOHEADER. */
const infoBytes = 40;
const depths = [1, 2, 4, 8, 16, 24, 32];

/** Width and height of a bitmap, before anything is allocated. @throws ImageError */
export function bitmapSize(bytes: Uint8Array): { width: number; height: number } {
  const { width, height } = readSize(bytes);
  return { width, height };
}

/** @throws ImageError with the reason */
export function decodeBitmap(bytes: Uint8Array): Bitmap {
  const header = readHeader(bytes);
  return header.compression === 'none' ? readRows(bytes, header) : readRuns(bytes, header);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function readSize(bytes: Uint8Array): { size: number; width: number; height: number; isTopDown: boolean } {
  const view = viewOf(bytes);
  if (bytes.length < fileHeaderBytes + coreBytes) throw cutShort();
  const size = view.getUint32(14, true);
  if (size === coreBytes)
    return { size, width: view.getUint16(18, true), height: view.getUint16(20, true), isTopDown: false };
  if (size < 16 || size > 124 || bytes.length < fileHeaderBytes + size)
    throw new ImageError(`is a BMP with a header of ${size} bytes, which is no known kind. Convert it to PNG`);
  const [width, height] = [view.getInt32(18, true), view.getInt32(22, true)];
  if (width <= 0 || height === 0 || height === -(2 ** 31))
    throw new ImageError(`is a BMP that says it has ${width}×${height} pixels. Save it again`);
  return { size, width, height: Math.abs(height), isTopDown: height < 0 };
}

function readHeader(bytes: Uint8Array): Header {
  const view = viewOf(bytes);
  const { size, width, height, isTopDown } = readSize(bytes);
  const isCore = size === coreBytes;
  const field = (at: number, otherwise: number) =>
    !isCore && at + 4 <= fileHeaderBytes + size ? view.getUint32(at, true) : otherwise;
  const depth = view.getUint16(isCore ? 24 : 28, true);
  if (!depths.includes(depth)) throw new ImageError(`is a BMP with ${depth} bits a pixel. Convert it to PNG`);
  const code = field(30, 0);
  // OS/2 2 has headers of 16 to 64 bytes, and other codes.
  const isOs2 = !isCore && size <= 64 && size !== infoBytes && size !== 52 && size !== 56;
  const compression = compressionOf(code, depth, isOs2);
  const hasMasks = (code === 3 || code === 6) && !isOs2;
  const maskBytes = hasMasks && size === infoBytes ? (code === 6 ? 16 : 12) : 0;
  const masks = hasMasks ? readMasks(view, size, code) : usualMasks(depth);
  // The newer headers say where the alpha of ordinary pixels is; the colours are where they always are.
  if (!hasMasks && depth === 32 && size >= 108 && view.getUint32(66, true) === 0xff000000) masks[3] = 0xff000000;
  const offset = view.getUint32(10, true);
  return {
    ...{ width, height, isTopDown, depth, compression, masks, offset },
    palette:
      depth <= 8
        ? readPalette(bytes, {
            start: fileHeaderBytes + size + maskBytes,
            entryBytes: isCore ? 3 : 4,
            used: field(46, 0),
            depth,
            offset,
          })
        : new Uint8Array(),
  };
}

function compressionOf(code: number, depth: number, isOs2: boolean): Compression {
  if (code === 0 || ((code === 3 || code === 6) && !isOs2 && (depth === 16 || depth === 32))) return 'none';
  if (code === 1 && depth === 8) return 'rle8';
  if (code === 2 && depth === 4) return 'rle4';
  if (code === 4 && isOs2 && depth === 24) return 'rle24';
  throw new ImageError(
    `is a BMP whose pixels are packed in a way that is not read (kind ${code}, ${depth} bits). Convert it to PNG`,
  );
}

function readMasks(view: DataView, size: number, code: number): Header['masks'] {
  const hasAlpha = size >= 56 || (size === infoBytes && code === 6);
  if (view.byteLength < 54 + (hasAlpha ? 16 : 12)) throw cutShort();
  const at = (index: number) => view.getUint32(54 + 4 * index, true);
  return [at(0), at(1), at(2), hasAlpha ? at(3) : 0];
}

function usualMasks(depth: number): Header['masks'] {
  return depth === 16 ? [0x7c00, 0x03e0, 0x001f, 0] : [0xff0000, 0xff00, 0xff, 0];
}

function readPalette(
  bytes: Uint8Array,
  {
    start,
    entryBytes,
    used,
    depth,
    offset,
  }: { start: number; entryBytes: number; used: number; depth: number; offset: number },
): Uint8Array {
  const most = 2 ** depth;
  if (used > 2 ** 16) throw new ImageError(`is a BMP that says it has ${used} colours. Save it again`);
  // A palette may be shorter than it says, where the pixels begin.
  const room = Math.max(0, Math.min(bytes.length, offset > start ? offset : bytes.length) - start);
  const count = Math.min(used === 0 ? most : Math.min(used, most), Math.floor(room / entryBytes));
  const palette = new Uint8Array(most * 3);
  for (let i = 0; i < count; i++) {
    const at = start + i * entryBytes;
    palette.set([bytes[at + 2]!, bytes[at + 1]!, bytes[at]!], i * 3);
  }
  return palette;
}

function readRows(bytes: Uint8Array, header: Header): Bitmap {
  const { width, height, isTopDown, depth, palette, masks, offset } = header;
  const stride = Math.ceil((width * depth) / 32) * 4;
  // The last row may lack what fills it up.
  if (offset + stride * (height - 1) + Math.ceil((width * depth) / 8) > bytes.length) throw cutShort();
  const channels = depth > 8 && masks[3] !== 0 ? 4 : 3;
  const pixels = new Uint8Array(width * height * channels);
  const fields = masks.map(fieldOf);
  const view = viewOf(bytes);
  for (let y = 0; y < height; y++) {
    const row = offset + stride * (isTopDown ? y : height - 1 - y);
    let at = y * width * channels;
    for (let x = 0; x < width; x++) {
      if (depth <= 8) {
        const bit = x * depth;
        const index = (bytes[row + (bit >> 3)]! >> (8 - depth - (bit & 7))) & (2 ** depth - 1);
        for (let c = 0; c < 3; c++) pixels[at++] = palette[index * 3 + c]!;
      } else if (depth === 24) {
        const from = row + x * 3;
        pixels[at++] = bytes[from + 2]!;
        pixels[at++] = bytes[from + 1]!;
        pixels[at++] = bytes[from]!;
      } else {
        const value = depth === 16 ? view.getUint16(row + x * 2, true) : view.getUint32(row + x * 4, true);
        for (let c = 0; c < channels; c++) pixels[at++] = fields[c]!(value);
      }
    }
  }
  return { width, height, channels, pixels };
}

/** Takes the bits of a mask out of a pixel, as 0 to 255. */
function fieldOf(mask: number): (value: number) => number {
  if (mask === 0) return () => 0;
  const shift = 31 - Math.clz32(mask & -mask);
  const largest = mask >>> shift;
  return (value) => Math.round((((value & mask) >>> shift) * 255) / largest);
}

/** Run lengths: pairs of bytes, the first a count or 0 for something else. Pixels that no run names are black. */
function readRuns(bytes: Uint8Array, { width, height, isTopDown, compression, palette, offset }: Header): Bitmap {
  if (offset >= bytes.length) throw cutShort();
  const pixels = new Uint8Array(width * height * 3);
  let [x, y] = [0, 0];
  const put = (red: number, green: number, blue: number) => {
    if (x < width && y < height) {
      const row = isTopDown ? y : height - 1 - y;
      pixels.set([red, green, blue], (row * width + x) * 3);
    }
    x++;
  };
  const putIndex = (index: number) =>
    put(palette[index * 3] ?? 0, palette[index * 3 + 1] ?? 0, palette[index * 3 + 2] ?? 0);
  /** Puts so many pixels from a place, all of the first one's colour or each of its own. @returns bytes that they take */
  const run = (at: number, count: number, isLiteral: boolean): number => {
    for (let i = 0; i < count; i++) {
      const step = isLiteral ? i : 0;
      if (compression === 'rle24') put(bytes[at + step * 3 + 2]!, bytes[at + step * 3 + 1]!, bytes[at + step * 3]!);
      else if (compression === 'rle8') putIndex(bytes[at + step]!);
      else {
        const pair = bytes[at + (isLiteral ? i >> 1 : 0)]!;
        putIndex(i % 2 === 0 ? pair >> 4 : pair & 15);
      }
    }
    const length = isLiteral ? count : 1;
    return compression === 'rle24'
      ? length * 3
      : compression === 'rle8'
        ? length
        : isLiteral
          ? Math.ceil(count / 2)
          : 1;
  };
  let isEnded = false;
  for (let at = offset; at + 1 < bytes.length && y < height && !isEnded;) {
    const [count, code] = [bytes[at]!, bytes[at + 1]!];
    if (count > 0) at += 1 + run(at + 1, count, false);
    else if (code === 0) {
      [x, y] = [0, y + 1];
      at += 2;
    } else if (code === 1) isEnded = true;
    else if (code === 2) {
      x += bytes[at + 2] ?? 0;
      y += bytes[at + 3] ?? 0;
      at += 4;
    } else {
      const length = run(at + 2, code, true);
      // To a whole number of 16 bits.
      at += 2 + length + (length % 2);
    }
  }
  if (!isEnded && y < height - 1) throw cutShort();
  return { width, height, channels: 3, pixels };
}

function cutShort(): ImageError {
  return new ImageError('is a BMP that is cut short');
}
