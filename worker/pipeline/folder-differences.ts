// What a clustered folder holds that its label file does not know, and the other way round: found by names alone, without opening an image.
import { resolve } from 'node:path';
import { loadAnalysis } from '../analysis/stored';
import { hasPages, pageOf } from '../images/pages';
import { scanFolder } from '../images/scan';
import { parseLabels } from '../labels';
import type { Run } from '../session/run';
import { missingImages } from './missing-images';

export interface FolderDifferences {
  /** Paths of images that have no line; those that the last run could not use are none of them. */
  added: string[];
  /** Paths of lines whose image is not there. */
  missing: string[];
}

/** @throws LabelFileError */
export async function folderDifferences({ cache }: Run, folder: string, labels: string): Promise<FolderDifferences> {
  const { images: lines, method } = parseLabels(labels);
  // What the images are compared with is not among them.
  const normals = method.normal === undefined ? undefined : resolve(folder, method.normal);
  // Where they are not on this machine, there are none to leave out.
  const { images } = await scanFolder(folder, normals).catch(() => scanFolder(folder));
  const known = new Set(lines.map(({ path }) => (hasPages(path) && pageOf(path) !== undefined ? fileOf(path) : path)));
  const unusable = new Set((await loadAnalysis(cache, folder))?.unusable);
  return {
    added: images.map(({ path }) => path).filter((path) => !known.has(path) && !unusable.has(path)),
    missing: await missingImages(folder, labels),
  };
}

/** Of `scan.tif#2`: `scan.tif`. */
function fileOf(path: string): string {
  return path.replace(/#\d+$/, '');
}
