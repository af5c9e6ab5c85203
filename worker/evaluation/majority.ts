// The most frequent class of a cluster. Pure.

/** The class that most images of a cluster have. */
export interface Majority {
  name: string;
  /** Of those whose class is known: 0 to 1, the cluster's purity. */
  share: number;
}

/** @param classes of the images of one cluster; undefined where it is not known. The first of equally frequent ones counts. */
export function majorityOf(classes: Iterable<string | undefined>): Majority | undefined {
  const counts = new Map<string, number>();
  let known = 0;
  for (const name of classes) {
    if (name === undefined) continue;
    known++;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  let majority: Majority | undefined;
  for (const [name, count] of counts) {
    if (!majority || count / known > majority.share) majority = { name, share: count / known };
  }
  return majority;
}
