// A person who knows the true classes, working with the product's own functions: asked image by image, or naming ever finer clusters.
import type { Analysis, Coordinates } from '../../worker/api/analysis';
import { buildTree, cutTree } from '../../worker/clustering/tree';
import {
  certainty,
  estimate,
  learn,
  mostTypical,
  moves,
  type Estimate,
  type Situation,
} from '../../worker/learning/learner';
import { nextQuestion } from '../../worker/learning/questions';
import { majorityOf } from '../../worker/evaluation/majority';
import { createRandom } from '../../worker/base/random';

export interface Grouped {
  vectors: ArrayLike<number>;
  dimensions: number;
  further?: Coordinates | undefined;
  truth: readonly string[];
  merges: Analysis['merges'];
  /** Clusters of the run: 0, 1, … */
  assignment: readonly number[];
}

export interface Answered {
  decisions: number;
  /** Share of all images that are in a cluster that the person called by their class; those that were asked included. */
  right: number;
  estimate: Estimate;
}

/**
 * Reviews as in the gallery, with Learn as I Go: a cluster without a name gets one with the first answer that belongs into it.
 * @param steps after so many decisions the labels are looked at
 * @param order by the product, or at random
 * @param namesFirst whether the person looks at the clusters before, and names each by the class that most of its images are of
 */
export function review(
  { vectors, dimensions, further, truth, merges, assignment }: Grouped,
  steps: readonly number[],
  order: 'product' | 'random' = 'product',
  namesFirst = false,
): Answered[] {
  const clusters = [...assignment];
  const decided = clusters.map(() => false);
  const named = new Set<number>();
  const situation: Situation = { vectors, dimensions, further, clusters, decided, named };
  const random = createRandom(0);
  /** What the person calls a cluster: the class of the images that they decided on in it. */
  const called = new Map<number, string>();
  const clusterOf = new Map<string, number>();
  const answered: Answered[] = [];
  for (const id of namesFirst ? new Set(clusters) : []) {
    const classes = truth.filter((_, row) => clusters[row] === id);
    const name = majorityOf(classes)!.name;
    called.set(id, name);
    named.add(id);
    if (!clusterOf.has(name)) clusterOf.set(name, id);
  }
  for (let decisions = 1; decisions <= Math.max(...steps); decisions++) {
    const before = learn(situation)!;
    const open = decided.flatMap((is, row) => (is ? [] : [row]));
    if (open.length > 0) {
      const row =
        order === 'random'
          ? open[random.integer(0, open.length - 1)]!
          : nextQuestion(merges, situation, certainty(situation, before))!.row;
      const name = truth[row]!;
      // Keep, where it is right or nobody has decided anything in the cluster yet; else the cluster that has this name, or a new one.
      const isRight = called.get(clusters[row]!) === name;
      const target = isRight
        ? clusters[row]!
        : (clusterOf.get(name) ?? (called.has(clusters[row]!) ? Math.max(...clusters) + 1 : clusters[row]!));
      [clusters[row], decided[row]] = [target, true];
      called.set(target, name);
      if (!clusterOf.has(name)) clusterOf.set(name, target);
      named.add(target);
      for (const move of moves(situation, learn(situation)!)) clusters[move.row] = move.cluster;
    }
    if (!steps.includes(decisions)) continue;
    const right = truth.filter((name, row) => called.get(clusters[row]!) === name).length / truth.length;
    answered.push({ decisions, right, estimate: estimate(situation, learn(situation)!) });
  }
  return answered;
}

/**
 * Naming ever finer clusters of the dendrogram, each by its most typical image: whoever splits a cluster in two looks at both parts, so n decisions
 * name the clusters of 1 + n / 2. Share of right labels.
 */
export function naming({ vectors, dimensions, truth, merges }: Grouped, steps: readonly number[]): number[] {
  const tree = buildTree(merges, truth.length);
  return steps.map((decisions) => {
    const labels = cutTree(tree, Math.min(1 + Math.floor(decisions / 2), truth.length));
    const members: number[][] = Array.from({ length: Math.max(...labels) + 1 }, () => []);
    for (const [row, label] of labels.entries()) members[label]!.push(row);
    const right = members.reduce((sum, rows) => {
      const name = truth[mostTypical(vectors, dimensions, rows)];
      return sum + rows.filter((row) => truth[row] === name).length;
    }, 0);
    return right / truth.length;
  });
}

/** What each image is called by the nearest of those that the product asks about first: share of right labels. */
export function nearest(
  { vectors, dimensions, truth, merges, assignment }: Grouped,
  steps: readonly number[],
): number[] {
  const decided = truth.map(() => false);
  const situation: Situation = { vectors, dimensions, clusters: assignment, decided };
  const asked: number[] = [];
  while (asked.length < Math.min(Math.max(...steps), truth.length)) {
    const { row } = nextQuestion(merges, situation, certainty(situation, learn(situation)!))!;
    decided[row] = true;
    asked.push(row);
  }
  const between = (a: number, b: number) => {
    let sum = 0;
    for (let d = 0; d < dimensions; d++) sum += (vectors[a * dimensions + d]! - vectors[b * dimensions + d]!) ** 2;
    return sum;
  };
  return steps.map((step) => {
    const known = asked.slice(0, step);
    const right = truth.filter((name, row) => {
      const best = known.reduce((a, b) => (between(row, b) < between(row, a) ? b : a));
      return truth[best] === name;
    });
    return right.length / truth.length;
  });
}
