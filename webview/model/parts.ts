// The two halves of a cluster: what the highest merge within it joins. Pure.
import type { Analysis } from '../../worker/api/analysis';

/** The larger part first; undefined where the dendrogram has none of the images, or only one. */
export function partsOf(analysis: Analysis | null, paths: readonly string[]): [string[], string[]] | undefined {
  if (!analysis) return undefined;
  const wanted = new Set(paths);
  const members = new Map<number, string[]>();
  for (const [i, { path }] of analysis.images.entries()) if (wanted.has(path)) members.set(i, [path]);
  let parts: [string[], string[]] | undefined;
  for (const [row, [left, right]] of analysis.merges.entries()) {
    const [a, b] = [members.get(left), members.get(right)];
    if (!a && !b) continue;
    // The last merge of two that both hold some of them.
    if (a && b) parts = a.length >= b.length ? [a, b] : [b, a];
    members.set(analysis.images.length + row, a && b ? a.concat(b) : (a ?? b)!);
    members.delete(left);
    members.delete(right);
  }
  return parts;
}
