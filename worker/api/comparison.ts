// What two label files of one folder have in common, and what not.

/** A cluster of one of the two. */
export interface ComparedCluster {
  id: number;
  title: string;
  images: number;
}

/** Clusters that stand for each other, or one that has no counterpart. */
export interface ClusterPair {
  first: ComparedCluster | null;
  second: ComparedCluster | null;
  /** Images in both. */
  shared: number;
}

export interface MovedImage {
  path: string;
  /** Titles of its clusters. */
  from: string;
  to: string;
  /** Whether a person decided on it, in either. */
  pinned: boolean;
}

export interface Comparison {
  /** Images that both have. */
  images: number;
  onlyInFirst: string[];
  onlyInSecond: string[];
  /** How far the two agree on the images that both have; null where there are none. */
  agreement: {
    /** Share of the images that are in clusters that stand for each other, in the matching with most of them. */
    same: number;
    /** Adjusted Rand index, and normalised mutual information. */
    ari: number;
    nmi: number;
  } | null;
  clusters: ClusterPair[];
  moved: MovedImage[];
  /** Images of each cluster of the first (rows) in each of the second (columns). */
  table: { first: ComparedCluster[]; second: ComparedCluster[]; counts: number[][] };
}
