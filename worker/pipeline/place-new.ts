// "Assign New Images": images that the label file does not have get the most probable of its clusters; nothing that was there changes.
import { EngineError } from '../api/errors';
import type { RunChanges } from '../api/requests';
import type { MethodSettings } from '../api/settings';
import { isHausdorff } from '../bags/hausdorff';
import { evenly } from '../base/evenly';
import { requireSetting } from '../base/require-setting';
import { outlierFactor } from '../algebra/neighbourhood';
import { knownPoints, neighboursNeeded } from '../describe/block-vectors';
import type { DatasetImage } from '../describe/dataset';
import type { DescribedDataset } from '../describe/describe-images';
import { freeColor } from '../labels/palette';
import type { LabelCluster, LabelDocument, LabelImage } from '../labels';
import { assignNew } from '../learning/assign';
import type { Situation } from '../learning/learnable';
import type { Run } from '../session/run';
import { followImages, withRenames } from '../decisions/follow-images';
import { changesOf } from '../decisions/run-changes';

/** What images that are unlike all others are called, until a person says what they are. */
export const unlikeName = 'New, unlike the others';

/** Fewer of them are one group. */
const fewestToGroup = 8;
/** Smaller groups are no kind of their own: their images stay together in the first. */
const smallestGroup = 3;

/** The label file as it speaks of the files that are there now, and which of them it has no line for. */
export interface Arrivals {
  /** Images that were renamed have their new path. */
  before: LabelDocument;
  renamed: RunChanges['renamed'];
  /** Contents of the images that have lines: they say what is usual. */
  basis: ReadonlySet<string>;
}

/** @throws EngineError `invalid-setting` where images are not compared as vectors */
export function requireVectors({ distance }: Pick<MethodSettings, 'distance'>): void {
  requireSetting(
    !isHausdorff(distance),
    `New images cannot be assigned where images are compared by a Hausdorff distance ("${distance}"): they have no vectors. Cluster the folder again instead.`,
  );
}

/**
 * @param contents SHA-256 of images by the path that they had in earlier runs
 * @throws EngineError `too-few-images` where none of the label file's images is there
 */
export function arrivalsOf(
  folder: string,
  previous: LabelDocument,
  images: readonly DatasetImage[],
  contents: ReadonlyMap<string, string>,
): Arrivals {
  const renamed = followImages(previous, images, contents);
  const before = withRenames(previous, renamed);
  const lines = new Set(before.images.map(({ path }) => path));
  const basis = new Set(images.filter(({ path }) => lines.has(path)).map(({ content }) => content));
  if (basis.size >= 2) return { before, renamed, basis };
  throw new EngineError(
    { code: 'too-few-images', folder },
    `Fewer than two images of the label file are in ${folder}, so there is nothing to compare new ones with. Cluster the folder instead.`,
  );
}

/** New lines, and what they mean. */
export interface Placed {
  labels: LabelDocument;
  changes: RunChanges;
  /** Paths of new images that are unlike all others. */
  unlike: string[];
}

/** @param described all images, by what is usual among the known ones */
export async function placeNew(
  run: Run,
  { before, renamed }: Arrivals,
  { images, comparison: { vectors, dimensions } }: DescribedDataset,
  { present, seed }: { present: ReadonlySet<string>; seed: number },
): Promise<Placed> {
  if (!vectors || dimensions === undefined) throw new RangeError('Vectors are needed: see requireVectors.');
  const lines = new Map(before.images.map((image) => [image.path, image]));
  const clusterOfContent = new Map<string, number>();
  for (const { image } of images) {
    const line = lines.get(image.path);
    if (line) clusterOfContent.set(image.content, line.cluster);
  }
  // A copy of a known image belongs where that is.
  const clusters = images.map(({ image }) => lines.get(image.path)?.cluster ?? clusterOfContent.get(image.content));
  const decided = images.map(({ image }) => lines.get(image.path)?.pinned === true);
  const unlikeness = images.map((image) => image.unlikeness);
  const placed = await placeRows(run, { vectors, dimensions, clusters, decided }, unlikeness, {
    known: before.clusters,
    seed,
  });
  const added: LabelImage[] = images.flatMap(({ image: { path } }, row) => {
    const cluster = placed.rows.get(row) ?? clusters[row];
    return lines.has(path) || cluster === undefined ? [] : [{ path, cluster }];
  });
  const labels = { ...before, clusters: placed.clusters, images: [...before.images, ...added] };
  return {
    labels,
    changes: changesOf(before, labels, renamed, [], present),
    unlike: placed.unlike.map((row) => images[row]!.image.path).sort(),
  };
}

/** Where rows without a cluster belong. */
export interface PlacedRows {
  /** Id of the cluster of each such row. */
  rows: Map<number, number>;
  /** The known clusters, and new ones of what is unlike all others. */
  clusters: LabelCluster[];
  /** Rows that are unlike all others. */
  unlike: number[];
}

/** Rows get the most probable cluster; those that fit nowhere are grouped among themselves. */
export async function placeRows(
  run: Run,
  situation: Situation & { vectors: Float32Array },
  unlikeness: readonly (number | undefined)[],
  { known, seed }: { known: readonly LabelCluster[]; seed: number },
): Promise<PlacedRows> {
  const placements = assignNew(situation, await unlikenessOf(run, unlikeness, situation));
  const unlike = placements.flatMap(({ row, cluster }) => (cluster === undefined ? [row] : []));
  const rows = new Map(
    placements.flatMap(({ row, cluster }): [number, number][] => (cluster === undefined ? [] : [[row, cluster]])),
  );
  const groups = await groupsOf(run, unlike, situation.vectors, situation.dimensions, seed);
  const fresh = new Map<number, LabelCluster>();
  const clusters = [...known];
  for (const [i, row] of unlike.entries()) {
    const group = groups[i]!;
    const cluster = fresh.get(group) ?? newCluster(clusters, fresh.size);
    if (!fresh.has(group)) clusters.push(cluster);
    fresh.set(group, cluster);
    rows.set(row, cluster.id);
  }
  return { rows, clusters, unlike };
}

/** As the method says; where it does not, by the vectors that images are compared by. */
async function unlikenessOf(
  run: Run,
  told: readonly (number | undefined)[],
  { vectors, dimensions, clusters }: Situation & { vectors: Float32Array },
): Promise<readonly (number | undefined)[]> {
  const point = (row: number) => vectors.slice(row * dimensions, (row + 1) * dimensions);
  // By their paths, images come kind by kind.
  const known = evenly(
    [...clusters.keys()].filter((row) => clusters[row] !== undefined),
    knownPoints,
  );
  if (told.some((each) => each !== undefined) || known.length < neighboursNeeded) return told;
  const around = await run.task('neighbourhood', { points: known.map(point) });
  const factors = new Map(known.map((row, i) => [row, around.factors[i]!]));
  return clusters.map((cluster, row) => (cluster === undefined ? outlierFactor(point(row), around) : factors.get(row)));
}

/** Groups of images that are unlike all others, among themselves. */
async function groupsOf(
  run: Run,
  rows: readonly number[],
  vectors: Float32Array,
  dimensions: number,
  seed: number,
): Promise<ArrayLike<number>> {
  if (rows.length < fewestToGroup) return rows.map(() => 0);
  const own = new Float32Array(rows.length * dimensions);
  for (const [i, row] of rows.entries())
    own.set(vectors.subarray(row * dimensions, (row + 1) * dimensions), i * dimensions);
  const { assignment } = await run.task('group', {
    ...{ count: rows.length, vectors: own, dimensions },
    ...{ clusterer: 'ward', clusters: 'auto', seed },
  });
  const sizes = new Map<number, number>();
  for (const label of assignment) sizes.set(label, (sizes.get(label) ?? 0) + 1);
  return Array.from(assignment, (label) => (sizes.get(label)! < smallestGroup ? -1 : label));
}

function newCluster(known: readonly LabelCluster[], place: number): LabelCluster {
  const id = Math.max(0, ...known.map((cluster) => cluster.id)) + 1;
  const name = place === 0 ? unlikeName : `${unlikeName} (${place + 1})`;
  return { id, name, color: freeColor(known) };
}
