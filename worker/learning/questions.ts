// Which image to ask a person about next: the middle of the branch of the dendrogram in which most is in doubt. Pure.
import type { Analysis } from '../api/analysis';
import type { Situation } from './learnable';
import { mostTypical } from './learner';

/** Counts for every image of a branch beside its doubt: large branches that nobody has looked at come first, whatever the model thinks. */
const unseen = 0.05;
/** A branch is worth a question while so many of its images are expected to be wrong. */
const worthAsking = 0.5;
/** Answers after which most images of real sets are right, for each cluster; and wrong images that one answer puts right. */
const [answersOfCluster, rightedByAnswer] = [6, 2];

export interface Question {
  /** The image. */
  row: number;
  /** About how many questions are worth asking, this one among them. */
  left: number;
}

/**
 * The largest branches without any decision, weighed by how many of their images are probably wrong: at first the medoids of the large branches,
 * then what is most uncertain and stands for most.
 * @param merges rows of the dendrogram over the images
 * @param certainty (images), see `certainty` of the learner
 * @param passedOver rows that the person did not want to answer
 * @returns undefined where every image is decided on or passed over
 */
export function nextQuestion(
  merges: Analysis['merges'],
  situation: Situation,
  certainty: ArrayLike<number>,
  passedOver: ReadonlySet<number> = new Set(),
): Question | undefined {
  const { vectors, dimensions, clusters, decided } = situation;
  const count = clusters.length;
  const isTouched = new Uint8Array(count + merges.length);
  const doubt = new Float64Array(count + merges.length);
  const open = new Int32Array(count + merges.length);
  for (let row = 0; row < count; row++) {
    const isOpen = clusters[row] !== undefined && !decided[row];
    isTouched[row] = decided[row] ? 1 : 0;
    doubt[row] = isOpen ? 1 - certainty[row]! : 0;
    open[row] = isOpen && !passedOver.has(row) ? 1 : 0;
  }
  for (const [i, [left, right]] of merges.entries()) {
    isTouched[count + i] = isTouched[left]! | isTouched[right]!;
    doubt[count + i] = doubt[left]! + doubt[right]!;
    open[count + i] = open[left]! + open[right]!;
  }
  let [best, most, left] = [-1, 0, 0];
  const pending = [count + merges.length - 1];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (open[node] === 0) continue;
    if (isTouched[node]) {
      const [a, b] = merges[node - count]!;
      pending.push(b, a);
      continue;
    }
    if (doubt[node]! >= worthAsking) left++;
    const worth = doubt[node]! + unseen * open[node]!;
    if (worth > most) [best, most] = [node, worth];
  }
  if (best < 0) return undefined;
  const rows = leavesBelow(best, merges, count).filter((row) => open[row] === 1);
  const usual = answersOfCluster * new Set(clusters).size - decided.filter(Boolean).length;
  const needed = Math.ceil(doubt[count + merges.length - 1]! / rightedByAnswer);
  return { row: mostTypical(vectors, dimensions, rows), left: Math.max(left, Math.min(needed, usual), 1) };
}

/** Rising. */
function leavesBelow(node: number, merges: Analysis['merges'], count: number): number[] {
  const rows: number[] = [];
  const pending = [node];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (next < count) rows.push(next);
    else pending.push(merges[next - count]![0], merges[next - count]![1]);
  }
  return rows.sort((a, b) => a - b);
}
