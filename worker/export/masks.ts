// A PNG for each image whose pixels are numbers of classes, and `classes.json`, which says what they stand for. Nothing is overwritten.
import { join } from 'node:path';
import { EngineError } from '../api/errors';
import type { FolderExport } from '../api/requests';
import { ImageError } from '../images/decode';
import { fileInside, outsideReason } from '../images/inside';
import type { Instances } from './instances';
import { withExtension, writeNewFile } from './new-file';
import { indexedPng, mostClasses, paintClasses, paletteOf } from './png-mask';

const aboutFile = 'classes.json';

/**
 * Files stand below the target under the images' paths.
 * @param folder absolute path of the clustered folder
 * @param target absolute path; made where it is missing
 * @param onStep called for every image; may throw to stop
 * @throws EngineError `invalid-setting` for more clusters than a byte holds; `not-writable`
 */
export async function writeMasks(
  { classes, images }: Instances,
  folder: string,
  target: string,
  onStep?: () => void,
): Promise<FolderExport> {
  if (classes.length > mostClasses) {
    const message = `Masks of 8 bits hold ${mostClasses} clusters, and there are ${classes.length}. Merge some, or export COCO.`;
    throw new EngineError({ code: 'invalid-setting' }, message);
  }
  const numbers = new Map(classes.map(({ id }, i) => [id, i + 1]));
  const colors = paletteOf(classes);
  const names = withExtension(
    images.map(({ path }) => path),
    '.png',
  );
  const result: FolderExport = { placed: 0, failures: [] };
  const written: Record<string, string> = {};
  for (const image of images) {
    onStep?.();
    const { path } = image;
    try {
      if (fileInside(folder, path) === undefined) throw new ImageError(outsideReason);
      await writeNewFile(join(target, names.get(path)!), indexedPng(image, paintClasses(image, numbers), colors));
      written[path] = names.get(path)!;
      result.placed++;
    } catch (error) {
      if (!(error instanceof ImageError)) throw error;
      result.failures.push({ path, reason: error.message });
    }
  }
  if (result.placed === 0) return result;
  const about = {
    background: 0,
    classes: classes.map(({ id, name, color }) => ({ value: numbers.get(id)!, cluster: id, name, color })),
    images: written,
  };
  await writeNewFile(join(target, aboutFile), `${JSON.stringify(about, null, 1)}\n`).catch((error: unknown) => {
    if (!(error instanceof ImageError)) throw error;
    result.failures.push({ path: aboutFile, reason: error.message });
  });
  return result;
}
