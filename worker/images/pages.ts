// Pages of a TIFF as images of their own: `scan.tif#2` is the second page of `scan.tif`. Pure.

/** A page of a file. */
export interface PagePath {
  /** Path of the file. */
  file: string;
  /** From 1; pages that are previews do not count. */
  page: number;
}

/** What a path means that is not that of a file; undefined for one that names no page. The first page has the path of its file. */
export function pageOf(path: string): PagePath | undefined {
  const [, file, page] = /^(.*\.tiff?)#([1-9]\d*)$/i.exec(path) ?? [];
  return file === undefined ? undefined : { file, page: Number(page) };
}

/** Whether the pages of a file have paths of their own. */
export function hasPages(path: string): boolean {
  return /\.tiff?$/i.test(path);
}

/** Path of a page. @param page from 1 */
export function pathOfPage(file: string, page: number): string {
  return page === 1 ? file : `${file}#${page}`;
}
