// A few of many.

/** At most `most` entries, evenly over the list, in its order. */
export function evenly<Entry>(entries: readonly Entry[], most: number): Entry[] {
  if (entries.length <= most) return [...entries];
  return Array.from({ length: most }, (_, i) => entries[Math.floor((i * entries.length) / most)]!);
}
