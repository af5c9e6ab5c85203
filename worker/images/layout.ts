// How a folder of images is laid out, and what its paths tell. Pure: it knows paths, not files.

export type Layout = 'flat' | 'classes' | 'mvtec' | 'magnetic-tile';

/** What an image's path tells. */
export interface ScannedImage {
  /** Relative to the scanned folder, with `/`. */
  path: string;
  /** Ground-truth class of the layout. Used for evaluation, never for clustering. */
  truth?: string;
  /** Path of the ground-truth mask, relative, with `/`. */
  mask?: string;
}

const magneticTile = /^MT_([^/]+)\/Imgs\/[^/]+$/;
const mvtecTest = /^test\/([^/]+)\/.+$/;

/** @param files paths of all images, relative, with `/` */
export function recogniseLayout(files: readonly string[]): Layout {
  if (files.some((path) => magneticTile.test(path))) return 'magnetic-tile';
  const isMvtec =
    files.some((path) => mvtecTest.test(path)) && files.every((path) => /^(test|train)\/[^/]+\//.test(path));
  if (isMvtec) return 'mvtec';
  const classes = new Set(files.map((path) => (path.includes('/') ? path.slice(0, path.indexOf('/')) : '')));
  return classes.size >= 2 && !classes.has('') ? 'classes' : 'flat';
}

/** Whether an image is to be clustered: not a training image, not the mask beside a Magnetic Tile photo. */
export function belongs(path: string, layout: Layout, files: ReadonlySet<string>): boolean {
  if (layout === 'mvtec') return mvtecTest.test(path);
  return !(layout === 'magnetic-tile' && isTileMask(path, files));
}

/** Magnetic Tile has the mask beside the photo, under the same name. */
export function isTileMask(path: string, files: ReadonlySet<string>): boolean {
  return path.endsWith('.png') && files.has(path.replace(/\.png$/, '.jpg'));
}

/** What an image's path tells in a layout. */
export function describe(path: string, layout: Layout, files: ReadonlySet<string>): ScannedImage {
  switch (layout) {
    case 'flat':
      return { path };
    case 'classes':
      return { path, truth: path.slice(0, path.indexOf('/')) };
    case 'mvtec': {
      const truth = mvtecTest.exec(path)![1]!;
      const mask = `ground_truth/${path.slice('test/'.length).replace(/\.[^.]+$/, '_mask.png')}`;
      return truth === 'good' ? { path, truth } : { path, truth, mask };
    }
    case 'magnetic-tile': {
      const truth = magneticTile.exec(path)?.[1];
      const mask = path.replace(/\.[^.]+$/, '.png');
      if (truth === undefined) return { path };
      return path !== mask && files.has(mask) ? { path, truth, mask } : { path, truth };
    }
  }
}

/** Ground-truth classes by path, of those images that have one: as {@link recogniseLayout} sees these paths alone. */
export function classesOf(paths: readonly string[]): Map<string, string> {
  const layout = recogniseLayout(paths);
  const files = new Set(paths);
  return new Map(
    paths.flatMap((path) => {
      const { truth } = describe(path, layout, files);
      return truth === undefined ? [] : [[path, truth] as const];
    }),
  );
}
