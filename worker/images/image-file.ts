// The one way to an image file: inside its folder, a regular file or a part of a tar file, and by its first bytes one of the formats that are read.
import { open, stat, type FileHandle } from 'node:fs/promises';
import sharp from 'sharp';
import { withinBudget } from './budget';
import { ImageError, maximumPixels } from './decode';
import { recogniseFormat } from './formats/format';
import { beginningAt } from './formats/tiff';
import { pageOf, type PagePath } from './pages';
import { addressIn } from './tar/address';

/** Beyond this, Node cannot hold a file in one piece. */
const largestFile = 2 ** 31 - 1;
const headBytes = 512;
/** The decoded image, and what it is resized through. */
const bytesOfDecoding = 2;
const bytesOfSample: Record<string, number> = { uchar: 1, char: 1, ushort: 2, short: 2, float: 4, int: 4, uint: 4 };

/**
 * Reads an image file as a whole and does something with it, when there is memory for both. What it is, is looked at first: pipes and devices
 * are never opened, of what is no image only the first bytes are read, and of what is one the head before the rest. A page of a TIFF comes as
 * a TIFF that begins with it, and a member of a tar file as if it were a file of its own.
 * @throws ImageError with the reason; the file system's own errors; what `use` throws
 */
export async function withImageFile<T>(path: string, use: (bytes: Uint8Array) => Promise<T>): Promise<T> {
  const { file, page, place } = await locate(path);
  const status = await stat(file);
  if (status.isDirectory()) throw new ImageError('is a folder by now');
  if (!status.isFile()) throw new ImageError('is not a file but a pipe or a device, so it is not opened');
  const { offset, size } = place ?? { offset: 0, size: status.size };
  if (size > largestFile) throw new ImageError('is larger than 2 GB, which is not read. Make it smaller');
  // What a copy that was broken off leaves, often many of them.
  if (size === 0) throw new ImageError('is empty (0 bytes)');
  const handle = await open(file, 'r');
  try {
    const head = await readAt(handle, offset, Math.min(headBytes, size));
    const recognised = recogniseFormat(head);
    if ('reason' in recognised) throw new ImageError(recognised.reason);
    // What lies in the middle of a file has no name by which its head could be looked at.
    const member = place && (await withinBudget(size, () => readAt(handle, offset, size)));
    return await withinBudget(size + (await decodedBytes(member ?? file, size)), async () => {
      const bytes = member ?? (await handle.readFile());
      return use(page === 1 ? bytes : await beginningAt(bytes, page));
    });
  } finally {
    await handle.close();
  }
}

/** A part of a file. @throws ImageError where the file ends before it */
async function readAt(handle: FileHandle, offset: number, size: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(size);
  for (let done = 0; done < size;) {
    const { bytesRead } = await handle.read(bytes, done, size - done, offset + done);
    if (bytesRead === 0) throw new ImageError('is cut off: its file is shorter than it was. Copy that again');
    done += bytesRead;
  }
  return bytes;
}

/** A file, and what of it is an image. */
export interface ImagePlace extends PagePath {
  /** In bytes; absent: all of it. */
  place?: { offset: number; size: number };
}

/** The file of an image, and the page or the part of it. A file that has such a name is one all the same. */
export async function locate(path: string): Promise<ImagePlace> {
  const page = pageOf(path);
  const address = addressIn(path);
  if (page === undefined && address === undefined) return { file: path, page: 1 };
  const isFile = await stat(path).then(
    (status) => status.isFile(),
    () => false,
  );
  if (isFile) return { file: path, page: 1 };
  if (address === undefined) return page!;
  const { file, offset, size } = address;
  return { file, page: page?.page ?? 1, place: { offset, size } };
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
async function decodedBytes(image: string | Uint8Array, fileBytes: number): Promise<number> {
  try {
    const { width, height, channels, depth } = await sharp(image, { limitInputPixels: false }).metadata();
    const bytes = width * height * channels * (bytesOfSample[depth] ?? 8);
    return width * height >= maximumPixels ? 0 : bytesOfDecoding * bytes;
  } catch {
    // Bitmaps among them, which are hardly packed.
    return bytesOfDecoding * fileBytes;
  }
}
