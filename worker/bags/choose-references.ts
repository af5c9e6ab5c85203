// How many reference images there are, and which: those of Eq. 7, and the sample that the temperature is estimated from.
import { createHash } from 'node:crypto';

/** Up to this many images every image is a reference: Eq. 5, exact. */
export const exactLimit = 200;

/** References above that: Eq. 7. */
export const sampledReferences = 64;

/** References of the six blocks: with more, neither the clusters nor the heat maps get better. docs/method.md has the figures. */
export const blockReferences = 8;

/** Images that the components of the blocks are found from. */
export const componentsSample = 2000;

/** Normal images that Eq. 6 compares with. A larger folder is represented by a coreset of so many. */
export const bankLimit = 200;

/** Normal images that a coreset is chosen from: embedding more of them would take longer than it can help. */
export const coresetCandidates = 2000;

/**
 * Orders contents by SHA-256 of (seed, content). The first of them are the references; neither the order of files nor the
 * machine matters, and a few new files hardly change them.
 */
export function rankContents(contents: Iterable<string>, seed: number): string[] {
  const rank = (content: string) => createHash('sha256').update(`${seed}:${content}`).digest('hex');
  return [...new Set(contents)]
    .map((content) => ({ content, rank: rank(content) }))
    .sort((a, b) => (a.rank < b.rank ? -1 : 1))
    .map(({ content }) => content);
}

/** How many references a number of distinct images has. */
export function referenceCount(setting: number | 'auto', images: number): number {
  if (setting === 'auto') return images <= exactLimit ? images : sampledReferences;
  return Math.min(setting, images);
}
