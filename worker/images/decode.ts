// From an image file's bytes to what the network sees: exactly width×height RGB, whatever the file was.
import { createHash } from 'node:crypto';
import sharp, { type Sharp } from 'sharp';
import { bitmapSize, decodeBitmap } from './formats/bmp';
import { recogniseFormat, type ImageFormat } from './formats/format';
import { ImageError } from './formats/image-error';
import { decodePortable, portableSize } from './formats/pnm';
import { decodePage, isOddPage, readPages } from './formats/tiff';
import { quantilesOf, rangeOf, type ValueRange } from './values';

export { ImageError };
export type { ValueRange };

/** Part of the keys of all that is made from decoded images: to be raised when a file is read otherwise than before. */
export const decodingVersion = 3;

/** Images below this many pixels a side hold too little for a patch grid. */
export const minimumSide = 16;

/** Images of this many pixels or more are left out: one alone would take gigabytes to decode. */
export const maximumPixels = 100_000_000;

/** Files of so many bytes may hold strips that libtiff would not decode otherwise. */
const bytesOfLargeStrips = 20_000_000;

/** An image that takes longer is left out. */
const decodingSeconds = 60;

/** What is known of an image file before it is decoded in full. */
export interface ImageProbe {
  /** SHA-256 of the file's bytes, hexadecimal. */
  content: string;
  width: number;
  height: number;
  /** Images with more than 8 bits a channel, whose values become 0 to 255 by those of all images. */
  isDeep: boolean;
  /** Pages of a TIFF or frames of an animation, when there are several: the first is read. */
  pages?: number;
}

// Each image is decoded once; libvips' own cache would only hold memory.
sharp.cache(false);
sharp.concurrency(1);
// Bytes from elsewhere meet the loaders of the formats that are read, and no other: libvips knows dozens, some of which run for ever.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({
  operation: ['Png', 'Jpeg', 'Tiff', 'Webp', 'Heif', 'Nsgif'].flatMap((format) => [
    `VipsForeignLoad${format}Buffer`,
    `VipsForeignLoad${format}File`,
  ]),
});

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
    const opened = await open(bytes);
    const { width, height, depth, autoOrient, pages = 1 } = await opened.image.metadata();
    checkSize(width, height);
    if (depth !== 'uchar' && depth !== 'ushort') {
      throw new ImageError(`has ${depth} pixels; 8 and 16 bits a channel are read. Convert it`);
    }
    const count = opened.pages ?? pages;
    return {
      content: contentOf(bytes),
      width: autoOrient.width,
      height: autoOrient.height,
      isDeep: depth === 'ushort',
      ...(count > 1 ? { pages: count } : {}),
    };
  });
}

/** Packed files of more bytes, and of more bytes a pixel, show something. */
const [headBytesOfPlain, bytesOfPlain] = [2000, 0.05];
/** What an encoder makes of one colour, of 255. */
const encodingNoise = 4;
/** Pixels on each side of a first look. */
const glanceSide = 32;

/** Whether the size of a file leaves it open that all of its image is one colour: of most it says so without decoding. */
export function mayBePlain(bytes: Uint8Array, { width, height }: Pick<ImageProbe, 'width' | 'height'>): boolean {
  const isPacked = !/^(bmp|pnm|tiff)$/.test(formatOf(bytes) ?? '');
  return !isPacked || bytes.length <= headBytesOfPlain + bytesOfPlain * width * height;
}

/**
 * Whether all of an image is one colour: nothing was photographed, or it is read otherwise than it was meant. Decodes it.
 * @throws ImageError with the reason
 */
export async function isPlain(bytes: Uint8Array): Promise<boolean> {
  return explain(async () => {
    const { image, isDeep, width, height } = await openColours(bytes);
    const [w, h] = [Math.min(width, glanceSide), Math.min(height, glanceSide)];
    const glance = await readPixels(image.clone().resize(w, h, { fit: 'fill', kernel: 'nearest' }), isDeep);
    const noise = isDeep ? 0 : encodingNoise;
    const isOther = (value: number, i: number) => Math.abs(value - glance.pixels[i % glance.channels]!) > noise;
    if (glance.pixels.some(isOther)) return false;
    return (await image.stats()).channels.every(({ min, max }) => max - min <= noise);
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
    const { image, range: own } = await openColours(bytes, range);
    const resized = image.resize(width, height, { fit: 'fill', kernel: 'cubic' });
    return own === undefined ? toRgb(resized) : stretch(await toRgb16(resized), own);
  });
}

/** @returns (height, width, 3), by the same kernel as {@link decodeImage} */
export async function resizeRgb(
  from: { rgb: Uint8Array; width: number; height: number },
  width: number,
  height: number,
): Promise<Uint8Array> {
  return toRgb(
    fromPixels(from.rgb, from.width, from.height, 3).resize(width, height, { fit: 'fill', kernel: 'cubic' }),
  );
}

/** Line scans and the like: a small picture of them would be a line. */
const longShape = 3;

/**
 * A picture of the whole image for people, aspect ratio kept, in a format that every browser shows.
 * @param side longest side in pixels, at most; a long image gets as many pixels as a square of this side
 * @param lossless for pictures whose pixels are looked at
 * @returns WebP file
 * @throws ImageError with the reason
 */
export async function makeThumbnail(
  bytes: Uint8Array,
  side: number,
  range?: ValueRange,
  { lossless = false, crop }: { lossless?: boolean; crop?: readonly [number, number, number, number] | undefined } = {},
): Promise<Uint8Array> {
  return explain(async () => {
    const { image, width: w, height: h, range: own } = await openColours(bytes, range);
    const ratio = Math.max(w, h) / Math.min(w, h);
    const longest = ratio > longShape && !crop ? Math.round(side * Math.sqrt(ratio)) : side;
    if (crop) image.extract({ left: crop[0], top: crop[1], width: crop[2], height: crop[3] });
    const small = image.resize(longest, longest, { fit: 'inside', withoutEnlargement: true });
    let picture = small;
    if (own !== undefined) {
      const { pixels, width, height } = await readPixels(small.toColourspace('rgb16'), true);
      picture = fromPixels(stretch(pixels as Uint16Array, own), width, height, 3);
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
 * The largest of each pixel's colours at the image's own size, for ground-truth masks, whose colours may stand for classes: 0..255, or 0..65535
 * with more than 8 bits a channel; transparency over black.
 * @throws ImageError with the reason
 */
export async function decodeValues(bytes: Uint8Array): Promise<{ width: number; height: number; values: Uint16Array }> {
  return explain(async () => {
    // Whole numbers that 16 bits hold stay what they are, whatever holds them.
    const { image, isDeep } = await openColours(bytes, { min: 0, max: most16 });
    const { pixels, width, height, channels } = await readPixels(
      image.toColourspace(isDeep ? 'rgb16' : 'srgb'),
      isDeep,
    );
    const values = new Uint16Array(width * height);
    for (let at = 0, i = 0; at < values.length; at++) {
      for (let channel = 0; channel < channels; channel++, i++) values[at] = Math.max(values[at]!, pixels[i]!);
    }
    return { width, height, values };
  });
}

function formatOf(bytes: Uint8Array): ImageFormat | undefined {
  const recognised = recogniseFormat(bytes);
  return 'format' in recognised ? recognised.format : undefined;
}

/** An image file, opened. */
interface Opened {
  image: Sharp;
  /** Of a TIFF: pages that are no previews. */
  pages?: number;
  /** Of a TIFF with numbers that 16 bits do not hold: these. The image has them from the smallest to the largest of the range as 0 to 65535. */
  numbers?: Float32Array;
}

/** @param range of numbers that 16 bits do not hold; the image's own when absent */
async function open(bytes: Uint8Array, range?: ValueRange): Promise<Opened> {
  if (bytes.length === 0) throw new ImageError('is empty (0 bytes)');
  const recognised = recogniseFormat(bytes);
  if ('reason' in recognised) throw new ImageError(recognised.reason);
  switch (recognised.format) {
    case 'bmp':
      return { image: openBmp(bytes) };
    case 'pnm':
      return { image: openPortable(bytes) };
    case 'tiff':
      return openTiff(bytes, range);
    default:
      return { image: openByLibrary(bytes) };
  }
}

function openByLibrary(bytes: Uint8Array, page = 0): Sharp {
  // "error": a picture with a missing half is a failure, one with odd metadata is not.
  // libtiff takes 50 MB at most for a strip or tile, which small files that ask for more never are worth; large ones may have them.
  const unlimited = bytes.length > bytesOfLargeStrips;
  return sharp(bytes, { failOn: 'error', limitInputPixels: false, unlimited, ...(page === 0 ? {} : { page }) }).timeout(
    {
      seconds: decodingSeconds,
    },
  );
}

async function openTiff(bytes: Uint8Array, range?: ValueRange): Promise<Opened> {
  const pages = await readPages(bytes);
  if (pages === undefined) return { image: openByLibrary(bytes) };
  const { page, count } = pages;
  checkSize(page.width, page.height);
  if (!isOddPage(page)) return { image: openByLibrary(bytes, page.index), pages: count };
  const { width, height, channels, pixels, orientation } = await decodePage(page);
  const isMeasured = pixels instanceof Float32Array;
  const rest = { pages: count, ...(isMeasured ? { numbers: pixels } : {}) };
  const image = fromPixels(isMeasured ? toSixteenBits(pixels, range) : pixels, width, height, channels);
  if (orientation === 1) return { ...rest, image };
  // The way in which the library is told that a picture lies on its side.
  const lying = await image.withMetadata({ orientation: orientation }).png({ compressionLevel: 0 }).toBuffer();
  return { ...rest, image: openByLibrary(lying) };
}

const most16 = 65535;

/** @param range becomes 0 to 65535, and what lies outside its ends */
function toSixteenBits(numbers: Float32Array, { min, max } = rangeOf([numbers])): Uint16Array {
  const scale = max > min ? most16 / (max - min) : 0;
  return Uint16Array.from(numbers, (value) => Math.min(Math.max(Math.round((value - min) * scale), 0), most16));
}

/** 16-bit pixels have to be said to be so. */
function fromPixels(pixels: Uint8Array | Uint16Array, width: number, height: number, channels: 1 | 3 | 4): Sharp {
  const image = sharp(pixels, { raw: { width, height, channels } });
  if (pixels instanceof Uint8Array) return image;
  return image.toColourspace(channels === 1 ? 'grey16' : 'rgb16');
}

function openBmp(bytes: Uint8Array): Sharp {
  // Looked at before anything is allocated that a damaged header asks for.
  const size = bitmapSize(bytes);
  checkSize(size.width, size.height);
  const { width, height, channels, pixels } = decodeBitmap(bytes);
  // Most files leave alpha at zero although they are opaque.
  const isOpaque = channels === 4 && !pixels.some((value, i) => i % 4 === 3 && value !== 0);
  return isOpaque
    ? sharp(
        pixels.filter((_, i) => i % 4 !== 3),
        { raw: { width, height, channels: 3 } },
      )
    : sharp(pixels, { raw: { width, height, channels } });
}

function openPortable(bytes: Uint8Array): Sharp {
  const size = portableSize(bytes);
  checkSize(size.width, size.height);
  const { width, height, channels, pixels } = decodePortable(bytes);
  return fromPixels(pixels, width, height, channels);
}

async function toRgb(image: Sharp): Promise<Uint8Array> {
  const { data, info } = await image.toColourspace('srgb').raw().toBuffer({ resolveWithObject: true });
  if (info.channels === 3) return data;
  const pixels = info.width * info.height;
  const rgb = new Uint8Array(pixels * 3);
  for (let i = 0; i < pixels; i++) rgb.fill(data[i * info.channels]!, i * 3, i * 3 + 3);
  return rgb;
}

async function toRgb16(image: Sharp): Promise<Uint16Array> {
  return (await readPixels(image.toColourspace('rgb16'), true)).pixels as Uint16Array;
}

/** @returns (height, width, channels); 16 bits a value where they are asked for */
async function readPixels(
  image: Sharp,
  isDeep: boolean,
): Promise<{ pixels: Uint8Array | Uint16Array; width: number; height: number; channels: 1 | 3 }> {
  const { data, info } = await image.raw({ depth: isDeep ? 'ushort' : 'uchar' }).toBuffer({ resolveWithObject: true });
  const pixels = isDeep ? new Uint16Array(Uint8Array.from(data).buffer) : data;
  return { pixels, width: info.width, height: info.height, channels: info.channels as 1 | 3 };
}

function stretch(values: Uint16Array, { min, max }: ValueRange): Uint8Array {
  const scale = max > min ? 255 / (max - min) : 0;
  // Uint8ClampedArray rounds and clamps.
  return new Uint8Array(Uint8ClampedArray.from(values, (value) => (value - min) * scale).buffer);
}

/** Pixels on each side of what is looked at of an image's values. */
const sampleSide = 128;

/**
 * Quantiles of the colours of an image with more than 8 bits a channel, as `quantilesOf` gives them, from pixels that are spread over it.
 * @throws ImageError with the reason
 */
export async function valuesOf(bytes: Uint8Array): Promise<Float32Array> {
  return explain(async () => {
    const { image, width, height, numbers } = await openColours(bytes);
    if (numbers) {
      const step = Math.ceil(numbers.length / sampleSide ** 2);
      return quantilesOf(numbers.filter((_, i) => i % step === 0));
    }
    const [w, h] = [Math.min(width, sampleSide), Math.min(height, sampleSide)];
    return quantilesOf(await toRgb16(image.resize(w, h, { fit: 'fill', kernel: 'nearest' })));
  });
}

/** The colours of an image, upright. */
interface Colours {
  image: Sharp;
  width: number;
  height: number;
  /** More than 8 bits a channel. */
  isDeep: boolean;
  /** What of the image's values becomes 0 to 255, where a range was asked for. */
  range?: ValueRange | undefined;
  /** As in {@link Opened}. */
  numbers?: Float32Array | undefined;
}

/**
 * An image without its transparency, as the network and people see it: over black, but as if there were none where all of it is transparent,
 * which nobody would keep. Programs that copy buffers of four bytes a pixel leave the fourth at zero.
 */
async function openColours(bytes: Uint8Array, asked?: ValueRange): Promise<Colours> {
  const { image, numbers } = await open(bytes, asked);
  const range = numbers && asked ? { min: 0, max: most16 } : asked;
  const { hasAlpha, depth, orientation = 1, autoOrient } = await image.metadata();
  const isDeep = depth === 'ushort';
  const isTransparent = hasAlpha && (await image.stats()).channels.at(-1)!.max > 0;
  const opaque = isTransparent ? image.flatten({ background: '#000' }) : image;
  const isIgnored = hasAlpha && !isTransparent;
  if (!isIgnored && orientation === 1) return { image: opaque, isDeep, range, numbers, ...autoOrient };
  // Resizing would multiply the colours by the alpha first, and comes before turning, which moves the picture by a part of a pixel.
  const upright = (isIgnored ? opaque.removeAlpha() : opaque).autoOrient().toColourspace(isDeep ? 'rgb16' : 'srgb');
  const { pixels, width, height, channels } = await readPixels(upright, isDeep);
  return { image: fromPixels(pixels, width, height, channels), isDeep, range, numbers, width, height };
}

/** Turns what the decoders say into a reason that a person understands. */
async function explain<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ImageError) throw error;
    const message = error instanceof Error ? error.message : String(error);
    if (/timeout/i.test(message)) {
      throw new ImageError(`takes more than ${decodingSeconds} s to decode. Make it smaller`, { cause: error });
    }
    if (/unsupported image format/i.test(message)) {
      throw new ImageError('is not an image that can be read (PNG, JPEG, TIFF, WebP, AVIF, GIF, BMP, PGM or PPM)', {
        cause: error,
      });
    }
    if (/labq/i.test(message)) {
      throw new ImageError('is a TIFF in Lab colours that are not read. Convert it to RGB', { cause: error });
    }
    throw new ImageError(`is damaged or cut short (${message.trim().split('\n')[0]})`, { cause: error });
  }
}
