// Area under the receiver operating characteristic: the chance that a defect pixel scores higher than one that is none. Exact.
import { sortedTogether } from '../base/sorting';

/** Scores of pixels on and off the defect, of one image. */
export interface ScoredPixels {
  scores: Float32Array;
  /** 1 where the defect is; absent for an image without one. */
  mask?: Uint8Array | undefined;
}

/**
 * Exact AUROC over the pixels of many images, ties counting half, with memory for the defect pixels only: their scores are collected and
 * sorted, then every other pixel is looked up among them.
 * @param images called twice; must give the same images both times
 * @returns null when either kind of pixels is missing
 */
export function auroc(images: () => Iterable<ScoredPixels>): number | null {
  const positives = sortedPositives(images());
  if (positives.length === 0) return null;
  const lookup = new Lookup(positives);
  let negatives = 0;
  // Doubled, so that a tie counts one and the sum stays a whole number.
  let wins = 0;
  for (const { scores, mask } of images()) {
    for (let i = 0; i < scores.length; i++) {
      if (mask && mask[i] !== 0) continue;
      negatives++;
      wins += lookup.above(scores[i]!);
    }
  }
  return negatives === 0 ? null : wins / 2 / negatives / positives.length;
}

function sortedPositives(images: Iterable<ScoredPixels>): Float32Array {
  const parts: Float32Array[] = [];
  for (const { scores, mask } of images) if (mask) parts.push(scores.filter((_, i) => mask[i] !== 0));
  return sortedTogether(parts);
}

const cells = 1 << 16;

/** How many of some sorted scores are above a given one. A table of cells makes the binary search short. */
class Lookup {
  private readonly least: number;
  private readonly factor: number;
  /** First index of each cell, and the end. */
  private readonly starts = new Uint32Array(cells + 1);

  constructor(private readonly sorted: Float32Array) {
    this.least = sorted[0]!;
    const range = sorted[sorted.length - 1]! - this.least;
    this.factor = range > 0 ? (cells - 1) / range : 0;
    for (const score of sorted) this.starts[this.cell(score) + 1]!++;
    for (let c = 0; c < cells; c++) this.starts[c + 1]! += this.starts[c]!;
  }

  /** Twice the number of scores above `score`, plus the number of equal ones. */
  above(score: number): number {
    const { sorted } = this;
    if (score < this.least) return 2 * sorted.length;
    const cell = this.cell(score);
    if (cell >= cells) return 0;
    const end = this.starts[cell + 1]!;
    const lower = firstAtLeast(sorted, this.starts[cell]!, end, score);
    if (lower === end || sorted[lower] !== score) return 2 * (sorted.length - lower);
    const upper = firstAbove(sorted, lower, end, score);
    return 2 * (sorted.length - upper) + (upper - lower);
  }

  /** Beyond the last cell for scores above all. */
  private cell(score: number): number {
    const at = Math.floor((score - this.least) * this.factor);
    return score > this.sorted[this.sorted.length - 1]! ? cells : at;
  }
}

/** First index in [from, to) with a score of at least `score`, or `to`. */
function firstAtLeast(sorted: Float32Array, from: number, to: number, score: number): number {
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (sorted[middle]! < score) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** First index in [from, to) with a score above `score`, or `to`. */
function firstAbove(sorted: Float32Array, from: number, to: number, score: number): number {
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (sorted[middle]! <= score) from = middle + 1;
    else to = middle;
  }
  return from;
}
