// Which kinds of image files are read: one row a kind, with the command of another program that writes it. docs/images.md has the same table.

/** What a file shows: the picture itself, or it in grey, in 16 colours, in black and white. */
export type Look = 'colour' | 'grey' | 'palette' | 'bilevel';

export interface Kind {
  format: string;
  bits: string;
  /** Channels, in words. */
  channels: string;
  look: Look;
  /** What the image is: its own pixels, or why it is not taken. */
  outcome: 'read' | RegExp;
  tool: 'ImageMagick' | 'libtiff' | 'Pillow';
  /** Arguments: `{in}` is a PNG with the look (for libtiff a TIFF), `{out}` the file that is written. Of Pillow: what is done to `image`. */
  write: string;
  extension: string;
  /** What the picture is compared with: what ImageMagick reads of the file, where writing it loses something; the look itself when absent. */
  isLossy?: boolean;
}

const lossy = /quality/;
const notAnImage = /^is (not an image that can be read|an? )/;

const magick = (
  [format, extension]: [string, string],
  rows: [bits: string, channels: string, look: Look, write: string, outcome?: RegExp][],
): Kind[] =>
  rows.map(([bits, channels, look, write, outcome = 'read' as const]) => ({
    ...{ format, bits, channels, look, extension, write },
    outcome,
    tool: 'ImageMagick',
    isLossy: lossy.test(write),
  }));

const libtiff = (channels: string, write: string): Kind => ({
  ...{ format: 'TIFF', bits: '8', channels, look: 'colour', outcome: 'read', tool: 'libtiff', write },
  extension: 'tif',
});

const pillow = (bits: string, channels: string, write: string): Kind => ({
  ...{ format: 'TIFF', bits, channels, look: 'grey', outcome: 'read', tool: 'Pillow', write, extension: 'tif' },
});

export const kinds: readonly Kind[] = [
  ...magick(
    ['PNG', 'png'],
    [
      ['1', 'grey', 'bilevel', '{in} -type bilevel -define png:bit-depth=1 PNG:{out}'],
      ['4', 'palette', 'palette', '{in} -define png:bit-depth=4 -define png:color-type=3 PNG8:{out}'],
      ['8', 'grey', 'grey', '{in} -define png:color-type=0 {out}'],
      ['8', 'grey and transparency', 'grey', '{in} -alpha opaque -define png:color-type=4 {out}'],
      ['8', 'RGB', 'colour', '{in} PNG24:{out}'],
      ['8', 'RGB and transparency', 'colour', '{in} -alpha opaque PNG32:{out}'],
      ['8', 'RGB, all transparent', 'colour', '{in} -alpha set -channel A -evaluate set 0 +channel PNG32:{out}'],
      ['16', 'grey', 'grey', '{in} -depth 16 -define png:bit-depth=16 -define png:color-type=0 {out}'],
      ['16', 'RGB', 'colour', '{in} -depth 16 PNG48:{out}'],
      ['16', 'RGB and transparency', 'colour', '{in} -alpha opaque -depth 16 PNG64:{out}'],
    ],
  ),
  ...magick(
    ['JPEG', 'jpg'],
    [
      ['8', 'grey', 'grey', '{in} -colorspace Gray -quality 98 {out}'],
      ['8', 'YCbCr', 'colour', '{in} -quality 98 {out}'],
      ['8', 'YCbCr, progressive', 'colour', '{in} -interlace JPEG -quality 98 {out}'],
      ['8', 'CMYK', 'colour', '{in} -colorspace CMYK -quality 98 {out}'],
      ['8', 'black of CMYK', 'grey', '{in} -colorspace CMYK -quality 98 {out}'],
    ],
  ),
  ...magick(
    ['TIFF', 'tif'],
    [
      ['1', 'grey, CCITT group 4', 'bilevel', '{in} -type bilevel -compress Group4 {out}'],
      ['4', 'palette', 'palette', '{in} -type palette -depth 4 -compress none {out}'],
      ['8', 'palette', 'palette', '{in} -type palette -depth 8 -compress LZW {out}'],
      ['8', 'grey', 'grey', '{in} -colorspace Gray -depth 8 -compress none {out}'],
      [
        '8',
        'grey, white is zero',
        'grey',
        '{in} -negate -colorspace Gray -depth 8 -define quantum:polarity=min-is-white {out}',
      ],
      ['8', 'RGB, Deflate', 'colour', '{in} -depth 8 -compress Zip {out}'],
      ['8', 'RGB, JPEG', 'colour', '{in} -depth 8 -compress JPEG -quality 98 {out}'],
      ['8', 'RGB, PackBits', 'colour', '{in} -depth 8 -compress RLE {out}'],
      ['8', 'RGB and transparency', 'colour', '{in} -alpha opaque -depth 8 {out}'],
      ['8', 'CMYK', 'colour', '{in} -colorspace CMYK -depth 8 {out}'],
      ['8', 'black of CMYK', 'grey', '{in} -colorspace CMYK -depth 8 {out}'],
      ['8', 'Lab', 'colour', '{in} -colorspace Lab -depth 8 {out}', /Lab colours/],
      ['12', 'grey, packed', 'grey', '{in} -colorspace Gray -depth 12 -compress none {out}'],
      ['12', 'RGB, packed', 'colour', '{in} -depth 12 -compress none {out}'],
      ['16', 'grey', 'grey', '{in} -colorspace Gray -depth 16 {out}'],
      ['16', 'grey, big-endian', 'grey', '{in} -colorspace Gray -depth 16 -endian MSB {out}'],
      ['16', 'RGB', 'colour', '{in} -depth 16 -compress LZW {out}'],
      ['16', 'CMYK', 'colour', '{in} -colorspace CMYK -depth 16 {out}'],
      ['16', 'black of CMYK', 'grey', '{in} -colorspace CMYK -depth 16 {out}'],
      ['16', 'RGB, float', 'colour', '{in} -depth 16 -define quantum:format=floating-point {out}'],
      ['32', 'RGB, float', 'colour', '{in} -depth 32 -define quantum:format=floating-point {out}'],
      ['64', 'grey, float', 'grey', '{in} -colorspace Gray -depth 64 -define quantum:format=floating-point {out}'],
      ['32', 'RGB, unsigned', 'colour', '{in} -depth 32 {out}'],
    ],
  ),
  libtiff('RGB, tiles', 'tiffcp -t -w 32 -l 32 {in} {out}'),
  libtiff('RGB, a plane each', 'tiffcp -p separate {in} {out}'),
  libtiff('RGB, BigTIFF', 'tiffcp -8 {in} {out}'),
  libtiff('RGB, big-endian', 'tiffcp -B {in} {out}'),
  libtiff('RGB, LZW with predictor', 'tiffcp -c lzw:2 {in} {out}'),
  libtiff('RGB, Zstandard', 'tiffcp -c zstd {in} {out}'),
  { ...libtiff('RGB, WebP', 'tiffcp -c webp:100 {in} {out}'), isLossy: true },
  { ...libtiff('RGB, LZMA', 'tiffcp -c lzma {in} {out}'), outcome: /compression that is not read \(number 34925\)/ },
  pillow('16', 'grey, signed', "array = numpy.asarray(image, 'int32') * 200 - 20000; tiff(array.astype('<i2'), 2)"),
  pillow('32', 'grey, signed', "Image.fromarray(numpy.asarray(image, 'int32') * 1000 - 90000).save(out)"),
  pillow('32', 'grey, float', "Image.fromarray(numpy.asarray(image, 'float32') / 1000 - 3).save(out)"),
  ...magick(
    ['BMP', 'bmp'],
    [
      ['1', 'palette', 'bilevel', '{in} -type bilevel BMP3:{out}'],
      ['4', 'palette', 'palette', '{in} -type palette BMP3:{out}'],
      ['8', 'palette, run lengths', 'palette', '{in} -colors 16 -type palette -compress RLE BMP3:{out}'],
      ['8', 'RGB', 'colour', '{in} BMP3:{out}'],
      ['8', 'RGB, first version', 'colour', '{in} BMP2:{out}'],
      ['8', 'RGB and transparency', 'colour', '{in} -alpha opaque BMP:{out}'],
    ],
  ),
  ...magick(
    ['PGM, PPM', 'ppm'],
    [
      ['8', 'grey', 'grey', '{in} -depth 8 PGM:{out}'],
      ['8', 'RGB', 'colour', '{in} -depth 8 PPM:{out}'],
      ['8', 'RGB, as text', 'colour', '{in} -depth 8 -compress none PPM:{out}'],
      ['16', 'grey', 'grey', '{in} -depth 16 PGM:{out}'],
      ['16', 'RGB', 'colour', '{in} -depth 16 PPM:{out}'],
      ['1', 'PBM', 'bilevel', '{in} PBM:{out}', notAnImage],
      ['8', 'PAM', 'colour', '{in} PAM:{out}', notAnImage],
      ['32', 'PFM, float', 'colour', '{in} PFM:{out}', notAnImage],
    ],
  ),
  ...magick(
    ['WebP', 'webp'],
    [
      ['8', 'RGB', 'colour', '{in} -quality 98 {out}'],
      ['8', 'RGB, lossless', 'colour', '{in} -define webp:lossless=true {out}'],
    ],
  ),
  ...magick(['AVIF', 'avif'], [['8', 'RGB', 'colour', '{in} -quality 95 {out}']]),
  ...magick(['GIF', 'gif'], [['8', 'palette', 'palette', '{in} {out}']]),
  ...[
    ['HEIC', 'heic'],
    ['JPEG 2000', 'jp2'],
    ['Photoshop', 'psd'],
    ['OpenEXR', 'exr'],
    ['Radiance HDR', 'hdr'],
    ['FITS', 'fits'],
    ['DDS', 'dds'],
    ['DPX', 'dpx'],
    ['Targa', 'tga'],
    ['PCX', 'pcx'],
    ['SGI', 'sgi'],
    ['icon', 'ico'],
    ['SVG', 'svg'],
    ['PDF', 'pdf'],
  ].flatMap(([format, extension]) => magick([format!, extension!], [['', '', 'colour', '{in} {out}', notAnImage]])),
];

/** The table of docs/images.md: a row for each format and number of bits. */
export function formatTable(): string {
  const rows = new Map<string, { read: string[]; named: string[] }>();
  for (const { format, bits, channels, outcome } of kinds) {
    const key = `| ${format} | ${bits} |`;
    const row = rows.get(key) ?? { read: [], named: [] };
    (outcome === 'read' ? row.read : row.named).push(channels);
    rows.set(key, row);
  }
  const others = kinds.filter(({ bits }) => bits === '').map(({ format }) => format);
  const lines = [...rows]
    .filter(([key]) => !key.endsWith('|  |'))
    .map(([key, { read, named }]) => `${key} ${read.join('; ')} | ${named.join('; ')} |`);
  return [
    '| Format | Bits | Read | Named |',
    '| --- | --- | --- | --- |',
    ...lines,
    `| others | | | ${others.join(', ')} |`,
  ].join('\n');
}
