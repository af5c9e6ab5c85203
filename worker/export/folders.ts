// A folder for each cluster, with its images: copies, hard links or symbolic links. Nothing that is there is ever overwritten.
import { constants } from 'node:fs';
import { access, copyFile, link, mkdir, stat, symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { FolderExport, Placing } from '../api/requests';
import { fileInside, outsideReason } from '../images/inside';
import { clusterTitle, type LabelDocument } from '../labels';

/**
 * @param folder absolute path of the clustered folder
 * @param target absolute path; made where it is missing
 * @param onStep called for every image; may throw to stop
 */
export async function placeInFolders(
  { clusters, images }: LabelDocument,
  folder: string,
  target: string,
  placing: Placing,
  onStep?: () => void,
): Promise<FolderExport> {
  const names = folderNames(clusters.map((cluster) => ({ id: cluster.id, title: clusterTitle(cluster) })));
  const taken = new Set<string>();
  const result: FolderExport = { placed: 0, failures: [] };
  for (const { path, cluster } of images) {
    onStep?.();
    const own = join(target, names.get(cluster)!);
    // Files of the same name come from several folders: their paths tell them apart.
    const plain = join(own, basename(path));
    const to = taken.has(plain.toLowerCase()) ? join(own, path.replaceAll('/', '__')) : plain;
    taken.add(to.toLowerCase());
    const from = fileInside(folder, path);
    try {
      if (from === undefined) throw new Error(outsideReason);
      if (!(await stat(from)).isFile()) throw new Error('is no regular file');
      await mkdir(own, { recursive: true });
      await place(from, to, placing);
      result.placed++;
    } catch (error) {
      result.failures.push({ path, reason: reasonOf(error) });
    }
  }
  return result;
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

/** Names that every file system takes, one for each cluster. */
function folderNames(clusters: { id: number; title: string }[]): Map<number, string> {
  const safe = ({ title }: { title: string }) =>
    title
      .replaceAll(/[<>:"/\\|?*\p{Control}]/gu, '_')
      .replace(/[. ]+$/, '')
      .slice(0, 80) || '_';
  const counts = new Map<string, number>();
  for (const cluster of clusters) {
    const name = safe(cluster).toLowerCase();
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return new Map(
    clusters.map((cluster) => {
      const name = safe(cluster);
      return [cluster.id, counts.get(name.toLowerCase()) === 1 ? name : `${name} (${cluster.id})`];
    }),
  );
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
