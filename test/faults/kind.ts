// What a fault campaign is made of: kinds of faults, each tried many times, and what each try lost.
import type { Random } from '../../worker/base/random';
import type { Scene } from './scene';

/** What must never happen. The titles are the columns of the campaign's table. */
export const losses = ['labels', 'embeddings', 'hangs', 'stack traces', 'wrong results'] as const;

export type Loss = (typeof losses)[number];

/** One fault and what came of it. */
export interface Try {
  /** Which fault it was: enough to make it again. */
  what: string;
  lost: { loss: Loss; because: string }[];
}

/** One kind of fault. */
export interface Kind {
  title: string;
  /** In a whole campaign, and in the short one of `npm test`. */
  tries: number;
  few: number;
  /**
   * Makes faults one after the other.
   * @param work an empty folder of its own
   * @returns a try each; none where this machine cannot make such a fault, which `skipped` is told
   */
  run(scene: Scene, count: number, random: Random, work: string): AsyncIterable<Try>;
  /** Says what this machine lacks for it. */
  lacks?(): string | undefined;
}
