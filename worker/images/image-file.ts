// The one way to an image file: inside its folder, a regular file, and by its first bytes one of the formats that are read.
import { open, stat } from 'node:fs/promises';
import sharp from 'sharp';
import { withinBudget } from './budget';
import { ImageError, maximumPixels } from './decode';
import { recogniseFormat } from './formats/format';
import { beginningAt } from './formats/tiff';
import { pageOf, type PagePath } from './pages';

/** Beyond this, Node cannot hold a file in one piece. */
const largestFile = 2 ** 31 - 1;
const headBytes = 512;
/** The decoded image, and what it is resized through. */
const bytesOfDecoding = 2;
const bytesOfSample: Record<string, number> = { uchar: 1, char: 1, ushort: 2, short: 2, float: 4, int: 4, uint: 4 };

/**
 * Reads an image file as a whole and does something with it, when there is memory for both. What it is, is looked at first: pipes and devices
 * are never opened, of what is no image only the first bytes are read, and of what is one the head before the rest. A page of a TIFF comes as
 * a TIFF that begins with it.
 * @throws ImageError with the reason; the file system's own errors; what `use` throws
 */
export async function withImageFile<T>(path: string, use: (bytes: Uint8Array) => Promise<T>): Promise<T> {
  const { file, page } = await locate(path);
  const status = await stat(file);
  if (status.isDirectory()) throw new ImageError('is a folder by now');
  if (!status.isFile()) throw new ImageError('is not a file but a pipe or a device, so it is not opened');
  if (status.size > largestFile) throw new ImageError('is larger than 2 GB, which is not read. Make it smaller');
  // What a copy that was broken off leaves, often many of them.
  if (status.size === 0) throw new ImageError('is empty (0 bytes)');
  const handle = await open(file, 'r');
  try {
    const head = new Uint8Array(Math.min(headBytes, status.size));
    await handle.read(head, 0, head.length, 0);
    const recognised = recogniseFormat(head);
    if ('reason' in recognised) throw new ImageError(recognised.reason);
    return await withinBudget(status.size + (await decodedBytes(file, status.size)), async () =>
      use(page === 1 ? await handle.readFile() : await beginningAt(await handle.readFile(), page)),
    );
  } finally {
    await handle.close();
  }
}

/** The file of an image, and the page of it. A file that has the name of a page is one all the same. */
export async function locate(path: string): Promise<PagePath> {
  const page = pageOf(path);
  if (page === undefined) return { file: path, page: 1 };
  const isFile = await stat(path).then(
    (status) => status.isFile(),
    () => false,
  );
  return isFile ? { file: path, page: 1 } : page;
}

/** The first bytes of a file, which say what it is. @throws the file system's own errors */
export async function headOf(file: string): Promise<Uint8Array> {
  const handle = await open(file, 'r');
  try {
    const head = new Uint8Array(headBytes);
    const { bytesRead } = await handle.read(head, 0, head.length, 0);
    return head.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** What an image takes when it is decoded, about, from its head. */
async function decodedBytes(file: string, fileBytes: number): Promise<number> {
  try {
    const { width, height, channels, depth } = await sharp(file, { limitInputPixels: false }).metadata();
    const bytes = width * height * channels * (bytesOfSample[depth] ?? 8);
    return width * height >= maximumPixels ? 0 : bytesOfDecoding * bytes;
  } catch {
    // Bitmaps among them, which are hardly packed.
    return bytesOfDecoding * fileBytes;
  }
}
