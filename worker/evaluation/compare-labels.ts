// Two label files of one folder, compared: how far they agree, which clusters are the same, and which images are elsewhere. Pure.
import type { ClusterPair, ComparedCluster, Comparison, MovedImage } from '../api/comparison';
import { evaluate } from './metrics';
import { clusterTitle, type LabelCluster, type LabelDocument } from '../labels';

export function compareLabels(first: LabelDocument, second: LabelDocument): Comparison {
  const before = new Map(first.images.map((image) => [image.path, image]));
  const after = new Map(second.images.map((image) => [image.path, image]));
  const both = first.images.filter(({ path }) => after.has(path));
  const [ofFirst, ofSecond] = [described(first), described(second)];
  const counts = first.clusters.map(() => second.clusters.map(() => 0));
  const [rows, columns] = [first, second].map(({ clusters }) => new Map(clusters.map(({ id }, i) => [id, i])));
  for (const { path, cluster } of both) counts[rows!.get(cluster)!]![columns!.get(after.get(path)!.cluster)!]!++;
  const measures =
    both.length === 0
      ? undefined
      : evaluate(
          both.map(({ cluster }) => String(cluster)),
          both.map(({ path }) => after.get(path)!.cluster),
        );
  const matches = new Map(
    measures?.classes.flatMap(({ name, cluster }) => (cluster === null ? [] : [[Number(name), cluster]])),
  );
  const moved = both.flatMap(({ path, cluster, pinned }): MovedImage[] => {
    const now = after.get(path)!;
    if (matches.get(cluster) === now.cluster) return [];
    const [from, to] = [ofFirst.get(cluster)!.title, ofSecond.get(now.cluster)!.title];
    return [{ path, from, to, pinned: pinned === true || now.pinned === true }];
  });
  const taken = new Set(matches.values());
  const pairs: ClusterPair[] = [
    ...first.clusters.map(({ id }) => {
      const match = matches.get(id);
      const shared = match === undefined ? 0 : counts[rows!.get(id)!]![columns!.get(match)!]!;
      return { first: ofFirst.get(id)!, second: match === undefined ? null : ofSecond.get(match)!, shared };
    }),
    ...second.clusters
      .filter(({ id }) => !taken.has(id))
      .map(({ id }) => ({ first: null, second: ofSecond.get(id)!, shared: 0 })),
  ];
  return {
    images: both.length,
    onlyInFirst: first.images.filter(({ path }) => !after.has(path)).map(({ path }) => path),
    onlyInSecond: second.images.filter(({ path }) => !before.has(path)).map(({ path }) => path),
    agreement: measures
      ? { same: (both.length - moved.length) / both.length, ari: measures.ari, nmi: measures.nmi }
      : null,
    clusters: pairs,
    moved,
    table: { first: [...ofFirst.values()], second: [...ofSecond.values()], counts },
  };
}

/** By id, in the order of the file. */
function described({ clusters, images }: LabelDocument): Map<LabelCluster['id'], ComparedCluster> {
  const sizes = new Map<number, number>();
  for (const { cluster } of images) sizes.set(cluster, (sizes.get(cluster) ?? 0) + 1);
  return new Map(
    clusters.map((cluster) => [
      cluster.id,
      { id: cluster.id, title: clusterTitle(cluster), images: sizes.get(cluster.id) ?? 0 },
    ]),
  );
}
