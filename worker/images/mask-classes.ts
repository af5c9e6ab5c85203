// Classes that the masks of a folder give, where its folders give none.
import { join } from 'node:path';
import { marksAnything } from './masks';
import type { ScannedFolder } from './scan';

/** What an image without a defect is called, and one with a defect. */
const [goodClass, defectClass] = ['good', 'defect'];

/**
 * Gives each image a class by its masks where every image has some and folders tell no classes (KolektorSDD): good where they mark nothing.
 * @throws EngineError `mask-invalid`
 */
export async function withMaskClasses(scanned: ScannedFolder): Promise<ScannedFolder> {
  if (!classesComeFromMasks(scanned)) return scanned;
  const { folder } = scanned;
  const images: ScannedFolder['images'] = [];
  for (const image of scanned.images) {
    let isMarked = false;
    for (const mask of image.masks ?? []) isMarked ||= await marksAnything(join(folder, mask));
    images.push({ ...image, truth: isMarked ? defectClass : goodClass });
  }
  return { ...scanned, images };
}

/** Whether {@link withMaskClasses} has something to say of a folder. */
export function classesComeFromMasks({ layout, masks }: Pick<ScannedFolder, 'layout' | 'masks'>): boolean {
  return layout === 'flat' && masks.areComplete;
}
