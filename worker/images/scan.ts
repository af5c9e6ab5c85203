// Finds the images of a folder and recognises how the folder is laid out.
import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, relative, sep } from 'node:path';
import type { ImageFailure } from '../api/requests';
import { EngineError } from '../api/errors';
import { recogniseFormat } from './formats/format';
import { headOf } from './image-file';
import { areaFileName, areaPictureName, labelFileName } from '../labels/file-name';
import { arrange, type Layout, type ScannedImage } from './layout';
import { readManifest } from './manifest';
import { findMasks, type MaskPaths } from './mask-paths';

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
}

/** Files with these names are images, or are named with the reason why they cannot be read. */
const imageExtensions = new Set([
  ...['.png', '.jpg', '.jpeg', '.jpe', '.jfif', '.jif', '.tif', '.tiff', '.webp', '.avif', '.gif', '.bmp', '.dib'],
  ...['.pgm', '.ppm', '.pnm'],
]);

/** Files with these names are never images; of any other file the first bytes say whether it is one. */
const otherExtensions = new Set(
  'json txt xml csv tsv md yaml yml toml ini cfg log html htm css js ts py ipynb m mat npy npz pt pth onnx h5 hdf5 pkl db sqlite zip gz tar 7z rar pdf doc docx xls xlsx ppt pptx mp4 avi mov mkv wav mp3 exe dll so lnk url bat sh part tmp'
    .split(' ')
    .map((extension) => `.${extension}`),
);

/** Folders that systems and network drives keep for themselves: previews, bins, snapshots. */
const systemFolders = new Set([
  ...['@eadir', '#recycle', '@recycle', '$recycle.bin', 'recycler', 'lost+found', '#snapshot', '@recently-snapshot'],
  ...['system volume information', '__macosx', 'node_modules'],
]);

/** Files that systems leave in folders. */
const systemFiles = new Set(['thumbs.db', 'desktop.ini', 'ehthumbs.db']);

/** Our own files beside the images. */
const ownFiles = new Set<string>([labelFileName, areaFileName, areaPictureName]);

/**
 * @param normalFolder absolute path of a folder of normal images; those below it are not clustered
 * @param list absolute path of a list of images, in place of all that the folder holds
 * @throws EngineError `folder-not-found`, `invalid-setting`
 */
export async function scanFolder(folder: string, normalFolder?: string, list?: string): Promise<ScannedFolder> {
  const failures: ImageFailure[] = [];
  const passedOver = new Map<string, number>();
  const { layout, images, normals, masks, datasets } = arrange(
    list === undefined ? await listImages(folder, failures, passedOver) : await readManifest(list, folder),
  );
  const result = { folder, layout, masks, datasets, failures, passedOver };
  if (normalFolder === undefined) return { ...result, images, normals: normals.map((path) => join(folder, path)) };
  const named = await listImages(normalFolder, failures);
  if (named.length === 0) {
    throw new EngineError(
      { code: 'too-few-images', folder: normalFolder },
      `There are no images in the folder of normal images, ${normalFolder}.`,
    );
  }
  const isNormal = await insideOf(normalFolder);
  const remaining: ScannedImage[] = [];
  for (const image of images) if (!(await isNormal(join(folder, image.path)))) remaining.push(image);
  // Magnetic Tile's masks are known by the name of the folder, too.
  const within = (path: string) => `${basename(normalFolder)}/${path}`;
  const areMasks = findMasks(named.map(within)).masks;
  const isImage = (path: string) => !areMasks.has(within(path));
  return { ...result, images: remaining, normals: named.filter(isImage).map((path) => join(normalFolder, path)) };
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

/**
 * All images below a folder, by name or else by their first bytes, relative with `/`, sorted by code units. Hidden files and folders and
 * those of systems are passed over; folders reached twice through links are visited once, so a loop of links ends.
 */
async function listImages(
  folder: string,
  failures: ImageFailure[],
  passedOver = new Map<string, number>(),
): Promise<string[]> {
  const status = await stat(folder).catch(() => undefined);
  if (!status?.isDirectory()) {
    throw new EngineError({ code: 'folder-not-found', folder }, `There is no folder ${folder}. Check the path.`);
  }
  const found: string[] = [];
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
      const name = entry.name.toLowerCase();
      if (target?.isDirectory()) {
        if (systemFolders.has(name)) count(passedOver, `${entry.name}/`);
        else (entry.isSymbolicLink() ? links : pending).push(path);
      } else if (target?.isFile() && !systemFiles.has(name) && !ownFiles.has(name)) {
        if (await isImage(path)) found.push(relative(folder, path).split(sep).join('/'));
        else count(passedOver, extname(name) || 'no extension');
      }
    }
    pending.unshift(...links);
  }
  return found.sort(byCodeUnits);
}

/** By its name, or where that says nothing by its first bytes. */
async function isImage(file: string): Promise<boolean> {
  const extension = extname(file).toLowerCase();
  if (imageExtensions.has(extension)) return true;
  if (otherExtensions.has(extension)) return false;
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
