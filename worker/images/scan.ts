// Finds the images of a folder and recognises how the folder is laid out.
import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { EngineError, type ImageFailure } from '../api';
import { belongs, describe, isTileMask, recogniseLayout, type Layout, type ScannedImage } from './layout';

export interface ScannedFolder {
  folder: string;
  layout: Layout;
  /** Images to cluster, sorted by path. */
  images: ScannedImage[];
  /** Absolute paths of normal images (Eq. 6), sorted: MVTec AD's train/good, or the folder that the user named. */
  normals: string[];
  /** Sub-folders that could not be looked into. */
  failures: ImageFailure[];
}

const imageExtensions = new Set(['.png', '.jpg', '.jpeg', '.tif', '.tiff', '.webp', '.avif', '.gif', '.bmp']);

/**
 * @param normalFolder absolute path of a folder of normal images; those below it are not clustered
 * @throws EngineError `folder-not-found`
 */
export async function scanFolder(folder: string, normalFolder?: string): Promise<ScannedFolder> {
  const failures: ImageFailure[] = [];
  const files = (await listImages(folder, failures)).filter((path) => !isMask(path));
  const layout = recogniseLayout(files);
  const named = normalFolder === undefined ? undefined : await listImages(normalFolder, failures);
  if (normalFolder !== undefined && named?.length === 0) {
    throw new EngineError(
      'too-few-images',
      `There are no images in the folder of normal images, ${normalFolder}.`,
      normalFolder,
    );
  }
  const isNormal = (path: string) => normalFolder !== undefined && isInside(join(folder, path), normalFolder);
  const parts = new Set(files);
  const images = files
    .filter((path) => !isNormal(path) && belongs(path, layout, parts))
    .map((path) => describe(path, layout, parts));
  return {
    folder,
    layout,
    images,
    normals: named ? namedNormals(normalFolder!, named, layout) : mvtecNormals(folder, files, layout),
    failures,
  };
}

function namedNormals(folder: string, files: string[], layout: Layout): string[] {
  const parts = new Set(files);
  const isImage = (path: string) => !isMask(path) && !(layout === 'magnetic-tile' && isTileMask(path, parts));
  return files.filter(isImage).map((path) => join(folder, path));
}

function mvtecNormals(folder: string, files: string[], layout: Layout): string[] {
  if (layout !== 'mvtec') return [];
  return files.filter((path) => path.startsWith('train/good/')).map((path) => join(folder, path));
}

/**
 * All files with an image's extension below a folder, relative with `/`, sorted by code units. Hidden folders and node_modules
 * are passed over; folders reached twice through links are visited once, so a loop of links ends.
 */
async function listImages(folder: string, failures: ImageFailure[]): Promise<string[]> {
  const status = await stat(folder).catch(() => undefined);
  if (!status?.isDirectory()) {
    throw new EngineError('folder-not-found', `There is no folder ${folder}. Check the path.`, folder);
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
      if (target?.isDirectory()) {
        if (!entry.name.startsWith('.') && entry.name !== 'node_modules')
          (entry.isSymbolicLink() ? links : pending).push(path);
      } else if (
        target?.isFile() &&
        !entry.name.startsWith('.') &&
        imageExtensions.has(extname(entry.name).toLowerCase())
      ) {
        found.push(relative(folder, path).split(sep).join('/'));
      }
    }
    pending.unshift(...links);
  }
  return found.sort(byCodeUnits);
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

function isMask(path: string): boolean {
  return path.startsWith('ground_truth/') || path.includes('/ground_truth/') || /_mask\.[^./]+$/i.test(path);
}

function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== '' && !way.startsWith('..');
}
