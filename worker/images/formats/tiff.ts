// What a TIFF says of its pages and bands, and the kinds that libvips does not read as they are meant: samples of 9 to 15 bits, numbers with a
// sign or a fraction, and bands that are no transparency.
import { fromArrayBuffer, getDecoder, type GeoTIFFImage } from 'geotiff';
import { describeRaw } from './format';
import { ImageError } from './image-error';

/** One page, as its tags say (TIFF 6.0). */
export interface TiffPage {
  /** The page in its file. */
  image: GeoTIFFImage;
  /** From 0, as libvips counts. */
  index: number;
  width: number;
  height: number;
  bits: number;
  /** Bands, extra ones among them. */
  samples: number;
  /** Bands of grey or colours that come first; undefined for what is neither grey nor RGB. */
  colours: 1 | 3 | undefined;
  /** Of samples: whole numbers from 0 on, whole numbers, or any numbers. */
  numbers: 'unsigned' | 'signed' | 'float' | undefined;
  isWhiteZero: boolean;
  /** As TIFF 6.0 and its later lists number them. */
  compression: number;
  /** The first extra band is said to be transparency. */
  hasAlpha: boolean;
}

/** A page without other bands than grey or colours: white is the largest value. */
export interface DecodedPage {
  width: number;
  height: number;
  channels: 1 | 3;
  /** Rows as they are stored; 16 bits for pages with more than 8, and the numbers themselves where they have signs, fractions or 32 bits. */
  pixels: Uint8Array | Uint16Array | Float32Array;
  /** How the rows lie, 1 to 8 as in EXIF. */
  orientation: number;
}

/** What of a TIFF is read. */
export interface TiffPages {
  /** The first page that is no preview. */
  page: TiffPage;
  /** Pages that are no previews. */
  count: number;
}

/**
 * A TIFF that begins with another of its pages: the same bytes but for the place of the first page's tags.
 * @param number from 1; pages that are previews do not count
 * @throws ImageError where it has no such page
 */
export async function beginningAt(bytes: Uint8Array, number: number): Promise<Uint8Array> {
  const pages = await listPages(bytes);
  const page = pages?.pages[number - 1];
  if (page === undefined) throw new ImageError(`has no page ${number}`);
  const result = Uint8Array.from(bytes);
  const view = new DataView(result.buffer);
  const isLittle = bytes[0] === 0x49;
  // BigTIFF has its version in the place of the offset, which follows.
  const isBig = view.getUint16(2, isLittle) === 43;
  const next = (offset: number) => {
    if (isBig)
      return Number(view.getBigUint64(offset + 8 + Number(view.getBigUint64(offset, isLittle)) * 20, isLittle));
    return view.getUint32(offset + 2 + view.getUint16(offset, isLittle) * 12, isLittle);
  };
  let offset = isBig ? Number(view.getBigUint64(8, isLittle)) : view.getUint32(4, isLittle);
  for (let index = 0; index < page.index; index++) offset = next(offset);
  if (isBig) view.setBigUint64(8, BigInt(offset), isLittle);
  else view.setUint32(4, offset, isLittle);
  return result;
}

/** A chain of pages that leads back to itself ends here. */
const mostPages = 1000;
const reducedOrMask = 0b101;
const [whiteIsZero, blackIsZero, rgb] = [0, 1, 2];
/** Colour filter arrays and linear raw, of which a developer makes a photo. */
const rawPhotometric = [32803, 34892];
const dngVersion = 50706;
const [lerc, zstd] = [34887, 50000];
/** None, CCITT, LZW, JPEG, Deflate, PackBits, WebP: those that libvips was built with here. */
const usualCompressions = [1, 2, 3, 4, 5, 7, 8, 32773, 32946, 50001];
/** By TIFF's SampleFormat. */
const numbersOf = [undefined, 'unsigned', 'signed', 'float'] as const;
const alphaKinds = [1, 2];

/**
 * Pages of a TIFF; undefined where its tags cannot be read, of which libvips may know more.
 * @throws ImageError for camera raw and for compressions that nothing here reads
 */
export async function readPages(bytes: Uint8Array): Promise<TiffPages | undefined> {
  const { pages, previews } = (await listPages(bytes)) ?? { pages: [], previews: 0 };
  const [page] = pages;
  // The photo itself is elsewhere, in a form of the camera's maker.
  if (page === undefined && previews > 0) throw rawPhoto();
  if (page === undefined) return undefined;
  if (!usualCompressions.includes(page.compression) && !isOddPage(page)) {
    const advice = 'Save it uncompressed, or with LZW or Deflate';
    throw new ImageError(`is a TIFF with a compression that is not read (number ${page.compression}). ${advice}`);
  }
  return { page, count: pages.length };
}

async function listPages(bytes: Uint8Array): Promise<{ pages: TiffPage[]; previews: number } | undefined> {
  // A view of a larger buffer has its own offsets.
  const own = bytes.byteLength === bytes.buffer.byteLength ? bytes.buffer : Uint8Array.from(bytes).buffer;
  const tiff = await fromArrayBuffer(own as ArrayBuffer).catch(() => undefined);
  if (tiff === undefined) return undefined;
  const pages: TiffPage[] = [];
  let previews = 0;
  for (let index = 0; index < mostPages; index++) {
    // There is one page less.
    const image = await tiff.getImage(index).catch(() => undefined);
    if (image === undefined) break;
    const { fileDirectory } = image;
    const photometric = Number(fileDirectory.getValue('PhotometricInterpretation') ?? blackIsZero);
    if (rawPhotometric.includes(photometric) || fileDirectory.hasTag(dngVersion)) throw rawPhoto();
    const kind = Number(fileDirectory.getValue('NewSubfileType') ?? 0);
    if ((kind & reducedOrMask) === 0) pages.push(tagsOf(image, index));
    else previews++;
  }
  return { pages, previews };
}

function rawPhoto(): ImageError {
  return new ImageError(describeRaw);
}

function tagsOf(image: GeoTIFFImage, index: number): TiffPage {
  const { fileDirectory } = image;
  const photometric = Number(fileDirectory.getValue('PhotometricInterpretation') ?? blackIsZero);
  const extra = fileDirectory.getValue('ExtraSamples') as ArrayLike<number> | undefined;
  return {
    ...{ image, index, width: image.getWidth(), height: image.getHeight() },
    ...{ bits: image.getBitsPerSample(0), samples: image.getSamplesPerPixel() },
    colours: photometric === rgb ? 3 : photometric === whiteIsZero || photometric === blackIsZero ? 1 : undefined,
    numbers: numbersOf[image.getSampleFormat(0)],
    compression: Number(fileDirectory.getValue('Compression') ?? 1),
    isWhiteZero: photometric === whiteIsZero,
    hasAlpha: extra !== undefined && alphaKinds.includes(Number(extra[0])),
  };
}

/** Whether {@link decodePage} reads a page as it is and libvips does not. */
export function isOddPage(page: TiffPage): boolean {
  const { bits, samples, colours, compression, numbers, hasAlpha } = page;
  if (colours === undefined || numbers === undefined || samples < colours) return false;
  if (isMeasured(page)) return bits === 8 || bits === 16 || bits === 32 || bits === 64;
  // libvips takes a band beyond the colours for transparency, whatever the file says.
  const hasOtherBands = samples > colours + (hasAlpha ? 1 : 0);
  const isOddlyPacked = compression === zstd || compression === lerc;
  return isPacked(page) || ((hasOtherBands || isOddlyPacked) && (bits === 8 || bits === 16));
}

function isPacked({ bits, numbers }: TiffPage): boolean {
  return numbers === 'unsigned' && bits > 8 && bits < 16;
}

/** Numbers as a measuring device gives them, which only their own range makes a picture of. */
function isMeasured({ bits, numbers }: TiffPage): boolean {
  return numbers !== 'unsigned' || bits > 16;
}

/** Decodes a page that {@link isOddPage} is true of. @throws what geotiff throws for damaged data */
export async function decodePage(page: TiffPage): Promise<DecodedPage> {
  const { image, bits, colours, isWhiteZero } = page;
  const channels = colours!;
  const common = {
    ...{ width: image.getWidth(), height: image.getHeight(), channels },
    orientation: Number((await image.fileDirectory.loadValue('Orientation')) ?? 1),
  };
  if (isPacked(page)) {
    const values = await unpack(page);
    return { ...common, pixels: isWhiteZero ? values.map((value) => 2 ** bits - 1 - value) : values };
  }
  const samples = Array.from({ length: channels }, (_, i) => i);
  const raster = await image.readRasters({ samples, interleave: true });
  if (isMeasured(page)) {
    const numbers = Float32Array.from(raster);
    return { ...common, pixels: finite(isWhiteZero ? numbers.map((value) => -value) : numbers) };
  }
  const values = bits > 8 ? Uint16Array.from(raster) : Uint8Array.from(raster);
  const white = 2 ** bits - 1;
  return { ...common, pixels: isWhiteZero ? values.map((value) => white - value) : values };
}

/**
 * Samples that share bytes, of the colours alone. geotiff 3.0 unpacks each strip or tile, but looks for the second and third sample of a pixel
 * where they were before, and takes the bytes of what it unpacked for those of a file.
 * @returns (height, width, channels)
 */
async function unpack({ image, width, height, colours, samples, compression }: TiffPage): Promise<Uint16Array> {
  const [channels, isPlanar] = [colours!, image.planarConfiguration === 2];
  const { fileDirectory } = image;
  const across = image.getTileWidth();
  const down = image.getTileHeight();
  const decoder = await getDecoder(compression, {
    ...{ tileWidth: across, tileHeight: down, planarConfiguration: image.planarConfiguration },
    predictor: Number((await fileDirectory.loadValue('Predictor')) ?? 1),
    bitsPerSample: (await fileDirectory.loadValue('BitsPerSample')) as number[],
  });
  const pixels = new Uint16Array(width * height * channels);
  const [planes, step] = isPlanar ? [channels, 1] : [1, samples];
  for (let plane = 0; plane < planes; plane++) {
    for (let top = 0; top < height; top += down) {
      for (let left = 0; left < width; left += across) {
        const { data } = await image.getTileOrStrip(left / across, top / down, plane, decoder);
        const block = new Uint16Array(data);
        for (let y = top; y < Math.min(top + down, height); y++) {
          for (let x = left; x < Math.min(left + across, width); x++) {
            const from = ((y - top) * across + (x - left)) * step;
            const to = (y * width + x) * channels;
            if (isPlanar) pixels[to + plane] = block[from]!;
            else for (let channel = 0; channel < channels; channel++) pixels[to + channel] = block[from + channel]!;
          }
        }
      }
    }
  }
  return pixels;
}

/** What is no number, or infinite, stands for what was not measured: it becomes the smallest of the others. */
function finite(numbers: Float32Array): Float32Array {
  let least = Infinity;
  for (const value of numbers) if (Number.isFinite(value) && value < least) least = value;
  if (least === Infinity) throw new ImageError('holds no numbers');
  return numbers.map((value) => (Number.isFinite(value) ? value : least));
}
