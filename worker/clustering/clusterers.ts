// The one place that knows what each clusterer takes: vectors or distances, a tree to cut or a number of clusters to search for.
import type { ClustererName } from '../api/settings';
import { condensedEuclidean } from '../algebra/condensed';
import { gaussianMixture } from './gmm';
import { kmeans } from './kmeans';
import { kmedoids } from './kmedoids';
import { linkage, linkageMethods, type LinkageMethod, type Merge } from './linkage';
import type { ClusteringInput } from './medoids';
import { requireClusters, requireDistances, requireVectors } from './preconditions';
import { renumber } from './renumber';
import { spectral } from './spectral';
import { buildTree, cutTree } from './tree';

/** What {@link group} takes beside the images and k. */
export interface GroupOptions {
  /** Starts kmeans, gmm and spectral; the others draw nothing. */
  seed: number;
  /** The images' {@link dendrogram}, when the caller has it. */
  merges?: readonly Merge[] | undefined;
  /** Called every few milliseconds; may throw to stop. */
  onStep?: (() => void) | undefined;
}

/** Whether a clusterer is of no use where images are only known by their distances. */
export function needsVectors(clusterer: ClustererName): boolean {
  return clusterer === 'kmeans' || clusterer === 'gmm';
}

function isLinkage(clusterer: ClustererName): clusterer is LinkageMethod {
  return (linkageMethods as readonly string[]).includes(clusterer);
}

/**
 * Distances of all pairs i < j: those that are there, or Euclidean ones of the vectors.
 * @throws RangeError when there is neither, or a number is not finite
 */
export function distancesOf(
  { count, vectors, dimensions = 0, condensed }: ClusteringInput,
  onStep?: () => void,
): Float64Array {
  if (condensed) {
    requireDistances(condensed, count);
    return condensed;
  }
  if (!vectors) throw new RangeError('Vectors or distances are needed.');
  requireVectors(vectors, count, dimensions);
  return condensedEuclidean(vectors, count, dimensions, onStep);
}

/**
 * The tree that shows how images lie to each other: that of the linkage, or Ward's for a clusterer that makes none.
 * @throws RangeError as {@link distancesOf}
 */
export function dendrogram(compared: ClusteringInput, clusterer: ClustererName, onStep?: () => void): Merge[] {
  return linkage(distancesOf(compared, onStep), compared.count, isLinkage(clusterer) ? clusterer : 'ward', onStep);
}

/**
 * Groups images into k clusters. Linkages and k-medoids always make k. The others never part copies of an image, so they make fewer
 * where there are fewer different images; so does a Gaussian mixture whose components overlap.
 * @returns (count), cluster 0, 1, … of each image, numbered by first appearance; the same for the same seed
 * @throws RangeError unless 1 ≤ k ≤ count, all numbers are finite, and there is what the clusterer takes (see {@link needsVectors})
 */
export function group(
  compared: ClusteringInput,
  clusterer: ClustererName,
  k: number,
  options: GroupOptions,
): Int32Array {
  requireClusters(k, compared.count);
  return renumber(labelsOf(compared, clusterer, k, options));
}

function labelsOf(
  compared: ClusteringInput,
  clusterer: ClustererName,
  k: number,
  { seed, merges, onStep }: GroupOptions,
): Int32Array {
  const { count } = compared;
  switch (clusterer) {
    case 'kmeans': {
      const { vectors, dimensions } = requireInputVectors(compared, clusterer);
      return kmeans(vectors, count, dimensions, k, { seed, onStep }).labels;
    }
    case 'gmm': {
      const { vectors, dimensions } = requireInputVectors(compared, clusterer);
      return gaussianMixture(vectors, count, dimensions, k, { seed, onStep }).labels;
    }
    case 'kmedoids':
      return kmedoids(distancesOf(compared, onStep), count, k, { onStep }).labels;
    case 'spectral':
      return spectral(distancesOf(compared, onStep), count, k, { seed, onStep });
    default:
      return cutTree(buildTree(merges ?? dendrogram(compared, clusterer, onStep), count), k);
  }
}

function requireInputVectors(
  { vectors, dimensions }: ClusteringInput,
  clusterer: ClustererName,
): { vectors: Float32Array | Float64Array; dimensions: number } {
  if (vectors && dimensions) return { vectors, dimensions };
  throw new RangeError(`The clusterer "${clusterer}" needs one vector an image, not distances. Use another clusterer.`);
}
