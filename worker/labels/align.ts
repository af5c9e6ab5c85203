// Running again keeps what a person decided: new clusters take the ids, names and colours of the old ones that they overlap most, and
// what a person named, merged, split or moved stays together.
import { bestAssignment } from '../base/assignment';
import { finderByPath } from '../base/by-path';
import type { LabelCluster, LabelDocument, LabelImage } from './document';
import { freeColor } from './palette';

export interface AlignOptions {
  /**
   * Groups anew: only pinned images stay where they are. Otherwise a cluster that a person named or made keeps all its images, and only
   * those of other clusters, and new ones, go where the new clustering puts them.
   */
  regroup?: boolean;
  /** The one of `others` that is most like the image of this path; by it new images find their place where a person split a cluster. */
  mostSimilar?: (path: string, others: readonly string[]) => string;
  /** Previous clusters that had images; those of the previous lines unless told. Decided ones that had none are kept for images to come. */
  withImages?: ReadonlySet<number>;
}

/** A person named it, made it by merging, splitting or moving images, or said whether its images are good. */
export function isDecided({ name, kept, ok }: LabelCluster): boolean {
  return name.trim() !== '' || kept === true || ok !== undefined;
}

/**
 * Brings a new clustering in line with the previous file. Clusters are matched one to one by the Hungarian method on the number
 * of images in common; one without a match, most of whose images are in one decided cluster, joins that: it was merged into it. Images that
 * stay where they were draw the others of their new cluster to them. Lines of images that the new clustering does not have stay as they are.
 * Keys that this version does not know survive; `method` is of this run.
 */
export function alignLabels(
  previous: LabelDocument | undefined,
  proposed: LabelDocument,
  { regroup = false, mostSimilar, withImages }: AlignOptions = {},
): LabelDocument {
  const old = previous ?? { ...proposed, clusters: [], images: [] };
  const oldImage = finderByPath(old.images);
  const before = proposed.images.map(({ path }) => oldImage(path));
  const oldClusters = new Map(old.clusters.map((cluster) => [cluster.id, cluster]));
  const decided = new Set(regroup ? [] : old.clusters.filter(isDecided).map(({ id }) => id));
  const areAllThere = before.filter(Boolean).length === old.images.length;
  const present = areAllThere ? undefined : new Set(proposed.images.map(({ path }) => path));
  const kept = new Map(
    old.images
      .filter(({ path, cluster, pinned }) => pinned === true || decided.has(cluster) || present?.has(path) === false)
      .map((image) => [image.path, image]),
  );
  const isMoving = ({ path }: LabelImage) => kept.size === 0 || !kept.has(path);
  const moving = proposed.images.filter(isMoving);
  const sizes = new Map<number, number>();
  for (const { cluster } of moving) sizes.set(cluster, (sizes.get(cluster) ?? 0) + 1);
  const matches = matchClusters(overlapsOf(proposed.images, before, sizes), decided);
  const ids = assignIds(
    sizes,
    matches,
    [...oldClusters.keys(), ...[...kept.values()].map(({ cluster }) => cluster)],
    (id) => firstPath(moving.filter(({ cluster }) => cluster === id)),
  );
  const place = placeAmongDecided(proposed.images, kept, decided, mostSimilar);

  const images = [
    ...proposed.images.flatMap((image, i): LabelImage[] => {
      if (!isMoving(image)) return [];
      const { path, cluster: proposedId } = image;
      const [known, cluster] = [before[i], place(path, proposedId, ids.get(proposedId)!)];
      return [known?.cluster === cluster ? known : { ...known, path, cluster }];
    }),
    ...kept.values(),
  ];
  const used = new Set(images.map(({ cluster }) => cluster));
  const had = withImages ?? new Set(old.images.map(({ cluster }) => cluster));
  // Names that were written down before there is an image of the kind.
  for (const cluster of old.clusters) if (!had.has(cluster.id) && isDecided(cluster)) used.add(cluster.id);
  return {
    ...old,
    ...proposed,
    clusters: clustersOf(used, oldClusters),
    images,
  };
}

/**
 * The lines of a file in other groups. Clusters take ids, names and colours as in {@link alignLabels}; lines that are pinned, or in no group,
 * stay. It counts in arrays and looks nothing up by path: a slider calls it again and again for tens of thousands of lines.
 * @param groups (lines) 0, 1, …; −1 for a line that is in none
 * @param clusters what the file's method says of their number
 */
export function regroupLabels(document: LabelDocument, groups: Int32Array, clusters: number): LabelDocument {
  const { images } = document;
  const groupCount = 1 + groups.reduce((most, group) => Math.max(most, group), -1);
  /** By cluster: lines of each group. */
  const counts = new Map<number, Int32Array>();
  const sizes = new Map<number, number>();
  const used = new Set<number>();
  const isMoving = (i: number) => groups[i]! >= 0 && images[i]!.pinned !== true;
  for (const [i, { cluster }] of images.entries()) {
    let row = counts.get(cluster);
    if (!row) counts.set(cluster, (row = new Int32Array(groupCount)));
    if (groups[i]! >= 0) row[groups[i]!]!++;
    if (isMoving(i)) sizes.set(groups[i]!, (sizes.get(groups[i]!) ?? 0) + 1);
    else used.add(cluster);
  }
  const overlaps = new Map([...sizes.keys()].map((group) => [group, new Map<number, number>()]));
  for (const [cluster, row] of counts)
    for (const [group, own] of overlaps) if (row[group]! > 0) own.set(cluster, row[group]!);
  const oldClusters = new Map(document.clusters.map((cluster) => [cluster.id, cluster]));
  const ids = assignIds(sizes, matchClusters(overlaps), [...oldClusters.keys(), ...used], (group) =>
    firstPath(images.filter((_, i) => isMoving(i) && groups[i] === group)),
  );
  for (const id of ids.values()) used.add(id);
  for (const cluster of document.clusters) if (!counts.has(cluster.id) && isDecided(cluster)) used.add(cluster.id);
  return {
    ...document,
    method: { ...document.method, clusters },
    clusters: clustersOf(used, oldClusters),
    images: images.map((line, i) => {
      const cluster = isMoving(i) ? ids.get(groups[i]!)! : line.cluster;
      return cluster === line.cluster ? line : { ...line, cluster };
    }),
  };
}

/**
 * Where a proposed cluster holds images of several decided clusters, a person split what the method takes for one: each image goes to the
 * one that has the image most like it.
 */
function placeAmongDecided(
  proposed: readonly LabelImage[],
  kept: ReadonlyMap<string, LabelImage>,
  decided: ReadonlySet<number>,
  mostSimilar: AlignOptions['mostSimilar'],
): (path: string, proposedId: number, target: number) => number {
  if (decided.size === 0 || !mostSimilar) return (_path, _proposedId, target) => target;
  const members = new Map<number, { paths: string[]; clusters: Set<number> }>();
  for (const { path, cluster } of proposed) {
    const own = kept.get(path)?.cluster;
    if (own === undefined || !decided.has(own)) continue;
    const known = members.get(cluster) ?? { paths: [], clusters: new Set() };
    known.paths.push(path);
    known.clusters.add(own);
    members.set(cluster, known);
  }
  return (path, proposedId, target) => {
    const inside = members.get(proposedId);
    if (!inside || inside.clusters.size < 2 || !decided.has(target)) return target;
    return kept.get(mostSimilar(path, inside.paths))!.cluster;
  };
}

/**
 * Images that proposed and previous clusters have in common, by proposed cluster.
 * @param previous line of each image, where it had one
 * @param sizes of the proposed clusters that take part; one whose images all stay where they are needs no id
 */
function overlapsOf(
  images: readonly LabelImage[],
  previous: readonly (LabelImage | undefined)[],
  sizes: ReadonlyMap<number, number>,
): Map<number, Map<number, number>> {
  const overlaps = new Map<number, Map<number, number>>();
  for (const [i, { cluster }] of images.entries()) {
    const before = previous[i]?.cluster;
    if (before === undefined || !sizes.has(cluster)) continue;
    const row = overlaps.get(cluster) ?? new Map<number, number>();
    row.set(before, (row.get(before) ?? 0) + 1);
    overlaps.set(cluster, row);
  }
  return overlaps;
}

/** Proposed cluster id → previous cluster id, for pairs that share images. @param decided previous clusters that others may be merged into */
function matchClusters(
  overlaps: ReadonlyMap<number, ReadonlyMap<number, number>>,
  decided: ReadonlySet<number> = new Set(),
): Map<number, number> {
  const matches = bestAssignment(overlaps);
  for (const [cluster, row] of overlaps) {
    if (matches.has(cluster)) continue;
    const [most] = [...row].sort(([a, countA], [b, countB]) => countB - countA || a - b);
    if (most && decided.has(most[0])) matches.set(cluster, most[0]);
  }
  return matches;
}

/**
 * Final id of each proposed cluster: its match, or the smallest free one, the largest cluster first.
 * @param sizes of the proposed clusters: images that move
 * @param previous ids that are there. A new kind of anomaly never gets the number of an old one that went away: people may have noted it down.
 * @param first path of a proposed cluster, by which those of one size are told apart
 */
function assignIds(
  sizes: ReadonlyMap<number, number>,
  matches: ReadonlyMap<number, number>,
  previous: readonly number[],
  first: (proposed: number) => string,
): Map<number, number> {
  const taken = new Set([...matches.values(), ...previous]);
  const ids = new Map(matches);
  let next = 1;
  const fresh = [...sizes.keys()]
    .filter((id) => !matches.has(id))
    .sort((a, b) => sizes.get(b)! - sizes.get(a)! || (first(a) < first(b) ? -1 : 1));
  for (const id of fresh) {
    while (taken.has(next)) next++;
    taken.add(next);
    ids.set(id, next);
  }
  return ids;
}

function firstPath(images: readonly LabelImage[]): string {
  return images.reduce((first, { path }) => (path < first ? path : first), '\uffff');
}

/** Previous clusters as they were, and new ones with the smallest colours that no other one shows. */
function clustersOf(used: ReadonlySet<number>, previous: ReadonlyMap<number, LabelCluster>): LabelCluster[] {
  const ids = [...used].sort((a, b) => a - b);
  const known = ids.flatMap((id) => previous.get(id) ?? []);
  return ids.map((id) => {
    const old = previous.get(id);
    if (old) return old;
    const fresh = { id, name: '', color: freeColor(known) };
    known.push(fresh);
    return fresh;
  });
}
