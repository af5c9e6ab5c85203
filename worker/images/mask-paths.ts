// Which files of a folder are ground-truth masks, and of which images. Pure: it knows paths, not files.
import { basename } from 'node:path/posix';
import { isGroundTruth, isImageFolder, isMaskFolder, isSplit, isTrainingSplit } from './folder-names';

/** Masks of a folder, by the images that they belong to. */
export interface MaskPaths {
  /** Paths that are masks, those of no image among them. */
  masks: ReadonlySet<string>;
  /** Masks by the path of their image, sorted; one image may have several (MVTec LOCO). */
  byImage: ReadonlyMap<string, readonly string[]>;
  /** Every image has one, as KolektorSDD's have: those without a defect have an empty one. */
  areComplete: boolean;
}

/** What is added to an image's name for its mask. */
const maskSuffix = /[-_.](masks?|gt|labels?|seg|segmentation)$/i;

/**
 * Finds masks in folders of their own (`ground_truth/…`, `Data/Masks/…`: MVTec AD, BTAD, MPDD, VisA; a folder per image: MVTec LOCO), beside their
 * images with a suffix (`1_GT.png`, `Part0_label.bmp`: KolektorSDD; `1.seg.png`: WebDataset), and beside photos of the same name (Magnetic Tile, Real-IAD).
 * A name alone makes no mask: `solder_mask.png` is an image where there is no `solder.png` and no folder of masks.
 * @param files paths of all images, relative, with `/`
 */
export function findMasks(files: readonly string[]): MaskPaths {
  const all = new Set(files);
  const outside = files.filter((path) => !isInMaskFolder(path));
  // A folder of nothing but masks is one of images, to who clusters it.
  const [others, folders] = outside.length === 0 ? [files, []] : [outside, files.filter(isInMaskFolder)];
  // Most folders have no masks, and some have millions of images.
  const stems = others.some((path) => maskSuffix.test(stemOf(path)))
    ? new Map(others.map((path) => [stemOf(path), path]))
    : new Map<string, string>();
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
  const photos = others.filter((path) => !masks.has(path));
  const inSplits = groupBy(folders.length === 0 ? [] : photos, keyInSplit);
  const overSplits = groupBy(folders.length === 0 ? [] : photos, keyOf);
  for (const [folder, own] of groupBy(folders, maskFolderOf)) {
    // Splits may have the same names: train/images/1.png has train/masks/1.png. MVTec AD's masks are in none.
    const matched = own.map(
      (path) => [path, imageOf(keyInSplit(path), inSplits) ?? imageOf(keyOf(path), overSplits)] as const,
    );
    // A folder "labels" may hold photos of labels.
    if (isGroundTruth(basename(folder)) || matched.some(([, image]) => image !== undefined))
      for (const [path, image] of matched) add(path, image);
  }
  const images = files.filter((path) => !masks.has(path));
  return { masks, byImage, areComplete: images.length > 0 && images.every((path) => byImage.has(path)) };
}

function groupBy(paths: readonly string[], keyOf: (path: string) => string): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const path of paths) {
    const group = groups.get(keyOf(path));
    if (group) group.push(path);
    else groups.set(keyOf(path), [path]);
  }
  return groups;
}

function stemOf(path: string): string {
  return path.replace(/\.[^./]+$/, '');
}

function partsOf(path: string): string[] {
  return path.split('/').slice(0, -1);
}

function isInMaskFolder(path: string): boolean {
  return partsOf(path).some(isMaskFolder);
}

/** The path down to the folder of masks. */
function maskFolderOf(path: string): string {
  const parts = partsOf(path);
  return parts.slice(0, parts.findIndex(isMaskFolder) + 1).join('/');
}

/** What an image's path and that of its mask have in common: no folder of images or masks, no extension. */
function keyInSplit(path: string): string {
  const parts = stemOf(path).split('/');
  const name = parts.pop()!;
  return [...parts.filter((part) => !isImageFolder(part) && !isMaskFolder(part)), name].join('/');
}

/** The same where the masks of several splits are in one folder. */
function keyOf(path: string): string {
  return keyInSplit(path)
    .split('/')
    .filter((part, i, parts) => i === parts.length - 1 || !isSplit(part))
    .join('/');
}

/** By its own name, by that without a suffix, or by that of its folder; undefined where it may belong to several images. */
function imageOf(key: string, images: ReadonlyMap<string, readonly string[]>): string | undefined {
  const keys = [key, key.replace(maskSuffix, ''), key.slice(0, Math.max(0, key.lastIndexOf('/')))];
  const found = keys.map((each) => images.get(each)).find((paths) => paths !== undefined);
  const tested = found?.filter((path) => !partsOf(path).some(isTrainingSplit));
  // Images of a training split are normal, as a rule, and have none.
  return found?.length === 1 ? found[0] : tested?.length === 1 ? tested[0] : undefined;
}

const twinFolders = [/(^|\/)MT_[^/]+\/Imgs\//, /(^|\/)(OK|NG)\//];

/** Magnetic Tile and Real-IAD have the mask as a PNG beside the JPEG of the same name. */
function photoBeside(path: string, files: ReadonlySet<string>): string | undefined {
  if (!/\.png$/i.test(path) || !twinFolders.some((pattern) => pattern.test(path))) return undefined;
  return ['.jpg', '.JPG', '.jpeg'].map((extension) => stemOf(path) + extension).find((photo) => files.has(photo));
}
