// Which images tar files hold, by the rules that a folder goes by; and what in them is odd, so that it is left out.
import { open } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { ImageFailure } from '../../api/requests';
import { recogniseFormat } from '../formats/format';
import { extensionOf, isSystemFile, isSystemFolder, kindOfName } from '../formats/file-names';
import type { TarPlace } from './address';
import { readHeaders, type TarEntry } from './read-headers';

/** What is told of tar files beside their images. */
export interface TarReport {
  /** Gets tar files with what is wrong with them, and images that are there and cannot be used. */
  failures: ImageFailure[];
  /** Counts members that are no images, by kind. */
  passedOver: Map<string, number>;
  /** Whether a file of this name is one of ours, and no image. */
  isOwn: (name: string) => boolean;
}

/** Pictures of members become files: with what is put behind a name while they are written, no file system takes more. */
const longestName = 200;
/** A format shows in these. */
const headBytes = 512;

/**
 * Reads the headers of tar files. As where a tar file is unpacked, the last of several members of one name counts.
 * @param folder absolute path of the folder that all of them lie in
 * @param tars their paths, relative to it, with `/`
 * @returns where images lie, by their path: that of the tar file, and below it the name of the member; sorted by code units
 */
export async function listTarImages(
  folder: string,
  tars: readonly string[],
  { failures, passedOver, isOwn }: TarReport,
): Promise<Map<string, TarPlace>> {
  const found: [path: string, place: TarPlace][] = [];
  for (const tar of tars) {
    const odd = new OddNames();
    const count = (kind: string) => passedOver.set(kind, (passedOver.get(kind) ?? 0) + 1);
    try {
      const { entries, problem } = await readHeaders(join(folder, tar));
      if (problem !== undefined) failures.push({ path: tar, reason: problem });
      const images = await imagesAmong(join(folder, tar), entries, { odd, count, isOwn });
      for (const [name, { kind, offset, size }] of images) {
        const path = `${tar}/${name}`;
        if (kind === 'file') found.push([path, { tar, offset, size }]);
        else failures.push({ path, reason: kindReasons[kind] });
      }
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === undefined) throw error;
      failures.push({ path: tar, reason: code === 'ENOENT' ? 'is not there' : `cannot be read (${message})` });
    }
    for (const reason of odd.reasons) failures.push({ path: tar, reason });
  }
  found.sort(([a], [b]) => (a < b ? -1 : 1));
  return new Map(found);
}

const kindReasons: Record<Exclude<TarEntry['kind'], 'file'>, string> = {
  folder: 'is a folder',
  link: 'is a link, which is not followed. Put the image itself into the tar file',
  sparse: 'is a sparse file, which is not read. Write the tar file without --sparse',
  other: 'is not a file but a device or a pipe',
};

interface Rules {
  odd: OddNames;
  count: (kind: string) => void;
  isOwn: (name: string) => boolean;
}

/** Members that are images, or are called so, by the name that they have as files. */
async function imagesAmong(
  file: string,
  entries: readonly TarEntry[],
  { odd, count, isOwn }: Rules,
): Promise<Map<string, TarEntry>> {
  const members = new Map<string, TarEntry>();
  for (const entry of entries) {
    const parts = entry.name.split('/').filter((part) => part !== '' && part !== '.');
    const name = parts.join('/');
    const last = parts[parts.length - 1] ?? '';
    if (entry.kind === 'folder' || name === '') continue;
    const reason = oddName(entry.name, parts);
    const mayBeImage = kindOfName(last) !== 'other';
    if (reason !== undefined && mayBeImage) odd.add(reason, entry.name);
    else if (reason !== undefined) count(extensionOf(last));
    else if (parts.some((part) => part.startsWith('.')) || isSystemFile(last) || isOwn(last)) continue;
    else if (parts.slice(0, -1).some(isSystemFolder)) count(`${parts.find(isSystemFolder)}/`);
    else {
      if (members.has(name) && mayBeImage)
        odd.add('several times: the last one counts, as where it is unpacked', entry.name);
      members.set(name, entry);
    }
  }
  const images = new Map<string, TarEntry>();
  const handle = await open(file, 'r');
  try {
    for (const [name, entry] of members) {
      const kind = kindOfName(basename(name));
      if (kind === 'other' || (kind === 'unknown' && !(await isPicture(entry)))) count(extensionOf(name));
      else if (foldersOf(name).some((above) => members.has(above)))
        odd.add('below a file of that name, where no file can be', name);
      else images.set(name, entry);
    }
  } finally {
    await handle.close();
  }
  return images;

  async function isPicture({ kind, offset, size }: TarEntry): Promise<boolean> {
    if (kind !== 'file') return false;
    const head = new Uint8Array(Math.min(headBytes, size));
    await handle.read(head, 0, head.length, offset);
    const recognised = recogniseFormat(head);
    return 'format' in recognised || recognised.isPicture === true;
  }
}

/** Why a member cannot become a file of its name, to put behind it. */
function oddName(name: string, parts: readonly string[]): string | undefined {
  if (name.startsWith('/') || /^[a-z]:/i.test(name)) return 'with an absolute path';
  if (parts.includes('..')) return 'with a path that leads out of it';
  // Elsewhere a backslash is what a slash is here.
  if (/[\\\0]/.test(name)) return 'with a backslash or a NUL in its name';
  // What is no UTF-8 was replaced when it was read.
  if (name.includes('\ufffd')) return 'with a name that is not UTF-8';
  // The gallery would look for the second page of that TIFF.
  if (/\.tiff?#[1-9]\d*$/i.test(name)) return 'with the name of a page of a TIFF';
  return parts.some((part) => Buffer.byteLength(part) > longestName)
    ? `with a name of more than ${longestName} bytes`
    : undefined;
}

/** The folders that a path leads through. */
function foldersOf(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, i) => parts.slice(0, i + 1).join('/'));
}

/** Members of a tar file that are left out for what they are called: there may be very many, and one says it. */
class OddNames {
  private readonly byReason = new Map<string, { first: string; count: number }>();

  add(reason: string, name: string): void {
    const known = this.byReason.get(reason);
    if (known) known.count++;
    else this.byReason.set(reason, { first: name, count: 1 });
  }

  /** To put behind the name of the tar file. */
  get reasons(): string[] {
    return [...this.byReason].map(([reason, { first, count }]) => {
      const others = count === 1 ? '' : `, and ${count - 1} more like it,`;
      return `holds ${first}${others} ${reason}`;
    });
  }
}
