// What a TIFF says of its pages and bands, and the kinds that libvips does not read: samples of 9 to 15 bits, and bands that are no transparency.
import { fromArrayBuffer, type GeoTIFFImage } from 'geotiff';
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
  isUnsigned: boolean;
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
  /** Rows as they are stored; 16 bits for pages with more than 8. */
  pixels: Uint8Array | Uint16Array;
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
const unsignedFormat = 1;
const alphaKinds = [1, 2];

/**
 * Pages of a TIFF; undefined where its tags cannot be read, of which libvips may know more.
 * @throws ImageError for camera raw and for compressions that nothing here reads
 */
export async function readPages(bytes: Uint8Array): Promise<TiffPages | undefined> {
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
    if ((kind & reducedOrMask) === 0) pages.push(pageOf(image, index));
    else previews++;
  }
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

function rawPhoto(): ImageError {
  return new ImageError(describeRaw);
}

function pageOf(image: GeoTIFFImage, index: number): TiffPage {
  const { fileDirectory } = image;
  const photometric = Number(fileDirectory.getValue('PhotometricInterpretation') ?? blackIsZero);
  const extra = fileDirectory.getValue('ExtraSamples') as ArrayLike<number> | undefined;
  return {
    ...{ image, index, width: image.getWidth(), height: image.getHeight() },
    ...{ bits: image.getBitsPerSample(0), samples: image.getSamplesPerPixel() },
    colours: photometric === rgb ? 3 : photometric === whiteIsZero || photometric === blackIsZero ? 1 : undefined,
    isUnsigned: image.getSampleFormat(0) === unsignedFormat,
    compression: Number(fileDirectory.getValue('Compression') ?? 1),
    isWhiteZero: photometric === whiteIsZero,
    hasAlpha: extra !== undefined && alphaKinds.includes(Number(extra[0])),
  };
}

/** Whether {@link decodePage} reads a page as it is and libvips does not. */
export function isOddPage({ bits, samples, colours, compression, isUnsigned, hasAlpha }: TiffPage): boolean {
  if (colours === undefined || !isUnsigned || samples < colours) return false;
  const isPacked = bits > 8 && bits < 16;
  // libvips takes a band beyond the colours for transparency, whatever the file says.
  const hasOtherBands = samples > colours + (hasAlpha ? 1 : 0);
  const isOddlyPacked = compression === zstd || compression === lerc;
  return isPacked || ((hasOtherBands || isOddlyPacked) && (bits === 8 || bits === 16));
}

/** Decodes a page that {@link isOddPage} is true of. @throws what geotiff throws for damaged data */
export async function decodePage({ image, bits, colours, isWhiteZero }: TiffPage): Promise<DecodedPage> {
  const channels = colours!;
  const samples = Array.from({ length: channels }, (_, i) => i);
  const raster = await image.readRasters({ samples, interleave: true });
  const values = bits > 8 ? Uint16Array.from(raster) : Uint8Array.from(raster);
  // geotiff 3.0 unpacks bits in the order of this machine and reads them in that of the file.
  if (values instanceof Uint16Array && bits < 16 && !image.littleEndian) Buffer.from(values.buffer).swap16();
  const white = 2 ** bits - 1;
  return {
    ...{ width: image.getWidth(), height: image.getHeight(), channels },
    orientation: Number((await image.fileDirectory.loadValue('Orientation')) ?? 1),
    pixels: isWhiteZero ? values.map((value) => white - value) : values,
  };
}
