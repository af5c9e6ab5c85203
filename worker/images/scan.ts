// Finds the images of a folder and recognises how the folder is laid out.
import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import type { ImageFailure } from '../api/requests';
import { EngineError } from '../api/errors';
import { without } from '../base/without';
import { extensionOf, isSystemFile, isSystemFolder, kindOfName } from './formats/file-names';
import { recogniseFormat } from './formats/format';
import { headOf } from './image-file';
import { areaFileName, areaPictureName, labelFileName } from '../labels/file-name';
import { arrange, type Layout, type ScannedImage } from './layout';
import { readManifest } from './manifest';
import { findMasks, type MaskPaths } from './mask-paths';
import type { TarPlace } from './tar/address';
import { listTarImages } from './tar/list-images';
import { isTarName } from './tar/read-headers';

/** What a folder holds. */
export interface ScannedFolder {
  folder: string;
  layout: Layout;
  /** Images to cluster, sorted by path. */
  images: ScannedImage[];
  /** Absolute paths of normal images (Eq. 6), sorted: MVTec AD's train/good, or the folder that the user named. */
  normals: string[];
  /** Which files are masks, and of which images. */
  masks: MaskPaths;
  /** Folders right below that are datasets of their own. */
  datasets: string[];
  /** Sub-folders that could not be looked into. */
  failures: ImageFailure[];
  /** Files and folders that were passed over, by kind: `.txt`, `@eaDir/`. */
  passedOver: Map<string, number>;
  /** Where images lie that are in tar files, by path; absent where all are files. */
  places?: ReadonlyMap<string, TarPlace>;
}

/** What there is in place of all that a folder holds. */
export interface ScanSource {
  /** Absolute path of a list of images. */
  list?: string | undefined;
  /** Images are in tar files: in these, paths relative to the folder with `/`, or in all that it has. */
  tars?: readonly string[] | 'all' | undefined;
}

/** Our own files beside the images. */
const ownFiles = new Set<string>([labelFileName, areaFileName, areaPictureName]);

/**
 * @param normalFolder absolute path of a folder of normal images; those below it are not clustered
 * @throws EngineError `folder-not-found`, `invalid-setting`
 */
export async function scanFolder(
  folder: string,
  normalFolder?: string,
  source: ScanSource = {},
): Promise<ScannedFolder> {
  const scanned = await (source.tars ? scanTars(folder, source.tars) : scanFiles(folder, source.list));
  if (normalFolder === undefined) return scanned;
  const named = await listImages(normalFolder, scanned.failures);
  if (named.length === 0) {
    throw new EngineError(
      { code: 'too-few-images', folder: normalFolder },
      `There are no images in the folder of normal images, ${normalFolder}.`,
    );
  }
  let { images } = scanned;
  // No folder of files holds what is in a tar file.
  if (!scanned.places) {
    const isNormal = await insideOf(normalFolder);
    images = [];
    for (const image of scanned.images) if (!(await isNormal(join(folder, image.path)))) images.push(image);
  }
  // Magnetic Tile's masks are known by the name of the folder, too.
  const within = (path: string) => `${basename(normalFolder)}/${path}`;
  const areMasks = findMasks(named.map(within)).masks;
  const isImage = (path: string) => !areMasks.has(within(path));
  return { ...scanned, images, normals: named.filter(isImage).map((path) => join(normalFolder, path)) };
}

async function scanFiles(folder: string, list: string | undefined): Promise<ScannedFolder> {
  const failures: ImageFailure[] = [];
  const passedOver = new Map<string, number>();
  const { normals, ...arranged } = arrange(
    list === undefined ? await listImages(folder, failures, passedOver) : await readManifest(list, folder),
  );
  return { ...arranged, folder, failures, passedOver, normals: normals.map((path) => join(folder, path)) };
}

/** Masks are told from images there as well, but nothing reads them. */
async function scanTars(folder: string, named: readonly string[] | 'all'): Promise<ScannedFolder> {
  const failures: ImageFailure[] = [];
  const passedOver = new Map<string, number>();
  const tars = named === 'all' ? await listTars(folder, failures, passedOver) : named;
  const places = await listTarImages(folder, tars, { failures, passedOver, isOwn: isOwnFile });
  const { normals, images, ...arranged } = arrange([...places.keys()]);
  return {
    ...{ ...arranged, folder, failures, passedOver, places },
    images: images.map((image) => without(image, 'masks')),
    normals: normals.map((path) => join(folder, path)),
  };
}

function isOwnFile(name: string): boolean {
  return ownFiles.has(name.toLowerCase());
}

/** Tells whether files are in a folder, however either is spelled: through links, or in another case where the file system knows none. */
async function insideOf(folder: string): Promise<(file: string) => Promise<boolean>> {
  const real = await realpath(folder);
  const known = new Map<string, boolean>();
  return async (file) => {
    const own = dirname(file);
    const answer = known.get(own) ?? isInside(join(await realpath(own), basename(file)), real);
    known.set(own, answer);
    return answer;
  };
}

/** All images below a folder, by name or else by their first bytes, relative with `/`, sorted by code units. */
async function listImages(
  folder: string,
  failures: ImageFailure[],
  passedOver = new Map<string, number>(),
): Promise<string[]> {
  const found: string[] = [];
  for await (const path of filesBelow(folder, failures, passedOver)) {
    if (await isImage(join(folder, path))) found.push(path);
    else count(passedOver, extensionOf(path));
  }
  return found.sort(byCodeUnits);
}

async function listTars(folder: string, failures: ImageFailure[], passedOver: Map<string, number>): Promise<string[]> {
  const found: string[] = [];
  for await (const path of filesBelow(folder, failures, passedOver)) {
    if (isTarName(path)) found.push(path);
    else count(passedOver, extensionOf(path));
  }
  return found.sort(byCodeUnits);
}

/**
 * All files below a folder, relative with `/`. Hidden files and folders and those of systems are passed over, and our own; folders reached twice
 * through links are visited once, so a loop of links ends.
 * @throws EngineError `folder-not-found`
 */
export async function* filesBelow(
  folder: string,
  failures: ImageFailure[],
  passedOver: Map<string, number>,
): AsyncGenerator<string> {
  const status = await stat(folder).catch(() => undefined);
  if (!status?.isDirectory()) {
    throw new EngineError({ code: 'folder-not-found', folder }, `There is no folder ${folder}. Check the path.`);
  }
  const visited = new Set<string>();
  const pending = [folder];
  for (let current = pending.pop(); current !== undefined; current = pending.pop()) {
    const listing = await look(current);
    if (listing === undefined) {
      failures.push({
        path: relative(folder, current).split(sep).join('/'),
        reason: 'is a folder that cannot be opened',
      });
      continue;
    }
    const { real, entries } = listing;
    if (visited.has(real)) continue;
    visited.add(real);
    // Real folders first, so that a link to a sibling never takes the place of the sibling.
    entries.sort((a, b) => Number(a.isSymbolicLink()) - Number(b.isSymbolicLink()));
    const links: string[] = [];
    for (const entry of entries) {
      const path = join(current, entry.name);
      // A link that leads nowhere has no status and is passed over.
      const target = entry.isSymbolicLink() ? await stat(path).catch(() => undefined) : entry;
      if (entry.name.startsWith('.')) continue;
      if (target?.isDirectory()) {
        if (isSystemFolder(entry.name)) count(passedOver, `${entry.name}/`);
        else (entry.isSymbolicLink() ? links : pending).push(path);
      } else if (target?.isFile() && !isSystemFile(entry.name) && !isOwnFile(entry.name)) {
        yield relative(folder, path).split(sep).join('/');
      }
    }
    pending.unshift(...links);
  }
}

/** By its name, or where that says nothing by its first bytes. */
export async function isImage(file: string): Promise<boolean> {
  const kind = kindOfName(file);
  if (kind !== 'unknown') return kind === 'image';
  try {
    const recognised = recogniseFormat(await headOf(file));
    // One that is not read is told of as a picture that was left out.
    return 'format' in recognised || recognised.isPicture === true;
  } catch {
    return false;
  }
}

function count(counts: Map<string, number>, kind: string): void {
  counts.set(kind, (counts.get(kind) ?? 0) + 1);
}

/** Undefined when there is no permission, or the folder went away meanwhile. */
async function look(folder: string): Promise<{ real: string; entries: Dirent[] } | undefined> {
  try {
    return { real: await realpath(folder), entries: await readdir(folder, { withFileTypes: true }) };
  } catch {
    return undefined;
  }
}

function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== '' && !way.startsWith('..');
}
