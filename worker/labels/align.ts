// Running again keeps what a person did: new clusters take the ids, names and colours of the old ones that they overlap most.
import { linearSumAssignment } from 'linear-sum-assignment';
import type { LabelCluster, LabelDocument, LabelImage } from './document';
import { paletteIndex } from './palette';

/**
 * Brings a new clustering in line with the previous file. Clusters are matched one to one by the Hungarian method on the number
 * of images in common. Pinned images stay where they were, and draw the others of their new cluster to them; so do the
 * `untouchable` ones, which could not be looked at this time. Keys that this version does not know survive; `method` is of this run.
 * @param untouchable paths whose previous lines are kept as they are
 */
export function alignLabels(
  previous: LabelDocument | undefined,
  proposed: LabelDocument,
  untouchable: ReadonlySet<string> = new Set(),
): LabelDocument {
  const old = previous ?? { ...proposed, clusters: [], images: [] };
  const oldImages = new Map(old.images.map((image) => [image.path, image]));
  const kept = new Map(
    old.images
      .filter(({ path, pinned }) => pinned === true || untouchable.has(path))
      .map((image) => [image.path, image]),
  );
  const present = kept.size > 0 ? new Set(proposed.images.map(({ path }) => path)) : new Set<string>();
  const moving = proposed.images.filter(({ path }) => !kept.has(path));
  const matches = matchClusters(proposed.images, new Set(moving.map(({ cluster }) => cluster)), oldImages);
  const oldClusters = new Map(old.clusters.map((cluster) => [cluster.id, cluster]));
  const ids = assignIds(proposed.clusters, moving, matches, oldClusters, kept.values());

  const images = [
    ...moving.map(({ path, cluster: proposedId }) => {
      const [before, cluster] = [oldImages.get(path), ids.get(proposedId)!];
      return before?.cluster === cluster ? before : { ...before, path, cluster };
    }),
    ...[...kept.values()].filter(({ path }) => untouchable.has(path) || present.has(path)),
  ];
  const used = new Set(images.map(({ cluster }) => cluster));
  return {
    ...old,
    ...proposed,
    clusters: clustersOf(
      [...used].sort((a, b) => a - b),
      oldClusters,
    ),
    images,
  };
}

/**
 * Proposed cluster id → previous cluster id, for pairs that share images.
 * @param needed proposed clusters that take part; one with pinned images only needs no id
 */
function matchClusters(
  images: LabelImage[],
  needed: ReadonlySet<number>,
  previous: ReadonlyMap<string, LabelImage>,
): Map<number, number> {
  const overlaps = new Map<number, Map<number, number>>();
  for (const { path, cluster } of images) {
    const before = previous.get(path)?.cluster;
    if (before === undefined || !needed.has(cluster)) continue;
    const row = overlaps.get(cluster) ?? new Map<number, number>();
    row.set(before, (row.get(before) ?? 0) + 1);
    overlaps.set(cluster, row);
  }
  const rows = [...overlaps.keys()].sort((a, b) => a - b);
  const columns = [...new Set([...overlaps.values()].flatMap((row) => [...row.keys()]))].sort((a, b) => a - b);
  if (rows.length === 0) return new Map();
  // A square matrix: what is matched to nothing has an overlap of zero.
  const side = Math.max(rows.length, columns.length);
  const matrix = Array.from({ length: side }, (_, r) =>
    Array.from({ length: side }, (_, c) => overlaps.get(rows[r] ?? -1)?.get(columns[c] ?? -1) ?? 0),
  );
  const { rowAssignments } = linearSumAssignment(matrix, { maximaze: true });
  const matches = new Map<number, number>();
  for (const [r, row] of rows.entries()) {
    const column = columns[rowAssignments[r]!];
    if (column !== undefined && overlaps.get(row)!.has(column)) matches.set(row, column);
  }
  return matches;
}

/** Final id of each proposed cluster: its match, or the smallest free one, the largest cluster first. */
function assignIds(
  clusters: LabelCluster[],
  images: LabelImage[],
  matches: ReadonlyMap<number, number>,
  previous: ReadonlyMap<number, LabelCluster>,
  kept: Iterable<LabelImage>,
): Map<number, number> {
  const sizes = new Map<number, number>();
  const first = new Map<number, string>();
  for (const { path, cluster } of images) {
    sizes.set(cluster, (sizes.get(cluster) ?? 0) + 1);
    if (path < (first.get(cluster) ?? '\uffff')) first.set(cluster, path);
  }
  const taken = new Set(matches.values());
  for (const { cluster } of kept) taken.add(cluster);
  // A new kind of anomaly never gets the number of an old one that went away: people may have noted it down.
  for (const id of previous.keys()) taken.add(id);
  const ids = new Map(matches);
  let next = 1;
  const fresh = clusters
    .filter(({ id }) => !matches.has(id) && sizes.has(id))
    .sort((a, b) => sizes.get(b.id)! - sizes.get(a.id)! || (first.get(a.id)! < first.get(b.id)! ? -1 : 1));
  for (const { id } of fresh) {
    while (taken.has(next)) next++;
    taken.add(next);
    ids.set(id, next);
  }
  return ids;
}

/** Previous clusters as they were, and new ones with the smallest colours that no other one shows. */
function clustersOf(ids: number[], previous: ReadonlyMap<number, LabelCluster>): LabelCluster[] {
  const taken = new Set(
    ids.flatMap((id) => {
      const old = previous.get(id);
      return old ? [old.color, paletteIndex(old.color, id)] : [];
    }),
  );
  let next = 0;
  return ids.map((id) => {
    const old = previous.get(id);
    if (old) return old;
    while (taken.has(next)) next++;
    return { id, name: '', color: next++ };
  });
}
