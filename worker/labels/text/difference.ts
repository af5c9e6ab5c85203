// What differs between two texts, as one replacement of whole lines.
import type { TextEdit } from './edit';

/** Lines with their ends. */
const lineStarts = /(?<=\n)/;

/**
 * The one replacement that turns one text into another, without the lines that they have in common at both ends. Whole lines, so
 * that the edit reads well, cursors elsewhere stay where they are, and no character is cut in two.
 */
export function difference(before: string, after: string): TextEdit[] {
  if (before === after) return [];
  const old = before.split(lineStarts);
  const fresh = after.split(lineStarts);
  const shorter = Math.min(old.length, fresh.length);
  let start = 0;
  while (start < shorter && old[start] === fresh[start]) start++;
  let end = 0;
  while (end < shorter - start && old.at(-1 - end) === fresh.at(-1 - end)) end++;
  return [
    {
      offset: lengthOf(old.slice(0, start)),
      length: lengthOf(old.slice(start, old.length - end)),
      text: fresh.slice(start, fresh.length - end).join(''),
    },
  ];
}

function lengthOf(lines: string[]): number {
  return lines.reduce((sum, { length }) => sum + length, 0);
}
