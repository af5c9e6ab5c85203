// Where an image lies in a tar file, and how such a place is written as the path of a file:
// `/photos/train-000000.tar#1536+20480/scratch/001.png` is 20,480 bytes from byte 1,536 on. Pure.

/** A member of a tar file. */
export interface TarPlace {
  /** Path of the tar file, relative to the folder of all of them, with `/`. */
  tar: string;
  /** Of its first byte. */
  offset: number;
  /** In bytes. */
  size: number;
}

/** What an address names. */
export interface TarAddress {
  /** Path of the tar file. */
  file: string;
  offset: number;
  size: number;
}

/** @param file path of the tar file @param name of the member, for people and for the pages of a TIFF */
export function addressOf(file: string, { offset, size }: Pick<TarPlace, 'offset' | 'size'>, name: string): string {
  return `${file}#${offset}+${size}/${name}`;
}

/** Undefined for the path of a file that is none in a tar file. */
export function addressIn(path: string): TarAddress | undefined {
  // The first one: a member may have any name.
  const [, file, offset, size] = /^(.*?\.tar)#(\d{1,15})\+(\d{1,15})\//is.exec(path) ?? [];
  return file === undefined ? undefined : { file, offset: Number(offset), size: Number(size) };
}
