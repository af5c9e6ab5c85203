// Finds and reads a folder's area: the file that a person names, the one in the folder, or the one that the label file was made with.
import { readFile, stat } from 'node:fs/promises';
import { basename, join, relative, resolve, sep } from 'node:path';
import { EngineError } from '../api/errors';
import { decodeValues, ImageError } from '../images/decode';
import { withImageFile } from '../images/image-file';
import type { Mask } from '../images/masks';
import { areaFileName, areaPictureName } from '../labels/file-name';
import { AreaFileError, parseArea } from './document';
import { rasterOf } from './raster';

/** An area that is used. */
export interface UsedArea {
  /** Absolute path. */
  file: string;
  /** As the label file names it: seen from the clustered folder, with `/`. */
  name: string;
  /** Over the whole image; 1 where it counts. */
  mask: Mask;
}

/** A drawing of a few polygons is far smaller. */
const mostBytes = 20_000_000;

/**
 * @param named absolute path, where a person named a file
 * @param recorded as the label file names it, where there is one
 * @returns undefined where all of each image counts
 * @throws EngineError `area-invalid` where the file is not there or cannot be read, or the folder has two
 */
export async function findArea(
  folder: string,
  { named, recorded }: { named?: string | undefined; recorded?: string | undefined },
): Promise<UsedArea | undefined> {
  const file = named ?? (await ownFile(folder)) ?? recordedFile(folder, recorded);
  if (file === undefined) return undefined;
  return { file, name: nameSeenFrom(folder, file), mask: await readArea(file) };
}

/** Of an area's file, for the label file. */
export function nameSeenFrom(folder: string, file: string): string {
  return relative(folder, file).split(sep).join('/');
}

async function ownFile(folder: string): Promise<string | undefined> {
  const [drawn, picture] = [join(folder, areaFileName), join(folder, areaPictureName)];
  const [hasDrawn, hasPicture] = await Promise.all([isThere(drawn), isThere(picture)]);
  if (hasDrawn && hasPicture)
    refuse(
      picture,
      `${folder} has both ${areaFileName} and ${areaPictureName}, and only one of them can count. Remove the other.`,
    );
  return hasDrawn ? drawn : hasPicture ? picture : undefined;
}

/** One that lies elsewhere. The folder's own was removed, where it is not there any more: then all of each image counts. */
function recordedFile(folder: string, recorded: string | undefined): string | undefined {
  const isOwn = recorded === undefined || recorded === areaFileName || recorded === areaPictureName;
  return isOwn ? undefined : resolve(folder, recorded);
}

/** @throws EngineError `area-invalid` */
async function readArea(file: string): Promise<Mask> {
  const status = await stat(file).catch(() => undefined);
  if (!status?.isFile())
    refuse(
      file,
      `There is no file ${file}, which says what of each image counts. Bring it back, name another with --area, or take "area" out of the label file's method.`,
    );
  if (status.size > mostBytes)
    refuse(file, `${file} has ${status.size} bytes, which is too large for an area. Draw a simpler one.`);
  return /\.json$/i.test(basename(file)) ? readDrawn(file) : readPicture(file);
}

async function readDrawn(file: string): Promise<Mask> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    return refuse(file, `${file} cannot be opened. Check its permissions.`, error);
  }
  try {
    return rasterOf(parseArea(text));
  } catch (error) {
    if (!(error instanceof AreaFileError)) throw error;
    return refuse(file, `The area in ${file} cannot be read. ${error.message} Mend the file or remove it.`, error);
  }
}

async function readPicture(file: string): Promise<Mask> {
  try {
    const { width, height, values } = await withImageFile(file, decodeValues);
    return { width, height, values: Uint8Array.from(values, (value) => (value > 0 ? 1 : 0)) };
  } catch (error) {
    const reason = error instanceof ImageError ? error.message : 'cannot be opened';
    return refuse(file, `The area ${file} ${reason}. Mend it or remove it.`, error);
  }
}

async function isThere(file: string): Promise<boolean> {
  return stat(file).then(
    (status) => status.isFile(),
    () => false,
  );
}

function refuse(file: string, message: string, cause?: unknown): never {
  throw new EngineError({ code: 'area-invalid', file }, message, { cause });
}
