// How well a clustering agrees with true classes. Definitions as in scikit-learn, F1 as in the paper after Hungarian matching.
import { bestAssignment } from '../base/assignment';

/** How well clusters agree with classes; all measures are at most 1, and 1 is best. */
export interface Evaluation {
  images: number;
  /** Clusters among them. */
  clusters: number;
  /** Normalised mutual information, arithmetic mean of the entropies. */
  nmi: number;
  /** Adjusted Rand index. */
  ari: number;
  /** Share of the images whose cluster is matched to their class, in the one-to-one matching with most such images. */
  f1Micro: number;
  /**
   * Mean over the classes of the F1 of the matched pair; 0 for a class without a match. Where several matchings have equally many
   * images (small or random tables), it may depend on which of them the solver finds.
   */
  f1Macro: number;
  /** Share of the images that are of their cluster's most frequent class. */
  purity: number;
  classes: ClassEvaluation[];
  /** Images of each class in each cluster. */
  confusion: ConfusionMatrix;
}

/** How many images of each class lie in each cluster. */
export interface ConfusionMatrix {
  /** Sorted names. */
  classes: string[];
  /** Sorted ids. */
  clusters: number[];
  /** (classes, clusters) */
  counts: number[][];
}

/** One class, compared with the cluster that is matched to it. */
export interface ClassEvaluation {
  name: string;
  images: number;
  /** The matched cluster; null when there are fewer clusters than classes. */
  cluster: number | null;
  precision: number;
  recall: number;
  f1: number;
}

/**
 * @param truth class of each image
 * @param predicted cluster of each image
 * @throws RangeError when the lengths differ or are zero
 */
export function evaluate(truth: readonly string[], predicted: readonly number[]): Evaluation {
  if (truth.length !== predicted.length || truth.length === 0)
    throw new RangeError('One class and one cluster an image.');
  const table = contingency(truth, predicted);
  const classes = matchClasses(table);
  return {
    images: truth.length,
    clusters: table.clusters.length,
    nmi: normalizedMutualInformation(table),
    ari: adjustedRandIndex(table),
    f1Micro: sum(classes.map(({ recall, images }) => recall * images)) / truth.length,
    f1Macro: sum(classes.map(({ f1 }) => f1)) / classes.length,
    purity: sum(table.columnSums.map((_, c) => Math.max(...table.counts.map((row) => row[c]!)))) / truth.length,
    classes,
    confusion: { classes: table.classes, clusters: table.clusters, counts: table.counts },
  };
}

/** Counts of (class, cluster) pairs; both sides sorted. */
interface Contingency {
  classes: string[];
  clusters: number[];
  counts: number[][];
  rowSums: number[];
  columnSums: number[];
  total: number;
}

function contingency(truth: readonly string[], predicted: readonly number[]): Contingency {
  const classes = [...new Set(truth)].sort();
  const clusters = [...new Set(predicted)].sort((a, b) => a - b);
  const rows = new Map(classes.map((name, r) => [name, r]));
  const columns = new Map(clusters.map((id, c) => [id, c]));
  const counts = classes.map(() => clusters.map(() => 0));
  for (const [i, name] of truth.entries()) counts[rows.get(name)!]![columns.get(predicted[i]!)!]!++;
  return {
    classes,
    clusters,
    counts,
    rowSums: counts.map(sum),
    columnSums: clusters.map((_, c) => sum(counts.map((row) => row[c]!))),
    total: truth.length,
  };
}

function normalizedMutualInformation({ counts, rowSums, columnSums, total }: Contingency): number {
  // One class and one cluster agree perfectly; scikit-learn says 1, too.
  if (rowSums.length === 1 && columnSums.length === 1) return 1;
  let information = 0;
  for (const [r, row] of counts.entries()) {
    for (const [c, count] of row.entries()) {
      if (count > 0) information += (count / total) * Math.log((count * total) / (rowSums[r]! * columnSums[c]!));
    }
  }
  const mean = (entropy(rowSums, total) + entropy(columnSums, total)) / 2;
  return mean === 0 ? 0 : Math.max(0, information) / mean;
}

function entropy(sums: number[], total: number): number {
  return -sum(sums.map((count) => (count / total) * Math.log(count / total)));
}

function adjustedRandIndex({ counts, rowSums, columnSums, total }: Contingency): number {
  const pairs = (count: number) => (count * (count - 1)) / 2;
  const together = sum(counts.flat().map(pairs));
  const rowPairs = sum(rowSums.map(pairs));
  const columnPairs = sum(columnSums.map(pairs));
  const expected = total > 1 ? (rowPairs * columnPairs) / pairs(total) : 0;
  const largest = (rowPairs + columnPairs) / 2;
  return largest === expected ? 1 : (together - expected) / (largest - expected);
}

/** Matches classes to clusters one to one so that most images are in the cluster of their class. */
function matchClasses({ classes, clusters, counts, rowSums, columnSums }: Contingency): ClassEvaluation[] {
  const overlaps = counts.map((row) => new Map([...row.entries()].filter(([, count]) => count > 0)));
  const columns = bestAssignment(new Map(overlaps.entries()));
  return classes.map((name, r) => {
    const column = columns.get(r) ?? -1;
    const cluster = clusters[column] ?? null;
    const common = counts[r]![column] ?? 0;
    const images = rowSums[r]!;
    const clustered = columnSums[column] ?? 0;
    return {
      name,
      images,
      cluster,
      precision: clustered === 0 ? 0 : common / clustered,
      recall: common / images,
      f1: (2 * common) / (images + clustered),
    };
  });
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}
