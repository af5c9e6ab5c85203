// From an image file's bytes to what the network sees: exactly width×height RGB, whatever the file was.
import { createHash } from 'node:crypto';
import { decode as decodeBmp } from 'bmp-ts';
import sharp, { type Sharp } from 'sharp';

/** An image that cannot be used. The message is a reason to put behind the file's name: "is empty (0 bytes)". */
export class ImageError extends Error {
  override readonly name = 'ImageError';
}

/** Images below this many pixels a side hold too little for a patch grid. */
export const minimumSide = 16;

/** Images of this many pixels or more are left out: one alone would take gigabytes to decode. */
export const maximumPixels = 100_000_000;

/** What is known of an image file before it is decoded in full. */
export interface ImageProbe {
  /** SHA-256 of the file's bytes, hexadecimal. */
  content: string;
  width: number;
  height: number;
  /** Smallest and largest value of any channel, for images with more than 8 bits a channel. */
  range?: ValueRange;
}

export interface ValueRange {
  min: number;
  max: number;
}

// Each image is decoded once; libvips' own cache would only hold memory.
sharp.cache(false);
sharp.concurrency(1);

/** SHA-256 of a file's bytes, hexadecimal. */
export function contentOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/**
 * Reads an image's size and checks that it can be used.
 * @throws ImageError with the reason
 */
export async function probeImage(bytes: Uint8Array): Promise<ImageProbe> {
  return explain(async () => {
    const image = open(bytes);
    const { width, height, depth, autoOrient } = await image.metadata();
    checkSize(width, height);
    if (depth !== 'uchar' && depth !== 'ushort') {
      throw new ImageError(`has ${depth} pixels; 8 and 16 bits a channel are read. Convert it`);
    }
    const probe: ImageProbe = {
      content: contentOf(bytes),
      width: autoOrient.width,
      height: autoOrient.height,
    };
    return depth === 'ushort' ? { ...probe, range: await valueRange(bytes) } : probe;
  });
}

/**
 * Decodes and resizes. EXIF orientation is applied, the aspect ratio is not kept, transparency lies over black, CMYK and grey
 * become RGB, and more than 8 bits a channel are stretched from `range` to 0..255.
 * @returns (height, width, 3)
 * @throws ImageError with the reason
 */
export async function decodeImage(
  bytes: Uint8Array,
  width: number,
  height: number,
  range?: ValueRange,
): Promise<Uint8Array> {
  return explain(async () => {
    const image = open(bytes).autoOrient().resize(width, height, { fit: 'fill', kernel: 'cubic' });
    return range === undefined ? toRgb(image) : stretch(await toRgb16(image), range);
  });
}

/**
 * A picture of the whole image for people, aspect ratio kept, in a format that every browser shows.
 * @param side longest side in pixels, at most
 * @param lossless for pictures whose pixels are looked at
 * @returns WebP file
 * @throws ImageError with the reason
 */
export async function makeThumbnail(
  bytes: Uint8Array,
  side: number,
  range?: ValueRange,
  lossless = false,
): Promise<Uint8Array> {
  return explain(async () => {
    const small = open(bytes).autoOrient().resize(side, side, { fit: 'inside', withoutEnlargement: true });
    let picture = small;
    if (range !== undefined) {
      const { data, info } = await small
        .flatten({ background: '#000' })
        .toColourspace('rgb16')
        .raw({ depth: 'ushort' })
        .toBuffer({ resolveWithObject: true });
      const pixels = stretch(new Uint16Array(Uint8Array.from(data).buffer), range);
      picture = sharp(pixels, { raw: { width: info.width, height: info.height, channels: 3 } });
    }
    return picture
      .toColourspace('srgb')
      .webp(lossless ? { lossless, effort: 1 } : { quality: 80 })
      .toBuffer();
  });
}

function checkSize(width: number, height: number): void {
  if (width * height >= maximumPixels) {
    const megapixels = Math.round((width * height) / 1e6);
    throw new ImageError(
      `has ${megapixels} megapixels (${width}×${height}); images of 100 megapixels or more are not read. Crop it or make it smaller`,
    );
  }
  if (Math.min(width, height) < minimumSide) {
    throw new ImageError(`is too small (${width}×${height} pixels; at least ${minimumSide}×${minimumSide} are needed)`);
  }
}

/**
 * The brightness of an image at its own size, for ground-truth masks: 0..255, transparency over black.
 * @throws ImageError with the reason
 */
export async function decodeGrey(bytes: Uint8Array): Promise<{ width: number; height: number; values: Uint8Array }> {
  return explain(async () => {
    const { data, info } = await open(bytes)
      .autoOrient()
      .flatten({ background: '#000' })
      .toColourspace('b-w')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    const values = new Uint8Array(info.width * info.height);
    for (let i = 0; i < values.length; i++) values[i] = data[i * info.channels]!;
    return { width: info.width, height: info.height, values };
  });
}

function open(bytes: Uint8Array): Sharp {
  if (bytes.length === 0) throw new ImageError('is empty (0 bytes)');
  if (bytes[0] === 0x42 && bytes[1] === 0x4d) return openBmp(bytes);
  // "error": a picture with a missing half is a failure, one with odd metadata is not.
  return sharp(bytes, { failOn: 'error', limitInputPixels: false });
}

/** BMP is what many cameras write and sharp does not read. */
function openBmp(bytes: Uint8Array): Sharp {
  // Looked at before the decoder allocates what a damaged header asks for.
  const header = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 26) throw new ImageError('is a BMP that is cut short');
  checkSize(Math.abs(header.getInt32(18, true)), Math.abs(header.getInt32(22, true)));
  // Run-length coded files come out of the decoder with mixed-up colours.
  const compression = bytes.length < 34 ? 0 : header.getUint32(30, true);
  if (compression === 1 || compression === 2) {
    throw new ImageError('is a run-length coded BMP, which is not read. Convert it to PNG');
  }
  const { width, height, data } = decodeBmp(Buffer.from(bytes));
  // The decoder gives (alpha, blue, green, red), and most files leave alpha at zero although they are opaque.
  const pixels = new Uint8Array(width * height * 3);
  for (let i = 0, at = 0; at < pixels.length; i += 4) {
    pixels[at++] = data[i + 3]!;
    pixels[at++] = data[i + 2]!;
    pixels[at++] = data[i + 1]!;
  }
  return sharp(pixels, { raw: { width, height, channels: 3 } });
}

async function toRgb(image: Sharp): Promise<Uint8Array> {
  const { data, info } = await image
    .flatten({ background: '#000' })
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  if (info.channels === 3) return data;
  const pixels = info.width * info.height;
  const rgb = new Uint8Array(pixels * 3);
  for (let i = 0; i < pixels; i++) rgb.fill(data[i * info.channels]!, i * 3, i * 3 + 3);
  return rgb;
}

async function toRgb16(image: Sharp): Promise<Uint16Array> {
  const data = await image.flatten({ background: '#000' }).toColourspace('rgb16').raw({ depth: 'ushort' }).toBuffer();
  return new Uint16Array(Uint8Array.from(data).buffer);
}

function stretch(values: Uint16Array, { min, max }: ValueRange): Uint8Array {
  const scale = max > min ? 255 / (max - min) : 0;
  // Uint8ClampedArray rounds and clamps.
  return new Uint8Array(Uint8ClampedArray.from(values, (value) => (value - min) * scale).buffer);
}

async function valueRange(bytes: Uint8Array): Promise<ValueRange> {
  const { channels } = await open(bytes).flatten({ background: '#000' }).toColourspace('rgb16').stats();
  const colours = channels.slice(0, 3);
  return { min: Math.min(...colours.map(({ min }) => min)), max: Math.max(...colours.map(({ max }) => max)) };
}

/** Turns what the decoders say into a reason that a person understands. */
async function explain<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ImageError) throw error;
    const message = error instanceof Error ? error.message : String(error);
    if (/unsupported image format/i.test(message)) {
      throw new ImageError('is not an image that can be read (PNG, JPEG, TIFF, WebP, AVIF, GIF or BMP)', {
        cause: error,
      });
    }
    throw new ImageError(`is damaged or cut short (${message.trim().split('\n')[0]})`, { cause: error });
  }
}
