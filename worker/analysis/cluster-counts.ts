// The numbers of clusters that are worth a look, with the images of each cluster: what the last run's dendrogram says.
import type { ClusterCountChoice } from '../api/requests';
import { chooseClusterCount } from '../clustering/choose-k';
import { buildTree, cutTree } from '../clustering/tree';
import type { StoredAnalysis } from './stored';

/** By rising number; none where there is no dendrogram. */
export function clusterCounts({ images, merges }: Pick<StoredAnalysis, 'images' | 'merges'>): ClusterCountChoice[] {
  if (merges.length < 2) return [];
  const tree = buildTree(merges, images.length);
  return chooseClusterCount(merges, images.length).candidates.map(({ k, kind, gap }) => {
    const groups: string[][] = Array.from({ length: k }, () => []);
    for (const [i, label] of cutTree(tree, k).entries()) groups[label]!.push(images[i]!.path);
    return { clusters: k, kind, gap, groups };
  });
}
