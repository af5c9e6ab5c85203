// From what a run proposes to what it writes: what a person decided stays, and what is different is told.
import type { ImageFailure, RunChanges } from '../api/requests';
import type { DatasetImage } from '../describe/dataset';
import type { DescribedDataset } from '../describe/describe-images';
import { nearestOf } from '../clustering/medoids';
import { alignRegions, type LabelDocument } from '../labels';
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
  similar: Similarity;
}

/** What lines are grouped by: vectors or distances, one for each path of an image or key of a region. */
export interface Similarity {
  keys: readonly string[];
  comparison: DescribedDataset['comparison'];
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
  if (previous === undefined) return { labels: alignRegions(undefined, proposed) };
  const { folder, regroup, images, failures, similar } = found;
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
  const labels = alignRegions(before, proposed, { regroup, mostSimilar: similarityIn(similar) });
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

/** Images without regions have nothing that they could be compared by where regions are: all others are alike to them. */
function similarityIn({ keys, comparison }: Similarity): (key: string, others: readonly string[]) => string {
  const rows = new Map(keys.map((key, row) => [key, row]));
  return (key, others) => {
    const row = rows.get(key);
    const known = others.filter((other) => rows.has(other));
    if (row === undefined || known.length === 0) return others[0]!;
    return known[
      nearestOf(
        comparison,
        row,
        known.map((other) => rows.get(other)!),
      )
    ]!;
  };
}
