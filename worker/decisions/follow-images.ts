// An image is known by more than its exact path: renamed and moved files keep their cluster, their pin and all that their line says.
import { posix } from 'node:path';
import type { LabelDocument } from '../labels';

/** A file that is there now. */
export interface PresentImage {
  path: string;
  /** SHA-256 of its bytes; undefined where it could not be read. */
  content?: string | undefined;
}

export interface Rename {
  from: string;
  to: string;
}

/**
 * Finds the files that lines without a file are about: by the path in Unicode's normal form and without `./`, then by that without
 * regard to case, where only one file can be meant, then by content.
 * @param contents SHA-256 of images by the path that they had in earlier runs, as far as it is known
 */
export function followImages(
  document: LabelDocument,
  present: readonly PresentImage[],
  contents: ReadonlyMap<string, string>,
): Rename[] {
  const there = new Set(present.map(({ path }) => path));
  const known = new Set(document.images.map(({ path }) => path));
  let lines = document.images.map(({ path }) => path).filter((path) => !there.has(path));
  let files = present.filter(({ path }) => !known.has(path));
  const renames: Rename[] = [];
  const match = (
    keyOfLine: (path: string) => string | undefined,
    keyOfFile: (file: PresentImage) => string | undefined,
    areCopies: boolean,
  ) => {
    if (lines.length === 0 || files.length === 0) return;
    const candidates = groupBy(files, keyOfFile);
    const found: Rename[] = [];
    for (const [key, from] of groupBy(lines, keyOfLine)) {
      const to = candidates.get(key) ?? [];
      // Copies of one image are as good as each other; two names that differ in case only are not.
      if (!areCopies && (from.length > 1 || to.length > 1)) continue;
      found.push(
        ...pairUp(
          from,
          to.map(({ path }) => path),
        ),
      );
    }
    renames.push(...found);
    const [gone, taken] = [new Set(found.map(({ from }) => from)), new Set(found.map(({ to }) => to))];
    lines = lines.filter((path) => !gone.has(path));
    files = files.filter(({ path }) => !taken.has(path));
  };
  match(plainPath, ({ path }) => plainPath(path), false);
  match(withoutCase, ({ path }) => withoutCase(path), false);
  match(
    (path) => contents.get(path),
    ({ content }) => content,
    true,
  );
  return renames;
}

/** The same lines, each under the path that its file has now. */
export function withRenames(document: LabelDocument, renames: readonly Rename[]): LabelDocument {
  if (renames.length === 0) return document;
  const to = new Map(renames.map((rename) => [rename.from, rename.to]));
  return {
    ...document,
    images: document.images.map((image) => ({ ...image, path: to.get(image.path) ?? image.path })),
  };
}

/** Files of the same name first, then in the order of their paths. */
function pairUp(from: readonly string[], to: readonly string[]): Rename[] {
  const free = [...to].sort();
  const pairs: Rename[] = [];
  const take = (path: string, fits: (candidate: string) => boolean): boolean => {
    const at = free.findIndex(fits);
    if (at >= 0) pairs.push({ from: path, to: free.splice(at, 1)[0]! });
    return at >= 0;
  };
  const rest = [...from]
    .sort()
    .filter((path) => !take(path, (candidate) => posix.basename(candidate) === posix.basename(path)));
  for (const path of rest) take(path, () => true);
  return pairs;
}

function plainPath(path: string): string {
  return posix.normalize(path.normalize('NFC'));
}

function withoutCase(path: string): string {
  return plainPath(path).toLowerCase();
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string | undefined): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    if (key === undefined) continue;
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}
