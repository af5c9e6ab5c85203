// The task that groups: dendrogram, number of clusters, and the clusters themselves.
import { availableParallelism } from 'node:os';
import type { Coordinates } from '../../api/analysis';
import type { ClustererName } from '../../api/settings';
import { throwIfCancelled } from '../../base/cancel';
import { wardLimit } from '../../clustering/preconditions';
import { chooseClusterCount, type ClusterCount } from '../../clustering/choose-k';
import { dendrogram, distancesOf, group as groupImages, needsVectors } from '../../clustering/clusterers';
import type { Merge } from '../../clustering/linkage';
import { principalCoordinates } from '../../clustering/coordinates';
import type { ClusteringInput } from '../../clustering/medoids';
import { buildTree, cutTree } from '../../clustering/tree';
import { twoLevelWard, type RawTree } from '../../clustering/many/two-level';
import { wardFromVectors } from '../../clustering/ward';
import { task } from './settle';
import type { TaskContext } from './context';
import { requireSetting } from '../../base/require-setting';

/** What is grouped, and how. */
export interface GroupTask extends TaskContext, ClusteringInput {
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
  /** Where images are compared as vectors. */
  coordinates: Coordinates | undefined;
}

/** Above this many images Ward's tree comes straight from the vectors: the matrix of their distances would grow with the square. */
const largestMatrix = 3000;
/** Clusterers that need the matrix get it up to here, where it takes twice 1.6 GB. */
const matrixLimit = 20_000;

/** Groups images by their vectors or distances. */
export const group = task(async (input: GroupTask): Promise<Grouping> => {
  const { clusterer, clusters, seed, count, vectors, dimensions, flag } = input;
  const onStep = () => throwIfCancelled(flag);
  onStep();
  const takesVectors = clusterer === 'ward' || needsVectors(clusterer);
  const isLarge = count > largestMatrix && takesVectors && vectors !== undefined && dimensions !== undefined;
  requireSetting(
    isLarge || count <= matrixLimit,
    `The clusterer "${clusterer}" compares all pairs, which is for up to ${matrixLimit} images and not for ${count}. Use "ward" or "kmeans".`,
  );
  const compared: ClusteringInput = isLarge ? input : { ...input, condensed: distancesOf(input, onStep) };
  const merges = isLarge
    ? await wardFromVectors(vectors, count, dimensions, availableParallelism(), onStep)
    : dendrogram(compared, clusterer, onStep);
  // The number of clusters is read from Ward's tree, whatever groups the images then.
  const wardMerges = () => (isLarge || clusterer === 'ward' ? merges : dendrogram(compared, 'ward', onStep));
  const choice: ClusterCount =
    clusters === 'auto' ? chooseClusterCount(wardMerges(), count) : { k: clusters, candidates: [], reason: 'as set' };
  return {
    assignment: groupImages(compared, clusterer, Math.min(choice.k, count), { seed, merges, onStep }),
    merges,
    choice,
    coordinates: vectors && dimensions ? await principalCoordinates(vectors, count, dimensions) : undefined,
  };
});

/** Any number of images, as vectors. */
export interface GroupManyTask extends TaskContext {
  count: number;
  /** (count, dimensions) */
  vectors: Float32Array;
  dimensions: number;
  clusters: number | 'auto';
  seed: number;
}

/** Groups of any number of images. */
export interface GroupingOfMany {
  /** (N), cluster 0, 1, … of each image, numbered by first appearance. */
  assignment: Int32Array;
  tree: RawTree;
  /** (N), the branch of the tree that each image is in; the cut goes through none. */
  branchOf: Int32Array;
  choice: ClusterCount;
}

/** Groups by Ward; more images than {@link wardLimit} in two levels. */
export const groupMany = task(async (input: GroupManyTask): Promise<GroupingOfMany> => {
  const { count, vectors, dimensions, clusters, seed, flag } = input;
  const onStep = () => throwIfCancelled(flag);
  const { tree, branchOf, merges } = await twoLevelWard(vectors, count, dimensions, {
    ...{ seed, threads: availableParallelism(), onStep },
    ...(count <= wardLimit ? { branches: wardLimit } : {}),
  });
  const branches = merges.length + 1;
  const choice: ClusterCount =
    clusters === 'auto' ? chooseClusterCount(merges, branches) : { k: clusters, candidates: [], reason: 'as set' };
  const labels = cutTree(buildTree(merges, branches), Math.min(choice.k, branches));
  // Branches are numbered by the first image of each: so are the clusters.
  return { assignment: branchOf.map((branch) => labels[branch]!), tree, branchOf, choice };
});
