// From what a run proposes to what it writes: what a person decided stays, and what is different is told.
import type { ImageFailure, RunChanges } from '../api/requests';
import type { DatasetImage } from '../describe/dataset';
import type { DescribedDataset } from '../describe/describe-images';
import { nearestOf } from '../clustering/medoids';
import { alignLabels, type LabelDocument } from '../labels';
import { followImages, withRenames } from './follow-images';
import { changesOf, pathsLeftOut, refuseToEndNamed } from './run-changes';

/** What a run found, and what it may do. */
interface Found {
  folder: string;
  regroup: boolean;
  mayEndClusters: boolean;
  /** Images that can be read. */
  images: readonly DatasetImage[];
  failures: readonly ImageFailure[];
  /** SHA-256 of images by the path that they had in the last run. */
  contents: ReadonlyMap<string, string>;
  described: DescribedDataset;
}

/**
 * @param previous undefined where there was no label file; then nothing is said of changes
 * @throws EngineError `would-end-clusters`
 */
export async function keepDecisions(
  previous: LabelDocument | undefined,
  proposed: LabelDocument,
  found: Found,
): Promise<{ labels: LabelDocument; changes?: RunChanges }> {
  if (previous === undefined) return { labels: alignLabels(undefined, proposed) };
  const { folder, regroup, images, failures, described } = found;
  const unreadable = failures.map(({ path }) => ({ path }));
  const present = new Set([...images, ...unreadable].map(({ path }) => path));
  const renamed = followImages(previous, [...images, ...unreadable], found.contents);
  const followed = withRenames(previous, renamed);
  const leftOut = await pathsLeftOut(
    folder,
    followed.images.map(({ path }) => path).filter((path) => !present.has(path)),
    failures.map(({ path }) => path),
  );
  const gone = new Set(leftOut);
  const before = { ...followed, images: followed.images.filter(({ path }) => !gone.has(path)) };
  const labels = alignLabels(before, proposed, { regroup, mostSimilar: similarityIn(described) });
  if (!found.mayEndClusters) refuseToEndNamed(followed, labels);
  return { labels, changes: changesOf(followed, labels, renamed, leftOut, present) };
}

/** Contents of images that are not there now, so that they are known when they come back under another path. */
export function contentsOfMissing(
  changes: RunChanges | undefined,
  contents: ReadonlyMap<string, string>,
): Record<string, string> {
  return Object.fromEntries(
    (changes?.missing ?? []).flatMap((path) => {
      const content = contents.get(path);
      return content === undefined ? [] : [[path, content]];
    }),
  );
}

/** By the vectors or distances that the images were grouped by. */
function similarityIn({ images, comparison }: DescribedDataset): (path: string, others: readonly string[]) => string {
  const rows = new Map(images.map(({ image }, row) => [image.path, row]));
  const row = (path: string) => rows.get(path)!;
  return (path, others) => others[nearestOf(comparison, row(path), others.map(row))]!;
}
