// An image put somewhere else: a copy, a hard link or a symbolic link. Nothing that is there is ever overwritten.
import { constants } from 'node:fs';
import { access, copyFile, link, mkdir, stat, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { Placing } from '../api/requests';
import { locate, withImageFile } from '../images/image-file';
import { fileInside, outsideReason } from '../images/inside';
import { pageOf } from '../images/pages';
import { alreadyThere } from './new-file';

/**
 * @param folder absolute path of the clustered folder
 * @param path of the image as the label file has it
 * @param to absolute path; its folder is made where it is missing
 * @returns the reason why it could not be placed, to put behind its path; undefined where it was
 */
export async function placeImage(
  folder: string,
  path: string,
  to: string,
  placing: Placing,
): Promise<string | undefined> {
  const from = fileInside(folder, path);
  try {
    if (from === undefined) throw new Error(outsideReason);
    const { file, page } = await locate(from);
    if (!(await stat(file)).isFile()) throw new Error('is no regular file');
    if (page > 1 && placing !== 'copy') throw new Error('is a page of a file, which links cannot be made to. Copy it');
    await mkdir(dirname(to), { recursive: true });
    if (page > 1) await withImageFile(from, (bytes) => writeFile(to, bytes, { flag: 'wx' }));
    else await place(file, to, placing);
    return undefined;
  } catch (error) {
    return reasonOf(error);
  }
}

async function place(from: string, to: string, placing: Placing): Promise<void> {
  switch (placing) {
    case 'copy':
      return copyFile(from, to, constants.COPYFILE_EXCL);
    case 'hard link':
      return link(from, to);
    case 'symbolic link':
      // A link to nothing would be made, too.
      await access(from);
      return symlink(from, to);
  }
}

function reasonOf(error: unknown): string {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'EEXIST':
      return alreadyThere;
    case 'ENOENT':
      return 'is no longer there';
    case 'EXDEV':
      return 'is on another disk, where hard links cannot lead';
    default:
      return error instanceof Error ? error.message : String(error);
  }
}

/**
 * The names that an image may have in a folder of many, the first that is free to be taken: its own, its whole path where others of that name
 * come from other folders, then numbers.
 */
export function* namesOfImage(own: string): Generator<string> {
  const page = pageOf(own);
  const path = page ? page.file.replace(/(\.[^.]*)$/, ` (page ${page.page})$1`) : own;
  const long = path.replaceAll('/', '__');
  yield* [basename(path), long];
  for (let n = 2; ; n++) yield long.replace(/(\.[^.]*)?$/, ` (${n})$1`);
}
