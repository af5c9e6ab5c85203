// Large texts on their way to a page, which may run on another machine than the extension: a label file has a line an image, and most of a
// line is that of the line before.
import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';

const compress = promisify(gzip);

/** @returns the text's UTF-8, compressed by gzip; the page reads it with `unpackText` */
export async function packText(text: string): Promise<Uint8Array<ArrayBuffer>> {
  // VS Code sends plain arrays as bytes, and a Buffer as a list of numbers.
  return new Uint8Array(await compress(text, { level: constants.Z_BEST_SPEED }));
}
