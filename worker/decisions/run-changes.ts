// What a run changed in a label file that was there before, and whether it may.
import { locate } from '../images/image-file';
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { EngineError } from '../api/errors';
import type { RunChanges } from '../api/requests';
import { clusterTitle, regionDocument, type LabelCluster, type LabelDocument } from '../labels';
import type { Rename } from './follow-images';

/**
 * @param before the label file with the paths that its images have now
 * @param present paths of the images that are there, usable or not
 */
export function changesOf(
  before: LabelDocument,
  after: LabelDocument,
  renamed: Rename[],
  leftOut: string[],
  present: ReadonlySet<string>,
): RunChanges {
  const old = new Map(before.images.map(({ path, cluster }) => [path, cluster]));
  const sorted = (paths: string[]) => paths.sort();
  const paths = after.images.map(({ path }) => path);
  return {
    added: sorted(paths.filter((path) => !old.has(path))),
    moved: sorted(
      after.images.flatMap(({ path, cluster }) => (old.has(path) && old.get(path) !== cluster ? [path] : [])),
    ),
    renamed,
    lost: endedClusters(before, after).map(({ id, name }) => ({ id, name })),
    missing: sorted(paths.filter((path) => !present.has(path))),
    leftOut,
  };
}

/** Clusters that had images, and are not there any more. */
function endedClusters(before: LabelDocument, after: LabelDocument): LabelCluster[] {
  const had = new Set(regionDocument(before).images.map(({ cluster }) => cluster));
  const stays = new Set(after.clusters.map(({ id }) => id));
  return before.clusters.filter(({ id }) => had.has(id) && !stays.has(id));
}

/** @throws EngineError `would-end-clusters` when a cluster that a person named would have no image any more */
export function refuseToEndNamed(before: LabelDocument, after: LabelDocument): void {
  const ended = endedClusters(before, after).filter(({ name }) => name.trim() !== '');
  if (ended.length === 0) return;
  const names = ended.map((cluster) => `"${clusterTitle(cluster)}"`).join(', ');
  throw new EngineError(
    { code: 'would-end-clusters', clusters: ended.map(({ id, name }) => ({ id, name })) },
    `This would end ${ended.length === 1 ? 'a cluster that has a name' : 'clusters that have names'}: ${names}. Nothing was written. Run again with --regroup to group anew all the same; or pin images that must stay.`,
  );
}

/**
 * Of lines without an image of this run, those whose file is there all the same: it is no image to cluster any more, but a mask or a
 * normal image. Their lines go. Those below a folder that cannot be looked into stay.
 * @param unreadable paths of files and folders
 */
export async function pathsLeftOut(
  folder: string,
  lines: readonly string[],
  unreadable: readonly string[],
): Promise<string[]> {
  const isReadable = (path: string) => !unreadable.some((above) => above === '' || path.startsWith(`${above}/`));
  const found = await Promise.all(
    lines
      .filter(isReadable)
      .map(async (path) =>
        (await lstat((await locate(join(folder, path))).file).catch(() => undefined))?.isFile() ? [path] : [],
      ),
  );
  return found.flat();
}
