// What the names of files and folders tell: which are images, which are none, and which are a system's own. Pure.
import { extname } from 'node:path/posix';

/** Files with these names are images, or are named with the reason why they cannot be read. */
const imageExtensions = new Set([
  ...['.png', '.jpg', '.jpeg', '.jpe', '.jfif', '.jif', '.tif', '.tiff', '.webp', '.avif', '.gif', '.bmp', '.dib'],
  ...['.pgm', '.ppm', '.pnm'],
]);

/** Files with these names are never images; of any other file the first bytes say whether it is one. */
const otherExtensions = new Set(
  'json txt xml csv tsv md yaml yml toml ini cfg log html htm css js ts py ipynb m mat npy npz pt pth onnx h5 hdf5 pkl db sqlite zip gz tar 7z rar pdf doc docx xls xlsx ppt pptx mp4 avi mov mkv wav mp3 exe dll so lnk url bat sh part tmp cls'
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

/** Whether a file is an image, by its name alone; where that says nothing, its first bytes do. */
export function kindOfName(name: string): 'image' | 'other' | 'unknown' {
  const extension = extname(name).toLowerCase();
  if (imageExtensions.has(extension)) return 'image';
  return otherExtensions.has(extension) ? 'other' : 'unknown';
}

/** Its extension, as people are told what was passed over. */
export function extensionOf(name: string): string {
  return extname(name).toLowerCase() || 'no extension';
}

export function isSystemFolder(name: string): boolean {
  return systemFolders.has(name.toLowerCase());
}

export function isSystemFile(name: string): boolean {
  return systemFiles.has(name.toLowerCase());
}
