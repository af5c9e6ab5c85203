// One way to number clusters, whichever clusterer found them.

/** The same partition, with clusters numbered 0, 1, … in the order in which they first appear. */
export function renumber(labels: Int32Array): Int32Array {
  const numbers = new Map<number, number>();
  return labels.map((label) => {
    const known = numbers.get(label) ?? numbers.size;
    numbers.set(label, known);
    return known;
  });
}
