// "Assign New Images" where regions were grouped: each region of a new image gets the most probable cluster; known lines stay.
import type { DescribedDataset } from '../describe/describe-images';
import type { DescribedRegions } from '../describe/image-regions';
import { changesOf } from '../decisions/run-changes';
import { freeColor } from '../labels/palette';
import { regionAt } from '../labels/align-regions';
import { isPinned, type LabelCluster, type LabelDocument, type LabelImage, type LabelRegion } from '../labels';
import type { Run } from '../session/run';
import { placeRows, type Arrivals, type Placed } from './place-new';

/** @param described all images, by what is usual among the known ones */
export async function placeRegions(
  run: Run,
  { before, renamed }: Arrivals,
  { images }: Pick<DescribedDataset, 'images'>,
  { regions, comparison }: DescribedRegions,
  { present, seed }: { present: ReadonlySet<string>; seed: number },
): Promise<Placed> {
  const lines = new Map(before.images.map((image) => [image.path, image]));
  const known = regions.map(({ image, box }) => {
    const line = lines.get(images[image]!.image.path);
    return line && { line, region: regionAt(box, line.regions ?? []) };
  });
  // Of known images, regions that no line is about are left alone.
  const rows = [...regions.keys()].filter((row) => !known[row] || known[row].region !== undefined);
  const placed = comparison?.vectors
    ? await placeRows(
        run,
        {
          vectors: selected(comparison.vectors, comparison.dimensions!, rows),
          dimensions: comparison.dimensions!,
          clusters: rows.map((row) => known[row]?.region?.cluster),
          decided: rows.map((row) => known[row]?.region?.pinned === true || known[row]?.line.pinned === true),
        },
        rows.map(() => undefined),
        { known: before.clusters, seed },
      )
    : { rows: new Map<number, number>(), clusters: [...before.clusters], unlike: [] };
  const found = images.map((): LabelRegion[] => []);
  for (const [at, cluster] of [...placed.rows].sort(([a], [b]) => a - b)) {
    const { image, box } = regions[rows[at]!]!;
    found[image]!.push({ box, cluster });
  }
  const clusters = [...placed.clusters];
  const added = images.flatMap(({ image: { path } }, i): LabelImage[] => {
    if (lines.has(path)) return [];
    const own = found[i]!;
    if (own[0]) return [{ path, cluster: own[0].cluster, regions: own }];
    return [{ path, cluster: clusterWithoutRegions(before, clusters) }];
  });
  const labels = { ...before, clusters, images: [...before.images, ...added] };
  const unlike = new Set(placed.unlike.map((at) => images[regions[rows[at]!]!.image]!.image.path));
  return { labels, changes: changesOf(before, labels, renamed, [], present), unlike: [...unlike].sort() };
}

function selected(vectors: Float32Array, dimensions: number, rows: readonly number[]): Float32Array {
  const own = new Float32Array(rows.length * dimensions);
  for (const [at, row] of rows.entries())
    own.set(vectors.subarray(row * dimensions, (row + 1) * dimensions), at * dimensions);
  return own;
}

/** Where most images that nothing stands out in are; a new cluster, added to the list, where there are none. */
function clusterWithoutRegions({ images }: LabelDocument, clusters: LabelCluster[]): number {
  const counts = new Map<number, number>();
  for (const image of images) {
    if ((image.regions?.length ?? 0) > 0 || isPinned(image)) continue;
    counts.set(image.cluster, (counts.get(image.cluster) ?? 0) + 1);
  }
  const [most] = [...counts].sort(([a, countA], [b, countB]) => countB - countA || a - b);
  if (most) return most[0];
  const fresh = { id: Math.max(0, ...clusters.map(({ id }) => id)) + 1, name: '', color: freeColor(clusters) };
  clusters.push(fresh);
  return fresh.id;
}
