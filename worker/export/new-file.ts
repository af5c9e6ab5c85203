// Files of an export: none takes the place of one that is there, and no two have one name.
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { EngineError } from '../api/errors';
import { ImageError } from '../images/decode';
import { diskProblem } from '../store/atomic-write';

export const alreadyThere = 'is there already, and was left as it is';

/** @throws ImageError for a file that is there; EngineError `not-writable` for what is the matter with the disk */
export async function writeNewFile(file: string, data: string | Uint8Array): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, data, { flag: 'wx' });
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && syscall === 'open') throw new ImageError(alreadyThere);
    throw new EngineError(
      { code: 'not-writable', file },
      `${file} could not be written: ${diskProblem(error) ?? (error as Error).message}.`,
      { cause: error },
    );
  }
}

/** Each image's path with another extension; with both where two images differ in nothing else. */
export function withExtension(paths: readonly string[], extension: string): Map<string, string> {
  const counts = new Map<string, number>();
  for (const path of paths) {
    const stem = stemOf(path).toLowerCase();
    counts.set(stem, (counts.get(stem) ?? 0) + 1);
  }
  const taken = new Set<string>();
  const candidates = function* (path: string): Generator<string> {
    if (counts.get(stemOf(path).toLowerCase()) === 1) yield `${stemOf(path)}${extension}`;
    yield `${path}${extension}`;
    for (let n = 2; ; n++) yield `${path} (${n})${extension}`;
  };
  return new Map(paths.map((path) => [path, takeName(candidates(path), taken)]));
}

/** A path without its extension. */
export function stemOf(path: string): string {
  return path.replace(/\.[^./]+$/, '');
}

/** The first name that is not taken, on file systems that know no case, either. @param keyOf what of a name must be its own */
export function takeName(names: Iterable<string>, taken: Set<string>, keyOf = (name: string) => name): string {
  for (const name of names) {
    const key = keyOf(name).normalize().toLowerCase();
    if (taken.has(key)) continue;
    taken.add(key);
    return name;
  }
  throw new RangeError('No name is left');
}
