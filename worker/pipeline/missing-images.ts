// Lines of a label file whose images are not in the folder.
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { locate } from '../images/image-file';
import { parseLabels } from '../labels';

/**
 * Paths of images that the file system does not know, links that lead nowhere included, sorted. An image that is there and cannot be
 * looked at is none of them.
 * @throws LabelFileError
 */
export async function missingImages(folder: string, labels: string): Promise<string[]> {
  const missing: string[] = [];
  for (const { path } of parseLabels(labels).images) if (await isMissing(join(folder, path))) missing.push(path);
  return missing.sort();
}

async function isMissing(file: string): Promise<boolean> {
  try {
    await stat((await locate(file)).file);
    return false;
  } catch (error) {
    return ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '');
  }
}
