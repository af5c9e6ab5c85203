// Whether an object of a JSON text has a key twice, without a syntax tree: readers take the last one, so there are fewer keys than were written.

/** A string, and the colon after it where it is a key. */
const stringOrKey = /"(?:[^"\\]|\\.)*"(\s*:)?/gs;

/** @param text valid JSON, @param value what it says */
export function hasRepeatedKeys(text: string, value: unknown): boolean {
  let written = 0;
  for (const [, colon] of text.matchAll(stringOrKey)) if (colon !== undefined) written++;
  return written !== keysIn(value);
}

function keysIn(value: unknown): number {
  let count = 0;
  const pending = [value];
  while (pending.length > 0) {
    const each = pending.pop();
    if (typeof each !== 'object' || each === null) continue;
    const children: unknown[] = Object.values(each);
    if (!Array.isArray(each)) count += children.length;
    for (const child of children) if (typeof child === 'object') pending.push(child);
  }
  return count;
}
