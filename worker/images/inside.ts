// Paths of a label file: they name files of the clustered folder and no others. Pure, for all parts of the product.
import { isAbsolute, join, relative, sep } from 'node:path';

/**
 * Absolute path of an image that a label file names; undefined for a path that is absolute, leads out of the folder or holds a NUL. Links that
 * lie in the folder are the person's own and may lead anywhere.
 */
export function fileInside(folder: string, path: string): string | undefined {
  if (path === '' || path.includes('\0') || isAbsolute(path)) return undefined;
  const file = join(folder, path);
  const inside = relative(folder, file);
  return inside === '' || inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside) ? undefined : file;
}

/** Why a path that {@link fileInside} refuses is not opened, to put behind it. */
export const outsideReason = 'leads out of the clustered folder, so it is not opened. Mend the path in the label file';
