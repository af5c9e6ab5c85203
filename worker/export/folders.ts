// A folder for each cluster, with its images: copies, hard links or symbolic links. Nothing that is there is ever overwritten.
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { access, copyFile, link, mkdir, stat, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { FolderExport, Placing } from '../api/requests';
import { locate, withImageFile } from '../images/image-file';
import { pageOf } from '../images/pages';
import { fileInside, outsideReason } from '../images/inside';
import { clusterTitle, type LabelDocument } from '../labels';

export interface PlaceOptions {
  /** Called for every image; may throw to stop. */
  onStep?: () => void;
  /** Folders `train` and `val` with a folder for each cluster in both, as Ultralytics' YOLO reads them; the share is for validation. */
  split?: { share: number } | undefined;
}

/**
 * @param folder absolute path of the clustered folder
 * @param target absolute path; made where it is missing
 */
export async function placeInFolders(
  { clusters, images }: LabelDocument,
  folder: string,
  target: string,
  placing: Placing,
  { onStep, split }: PlaceOptions = {},
): Promise<FolderExport> {
  const names = folderNames(clusters.map((cluster) => ({ id: cluster.id, title: clusterTitle(cluster) })));
  const fileNames = namesInFolders(images);
  const result: FolderExport = { placed: 0, failures: [] };
  for (const { path, cluster } of images) {
    onStep?.();
    const part = split ? (validates(path, split.share) ? 'val' : 'train') : '.';
    const own = join(target, part, names.get(cluster)!);
    const to = join(own, fileNames.get(path)!);
    const from = fileInside(folder, path);
    try {
      if (from === undefined) throw new Error(outsideReason);
      const { file, page } = await locate(from);
      if (!(await stat(file)).isFile()) throw new Error('is no regular file');
      if (page > 1 && placing !== 'copy')
        throw new Error('is a page of a file, which links cannot be made to. Copy it');
      await mkdir(own, { recursive: true });
      if (page > 1) await withImageFile(from, (bytes) => writeFile(to, bytes, { flag: 'wx' }));
      else await place(file, to, placing);
      result.placed++;
    } catch (error) {
      result.failures.push({ path, reason: reasonOf(error) });
    }
  }
  return result;
}

/** By a hash of the path: the same image in every export, whatever else is in the folder. */
function validates(path: string, share: number): boolean {
  return createHash('sha256').update(path).digest().readUInt32BE() / 2 ** 32 < share;
}

async function place(from: string, to: string, placing: Placing): Promise<void> {
  switch (placing) {
    case 'copy':
      return copyFile(from, to, constants.COPYFILE_EXCL);
    case 'hard link':
      return link(from, to);
    case 'symbolic link':
      // A link to nothing would be made, too.
      await access(from);
      return symlink(from, to);
  }
}

/** Each image's name in the folder of its cluster: its own, or its path where others of that name come from other folders. */
function namesInFolders(images: LabelDocument['images']): Map<string, string> {
  const taken = new Map<number, Set<string>>();
  return new Map(
    images.map(({ path: own, cluster }) => {
      const page = pageOf(own);
      const path = page ? page.file.replace(/(\.[^.]*)$/, ` (page ${page.page})$1`) : own;
      const inCluster = taken.get(cluster) ?? new Set();
      taken.set(cluster, inCluster);
      const long = path.replaceAll('/', '__');
      return [
        own,
        take(
          candidates([basename(path), long], (n) => long.replace(/(\.[^.]*)?$/, ` (${n})$1`)),
          inCluster,
        ),
      ];
    }),
  );
}

/** Names that Windows keeps for devices, with any extension. */
const reserved = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;
const longestName = 80;

/** Names that every file system takes, one for each cluster, the same in every export. */
function folderNames(clusters: { id: number; title: string }[]): Map<number, string> {
  const safe = (title: string) => {
    const name = [...title.replaceAll(/[<>:"/\\|?*\p{Control}]/gu, '_')]
      .slice(0, longestName)
      .join('')
      .replace(/[. ]+$/, '');
    return name === '' || reserved.test(name) ? `_${name}` : name;
  };
  const counts = new Map<string, number>();
  const names = clusters.map(({ id, title }) => ({ id, name: safe(title) }));
  for (const { name } of names) counts.set(name.toLowerCase(), (counts.get(name.toLowerCase()) ?? 0) + 1);
  const isAlone = ({ name }: { name: string }) => counts.get(name.toLowerCase()) === 1;
  const taken = new Set<string>();
  // What a name alone makes one of its kind keeps it; the others get their number.
  const alone = names.filter(isAlone).map(({ id, name }) => [id, take(candidates([name]), taken)] as const);
  const others = names
    .filter((each) => !isAlone(each))
    .map(
      ({ id, name }) =>
        [
          id,
          take(
            candidates([`${name} (${id})`], (n) => `${name} (${id}, ${n})`),
            taken,
          ),
        ] as const,
    );
  return new Map([...alone, ...others]);
}

/** The names given, then numbered ones without end. */
function* candidates(names: readonly string[], numbered = (n: number) => `${names[0]!} (${n})`): Generator<string> {
  yield* names;
  for (let n = 2; ; n++) yield numbered(n);
}

/** The first name that is not taken, on file systems that know no case, either. */
function take(names: Iterable<string>, taken: Set<string>): string {
  for (const name of names) {
    const key = name.normalize().toLowerCase();
    if (taken.has(key)) continue;
    taken.add(key);
    return name;
  }
  throw new RangeError('No name is left');
}

function reasonOf(error: unknown): string {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'EEXIST':
      return 'is there already, and was left as it is';
    case 'ENOENT':
      return 'is no longer there';
    case 'EXDEV':
      return 'is on another disk, where hard links cannot lead';
    default:
      return error instanceof Error ? error.message : String(error);
  }
}
