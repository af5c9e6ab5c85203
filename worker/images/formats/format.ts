// What a file is, by its first bytes: nothing that is not one of these formats ever reaches a decoder.

/** The formats that are read. */
export type ImageFormat = 'png' | 'jpeg' | 'tiff' | 'webp' | 'avif' | 'gif' | 'bmp' | 'pnm';

/**
 * A known format, or what the file is instead, to put behind its name: "is an SVG drawing, …". A picture all the same, such as a camera's raw
 * file, is one that people expect to be looked at.
 */
export type RecognisedFormat = { format: ImageFormat } | { reason: string; isPicture?: boolean };

/** Raw files that are neither TIFFs nor boxes: Fujifilm, Panasonic, Olympus, Sigma, Minolta. */
const rawSignature = /^(FUJIFILMCCD-RAW|IIU\0|IIR[OS]|MMOR|FOVb|\0MRM)/;

const readable = 'PNG, JPEG, TIFF, WebP, AVIF, GIF, BMP, PGM or PPM';

/** Brands of the ISO base media format: the first one, and those that it is compatible with. */
const avifBrands = new Set(['avif', 'avis']);
const heicBrands = new Set(['heic', 'heix', 'hevc', 'hevx', 'heim', 'heis']);

/** Recognises a file by its signature. Its name plays no part. @param bytes the whole file, or at least its first 512 bytes */
export function recogniseFormat(bytes: Uint8Array): RecognisedFormat {
  const starts = (...signature: number[]) => signature.every((byte, i) => bytes[i] === byte);
  const text = (start: number, end: number) => String.fromCharCode(...bytes.subarray(start, end));
  if (starts(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return { format: 'png' };
  if (starts(0xff, 0xd8, 0xff)) return { format: 'jpeg' };
  // Classic TIFF and BigTIFF, in both byte orders.
  if (/^(II[*+]\0|MM\0[*+])$/.test(text(0, 4)))
    return text(8, 11) === 'CR\x02' ? { reason: describeRaw, isPicture: true } : { format: 'tiff' };
  if (text(0, 4) === 'RIFF' && text(8, 12) === 'WEBP') return { format: 'webp' };
  if (/^GIF8[79]a$/.test(text(0, 6))) return { format: 'gif' };
  if (text(0, 2) === 'BM') return { format: 'bmp' };
  if (/^P[2356]\s/.test(text(0, 3))) return { format: 'pnm' };
  if (text(4, 8) === 'ftyp') return recogniseBrands(text(8, Math.min(bytes.length, 64)));
  const head = text(0, 512);
  if (rawSignature.test(head)) return { reason: describeRaw, isPicture: true };
  const other = others.find(([signature]) =>
    typeof signature === 'string' ? head.startsWith(signature) : signature.test(head),
  );
  if (other) return { reason: `is ${other[1]}, which is not read. Convert it to PNG, TIFF or JPEG`, isPicture: true };
  return { reason: describeOther(head) };
}

function recogniseBrands(text: string): RecognisedFormat {
  const brands = text.match(/.{4}/gs) ?? [];
  if (brands[0] === 'crx ') return { reason: describeRaw, isPicture: true };
  if (brands.some((brand) => avifBrands.has(brand))) return { format: 'avif' };
  if (brands.some((brand) => heicBrands.has(brand)))
    return { reason: 'is a HEIC photo, which is not read. Convert it to JPEG or PNG', isPicture: true };
  return { reason: `is a video or another media file, not an image that can be read (${readable})` };
}

/** What a camera's raw file is, and what to do about it. */
export const describeRaw = 'is a camera raw file, which is not read. Export it as TIFF, PNG or JPEG';

/** First bytes of other kinds of images, and what they are called. */
const others: readonly [signature: string | RegExp, kind: string][] = [
  ['\xff\x0a', 'a JPEG XL image'],
  ['\0\0\0\x0cJXL \r\n\x87\n', 'a JPEG XL image'],
  ['\0\0\0\x0cjP  ', 'a JPEG 2000 image'],
  ['\xff\x4f\xff\x51', 'a JPEG 2000 image'],
  ['8BPS', 'a Photoshop file'],
  ['\x76\x2f\x31\x01', 'an OpenEXR image'],
  [/^#\?(RADIANCE|RGBE)/, 'a Radiance HDR image'],
  [/^P[147]\s/, 'a PBM or PAM image'],
  [/^P[Ff]\s/, 'a PFM image'],
  ['qoif', 'a QOI image'],
  ['DDS ', 'a DDS texture'],
  ['SIMPLE  =', 'a FITS image'],
  [/^.{128}DICM/s, 'a DICOM file'],
];

/** What people have in folders of images, and what to do about it. */
function describeOther(head: string): string {
  if (head.startsWith('version https://git-lfs.github.com/spec/')) {
    return 'is a Git LFS pointer, not the image itself. Fetch it with "git lfs pull"';
  }
  // Where there are no links, git-annex writes where they would lead.
  if (/^[./]*(\.git)?\/annex\/objects\//.test(head)) {
    return 'is a git-annex pointer, not the image itself. Fetch it with "git annex get"';
  }
  if (/<svg[\s>]/i.test(head) || /^\s*<\?xml/.test(head))
    return 'is an SVG drawing or XML, not a photo. Export it as PNG';
  if (head.startsWith('%PDF')) return 'is a PDF, which is not read. Export its pages as PNG';
  return `is not an image that can be read (${readable})`;
}
