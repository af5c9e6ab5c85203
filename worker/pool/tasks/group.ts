// The task that groups: dendrogram, number of clusters, and the clusters themselves.
import type { ClustererName } from '../../api';
import { throwIfCancelled } from '../../cancel';
import { chooseClusterCount, type ClusterCount } from '../../clustering/choose-k';
import { dendrogram, distancesOf, group as groupImages } from '../../clustering/clusterers';
import type { Merge } from '../../clustering/linkage';
import type { Compared } from '../../clustering/medoids';
import { task } from '../settle';
import type { TaskContext } from './thread';

/** What is grouped, and how. */
export interface GroupTask extends TaskContext, Compared {
  clusterer: ClustererName;
  clusters: number | 'auto';
  seed: number;
}

export interface Grouping {
  /** (N), cluster 0, 1, … of each image, numbered by first appearance. */
  assignment: Int32Array;
  /** The clusterer's tree, or Ward's for a clusterer that makes none. */
  merges: Merge[];
  choice: ClusterCount;
}

/** Groups images by their vectors or distances. */
export const group = task((input: GroupTask): Promise<Grouping> => {
  const { clusterer, clusters, seed, count, flag } = input;
  const onStep = () => throwIfCancelled(flag);
  onStep();
  const compared = { ...input, condensed: distancesOf(input, onStep) };
  const merges = dendrogram(compared, clusterer, onStep);
  const choice = clusters === 'auto' ? choose(compared, clusterer, merges, onStep) : asSet(clusters);
  return Promise.resolve({
    assignment: groupImages(compared, clusterer, Math.min(choice.k, count), { seed, merges, onStep }),
    merges,
    choice,
  });
});

/** The number of clusters is read from Ward's tree, whatever groups the images then. */
function choose(compared: Compared, clusterer: ClustererName, merges: Merge[], onStep: () => void): ClusterCount {
  const ward = clusterer === 'ward' ? merges : dendrogram(compared, 'ward', onStep);
  return chooseClusterCount(ward, compared.count);
}

function asSet(k: number): ClusterCount {
  return { k, runnerUp: k, reason: 'as set' };
}
