// How a folder of images is laid out, and what its paths tell. Pure: it knows paths, not files.
import { findMasks, type MaskPaths } from './mask-paths';
import { isGoodName, isImageFolder, isMaskFolder, isSplit, isTarFile, isTrainingSplit } from './folder-names';

export type Layout = 'flat' | 'classes' | 'mvtec' | 'magnetic-tile';

/** What an image's path tells. */
export interface ScannedImage {
  /** Relative to the scanned folder, with `/`. */
  path: string;
  /** Ground-truth class of the layout. Used for evaluation, never for clustering. */
  truth?: string;
  /** Paths of its ground-truth masks, relative, with `/`: their union is where the defect is. */
  masks?: readonly string[];
}

/** A folder of images, told apart by their paths. */
export interface Arrangement {
  layout: Layout;
  /** Images to cluster, in the order of the files. */
  images: ScannedImage[];
  /** Paths of images that are normal by their place: MVTec AD's train/good. */
  normals: string[];
  masks: MaskPaths;
  /** Folders right below that are datasets of their own, as in a download one level up; empty for one dataset. */
  datasets: string[];
}

const magneticTile = /^(?:.*\.tar\/)?MT_([^/]+)\/Imgs\/[^/]+$/;

/**
 * Tells images, masks and normal images apart, and finds the classes. Classes are folders; those that are named after a split, or hold images
 * beside a folder of masks, are looked through. Good parts in a training split are normal images, unless the split has defects, too.
 * @param files paths of all images, relative, with `/`
 */
export function arrange(files: readonly string[]): Arrangement {
  const masks = findMasks(files);
  const paths = files.filter((path) => !masks.masks.has(path));
  const describe = (path: string, truth: string | undefined): ScannedImage => {
    const own = masks.byImage.get(path);
    return { path, ...(truth === undefined ? {} : { truth }), ...(own === undefined ? {} : { masks: own }) };
  };
  if (paths.some((path) => magneticTile.test(path))) {
    const images = paths.map((path) => describe(path, magneticTile.exec(path)?.[1]));
    return { layout: 'magnetic-tile', images, normals: [], masks, datasets: [] };
  }
  const places = placesOf(paths);
  const isSplitUp = paths.length > 0 && places.every(({ split, truth }) => split !== undefined && truth !== undefined);
  const training = places.filter(({ split }) => split !== undefined && isTrainingSplit(split));
  const datasets = datasetsOf(files);
  const isMvtec =
    isSplitUp &&
    datasets.length === 0 &&
    training.length < places.length &&
    training.every(({ truth }) => truth !== undefined && isGoodName(truth));
  if (isMvtec) {
    const normals = new Set(training.map(({ path }) => path));
    return {
      layout: 'mvtec',
      images: places.filter(({ path }) => !normals.has(path)).map(({ path, truth }) => describe(path, truth)),
      normals: [...normals],
      masks,
      datasets: [],
    };
  }
  const classes = new Set(places.map(({ truth }) => truth));
  const hasClasses = classes.size >= 2 && !classes.has(undefined) && !(masks.areComplete && areNumbered(classes));
  return {
    layout: hasClasses ? 'classes' : 'flat',
    images: places.map(({ path, truth }) => describe(path, hasClasses ? truth : undefined)),
    normals: [],
    masks,
    datasets,
  };
}

/** KolektorSDD has a folder for each part, kos01 to kos50, and the masks say which parts are good. */
function areNumbered(classes: ReadonlySet<string | undefined>): boolean {
  return new Set([...classes].map((name) => name?.replace(/\d+$/, '#'))).size === 1;
}

interface Place {
  path: string;
  split?: string | undefined;
  truth?: string | undefined;
}

/** Each image's split and class, from the folders that are not shared by all. */
function placesOf(paths: readonly string[]): Place[] {
  // Folders are few, images may be millions.
  const folders = new Map<string, readonly string[]>();
  for (const path of paths) {
    const folder = folderOf(path);
    if (!folders.has(folder)) folders.set(folder, classNamesIn(folder));
  }
  const shared = sharedLength([...folders.values()]);
  const named = new Map(
    [...folders].map(([folder, parts]) => [
      folder,
      {
        split: parts.find(isSplit),
        rest: parts.slice(shared).filter((part) => !isSplit(part) && !isImageFolder(part)),
      },
    ]),
  );
  const all = [...named.values()];
  const first = new Set(all.map(({ rest }) => rest[0]?.toLowerCase()));
  // Real-IAD: the kind of defect is a folder below NG, and those of single parts are below that.
  const isRealIad =
    first.size === 2 && first.has('ok') && first.has('ng') && all.every(({ rest }) => isDeepEnough(rest));
  return paths.map((path) => {
    const { split, rest } = named.get(folderOf(path))!;
    return { path, split, truth: isRealIad && rest[0]!.toLowerCase() === 'ng' ? rest[1] : rest[0] };
  });
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** The folders of a path, without tar files that are among them. */
function namesIn(folder: string): string[] {
  return folder.split('/').filter((name) => name !== '' && !isTarFile(name));
}

/** Those that may name a class or a split: where there are folders in a tar file, those around it only say where that lies. */
function classNamesIn(folder: string): string[] {
  const names = folder.split('/');
  const tar = names.findIndex(isTarFile);
  const inside = namesIn(names.slice(tar + 1).join('/'));
  if (tar < 0 || inside.every((name) => isSplit(name) || isImageFolder(name))) return namesIn(folder);
  return [...names.slice(0, tar).filter(isSplit), ...inside];
}

function isDeepEnough(parts: readonly string[]): boolean {
  return parts.length >= (parts[0]!.toLowerCase() === 'ng' ? 3 : 2);
}

/** So many folders lead to all of them, at most down to a split. */
function sharedLength(folders: readonly (readonly string[])[]): number {
  const [first = []] = folders;
  let length = 0;
  while (length < first.length && folders.every((parts) => parts[length] === first[length])) {
    length++;
    if (isSplit(first[length - 1]!)) break;
  }
  return length;
}

/** Folders each of which has splits, or photos beside a folder of masks, right below. */
function datasetsOf(files: readonly string[]): string[] {
  const names = new Map<string, boolean>();
  for (const path of files) {
    const [name, below, third] = namesIn(folderOf(path));
    if (name === undefined || isSplit(name)) return [];
    const isOwn =
      below !== undefined &&
      (isSplit(below) ||
        (/^data$/i.test(below) && third !== undefined && (isImageFolder(third) || isMaskFolder(third))));
    names.set(name, (names.get(name) ?? false) || isOwn);
  }
  return names.size >= 2 && [...names.values()].every(Boolean) ? [...names.keys()].sort() : [];
}

/** Ground-truth classes by path, of those images that have one: as {@link arrange} sees these paths alone. */
export function classesOf(paths: readonly string[]): Map<string, string> {
  return new Map(
    arrange(paths).images.flatMap(({ path, truth }) => (truth === undefined ? [] : [[path, truth] as const])),
  );
}
