// A folder for each cluster, with its images: copies, hard links or symbolic links. Nothing that is there is ever overwritten.
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { FolderExport, Placing } from '../api/requests';
import { clusterTitle, type LabelDocument } from '../labels';
import { takeName } from './new-file';
import { namesOfImage, placeImage } from './place-image';

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
    const to = join(target, part, names.get(cluster)!, fileNames.get(path)!);
    const reason = await placeImage(folder, path, to, placing);
    if (reason === undefined) result.placed++;
    else result.failures.push({ path, reason });
  }
  return result;
}

/** By a hash of the path: the same image in every export, whatever else is in the folder. */
export function validates(path: string, share: number): boolean {
  return createHash('sha256').update(path).digest().readUInt32BE() / 2 ** 32 < share;
}

/** Each image's name in the folder of its cluster: its own, or its path where others of that name come from other folders. */
function namesInFolders(images: LabelDocument['images']): Map<string, string> {
  const taken = new Map<number, Set<string>>();
  return new Map(
    images.map(({ path, cluster }) => {
      const inCluster = taken.get(cluster) ?? new Set();
      taken.set(cluster, inCluster);
      return [path, takeName(namesOfImage(path), inCluster)];
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
  const alone = names.filter(isAlone).map(({ id, name }) => [id, takeName(candidates([name]), taken)] as const);
  const others = names
    .filter((each) => !isAlone(each))
    .map(
      ({ id, name }) =>
        [
          id,
          takeName(
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
