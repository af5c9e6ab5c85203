// Which files of a folder are ground-truth masks, and of which images. Pure: it knows paths, not files.
import { isSplit } from './split';

/** Masks of a folder, by the images that they belong to. */
export interface MaskPaths {
  /** Paths that are masks, those of no image among them. */
  masks: ReadonlySet<string>;
  /** Masks by the path of their image, sorted; one image may have several (MVTec LOCO). */
  byImage: ReadonlyMap<string, readonly string[]>;
  /** Every image has one, as KolektorSDD's have: those without a defect have an empty one. */
  areComplete: boolean;
}

/** Folders of masks, by the names that public datasets give them. */
const maskFolder = /^(ground[-_ ]?truths?|gt|(.*[-_ ])?masks?|annotations?|segmentations?|labels?)$/i;
/** Folders of the photos beside such a folder. */
export const imageFolder = /^(images?|imgs?|photos?|pictures?)$/i;
/** What is added to an image's name for its mask. */
const maskSuffix = /[-_](masks?|gt|labels?|seg|segmentation)$/i;

/**
 * Finds masks in folders of their own (`ground_truth/…`, `Data/Masks/…`: MVTec AD, BTAD, MPDD, VisA; a folder per image: MVTec LOCO), beside their
 * images with a suffix (`1_GT.png`, `Part0_label.bmp`: KolektorSDD), and beside photos of the same name (Magnetic Tile, Real-IAD).
 * A name alone makes no mask: `solder_mask.png` is an image where there is no `solder.png` and no folder of masks.
 * @param files paths of all images, relative, with `/`
 */
export function findMasks(files: readonly string[]): MaskPaths {
  const all = new Set(files);
  const outside = files.filter((path) => !isInMaskFolder(path));
  // A folder of nothing but masks is one of images, to who clusters it.
  const [others, folders] = outside.length === 0 ? [files, []] : [outside, files.filter(isInMaskFolder)];
  const stems = new Map(others.map((path) => [stemOf(path), path]));
  const masks = new Set<string>();
  const byImage = new Map<string, string[]>();
  const add = (mask: string, image: string | undefined) => {
    masks.add(mask);
    if (image !== undefined) byImage.set(image, [...(byImage.get(image) ?? []), mask]);
  };

  for (const path of others) {
    const stem = stemOf(path);
    const image = maskSuffix.test(stem) ? stems.get(stem.replace(maskSuffix, '')) : photoBeside(path, all);
    if (image !== undefined) add(path, image);
  }
  const keys = new Map(others.filter((path) => !masks.has(path)).map((path) => [keyOf(path), path]));
  const matched = folders.map((path) => [path, imageOf(keyOf(path), keys)] as const);
  for (const folder of new Set(folders.map(maskFolderOf))) {
    const own = matched.filter(([path]) => maskFolderOf(path) === folder);
    // A folder "labels" may hold photos of labels.
    if (isCertain(folder) || own.some(([, image]) => image !== undefined))
      for (const [path, image] of own) add(path, image);
  }
  const images = files.filter((path) => !masks.has(path));
  return { masks, byImage, areComplete: images.length > 0 && images.every((path) => byImage.has(path)) };
}

function stemOf(path: string): string {
  return path.replace(/\.[^./]+$/, '');
}

function partsOf(path: string): string[] {
  return path.split('/').slice(0, -1);
}

function isInMaskFolder(path: string): boolean {
  return partsOf(path).some((part) => maskFolder.test(part));
}

/** The path down to the folder of masks. */
function maskFolderOf(path: string): string {
  const parts = partsOf(path);
  return parts.slice(0, parts.findIndex((part) => maskFolder.test(part)) + 1).join('/');
}

function isCertain(folder: string): boolean {
  return /(^|\/)ground[-_ ]?truths?$/i.test(folder);
}

/** What an image's path and that of its mask have in common: no split, no folder of images or masks, no extension. */
function keyOf(path: string): string {
  const parts = stemOf(path).split('/');
  const name = parts.pop()!;
  return [...parts.filter((part) => !isSplit(part) && !imageFolder.test(part) && !maskFolder.test(part)), name].join(
    '/',
  );
}

/** By its own name, by that without a suffix, or by that of its folder. */
function imageOf(key: string, images: ReadonlyMap<string, string>): string | undefined {
  return (
    images.get(key) ??
    images.get(key.replace(maskSuffix, '')) ??
    images.get(key.slice(0, Math.max(0, key.lastIndexOf('/'))))
  );
}

const twinFolders = [/(^|\/)MT_[^/]+\/Imgs\//, /(^|\/)(OK|NG)\//];

/** Magnetic Tile and Real-IAD have the mask as a PNG beside the JPEG of the same name. */
function photoBeside(path: string, files: ReadonlySet<string>): string | undefined {
  if (!/\.png$/i.test(path) || !twinFolders.some((pattern) => pattern.test(path))) return undefined;
  return ['.jpg', '.JPG', '.jpeg'].map((extension) => stemOf(path) + extension).find((photo) => files.has(photo));
}
