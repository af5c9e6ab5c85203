// A list of images in place of a folder: a text file with one path a line, as whoever keeps millions of files has it already.
import { createReadStream } from 'node:fs';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { createInterface } from 'node:readline';
import { EngineError } from '../api/errors';

/**
 * Paths of a list, relative to its folder with `/`, sorted by code units, each once. Lines may be absolute, or as seen from the folder; empty lines
 * are passed over. Whether the files are there turns out when they are looked at.
 * @param folder that the paths are below
 * @throws EngineError `invalid-setting` where the list cannot be read, is empty, or names what is not in the folder
 */
export async function readManifest(file: string, folder: string): Promise<string[]> {
  const paths = new Set<string>();
  const refuse = (message: string, cause?: unknown) =>
    new EngineError({ code: 'invalid-setting' }, `${message} Nothing was written.`, { cause });
  let number = 0;
  const stream = createReadStream(file, { encoding: 'utf8', highWaterMark: 2 ** 20 });
  try {
    for await (const line of createInterface({ input: stream, crlfDelay: Infinity })) {
      number++;
      const named = number === 1 ? line.replace(/^\ufeff/, '') : line;
      if (named.trim() === '') continue;
      // Most lines are plain, and there may be millions.
      const path = isPlain(named) ? named : relative(folder, resolve(folder, named)).split(sep).join('/');
      if (path === '' || path.startsWith('../') || path === '..' || isAbsolute(path))
        throw refuse(
          `Line ${number} of ${file} names ${named}, which is not in ${folder}. Put the list into the folder that all images are below.`,
        );
      paths.add(path);
    }
  } catch (error) {
    if (error instanceof EngineError) throw error;
    throw refuse(`The list ${file} cannot be read: ${(error as Error).message}.`, error);
  } finally {
    stream.destroy();
  }
  if (paths.size === 0) throw refuse(`The list ${file} names no image. It needs one path a line.`);
  return [...paths].sort();
}

function isPlain(path: string): boolean {
  return !/^[/.]|\/[/.]|[\\:]|\/$/.test(path);
}
