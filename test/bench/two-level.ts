// Ward in two levels beside Ward: how much their groups have in common, and how much either has with the truth.
import { createRandom } from '../../worker/base/random';
import { buildTree, cutTree } from '../../worker/clustering/tree';
import { twoLevelWard } from '../../worker/clustering/many/two-level';
import { wardFromVectors } from '../../worker/clustering/ward';
import { evaluate } from '../../worker/evaluation/metrics';

/** Vectors, and the kind of each. */
export interface Labelled {
  vectors: Float32Array;
  truth: Int32Array;
}

/** Numbers of a vector: those that images are grouped by. */
export const dimensions = 32;

/**
 * Normal clouds whose deviations fall from number to number, as those of components that are whitened by half; kind i has a share in proportion to
 * 1/(i + 1); one in twenty belongs to no kind and lies anywhere among them (noise, which has a kind of its own in the truth).
 * @param apart how far the centres are apart, in deviations of a cloud
 */
export function drawMixture(count: number, kinds: number, apart: number, seed: number): Labelled {
  const random = createRandom(seed);
  const deviations = Array.from({ length: dimensions }, (_, d) => 1 / Math.sqrt(1 + d / 4));
  const centres = Array.from(
    { length: kinds * dimensions },
    (_, i) => apart * deviations[i % dimensions]! * random.normal(),
  );
  const shares = Float64Array.from({ length: kinds }, (_, kind) => 1 / (1 + kind));
  const vectors = new Float32Array(count * dimensions);
  const truth = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    const isNoise = random.between(0, 1) < 0.05;
    const kind = isNoise ? kinds : random.weighted(shares);
    truth[i] = kind;
    for (let d = 0; d < dimensions; d++) {
      const place = isNoise ? apart * deviations[d]! * random.normal() : centres[kind * dimensions + d]!;
      vectors[i * dimensions + d] = place + deviations[d]! * random.normal();
    }
  }
  return { vectors, truth };
}

/** Groups of both, at one number of them. */
export interface TwoLevelRow {
  what: string;
  k: number;
  /** NMI of the two with each other. */
  between: number;
  /** NMI of Ward with itself when every number is moved by a hundredth of a deviation. */
  wardMoved: number;
  /** NMI with the truth, of those that have a kind. */
  ward: number;
  twoLevel: number;
  wardSeconds: number;
  twoLevelSeconds: number;
}

/** @param ks numbers of groups; the first is the true one */
export async function compareWithWard(
  what: string,
  { vectors, truth }: Labelled,
  ks: readonly number[],
  options: { largestPart: number; branches: number; threads: number },
): Promise<TwoLevelRow[]> {
  const count = truth.length;
  const timed = async <T>(work: () => Promise<T>): Promise<[T, number]> => {
    const start = performance.now();
    return [await work(), (performance.now() - start) / 1000];
  };
  const size = vectors.length / count;
  const [two, twoLevelSeconds] = await timed(() => twoLevelWard(vectors, count, size, { seed: 0, ...options }));
  const [merges, wardSeconds] = await timed(() => wardFromVectors(vectors, count, size, options.threads));
  const random = createRandom(1);
  const spread = Math.sqrt(vectors.reduce((sum, value) => sum + value * value, 0) / vectors.length);
  const movedVectors = vectors.map((value) => value + 0.01 * spread * random.normal());
  const moved = buildTree(await wardFromVectors(movedVectors, count, size, options.threads), count);
  const [tree, upper] = [buildTree(merges, count), buildTree(two.merges, two.merges.length + 1)];
  return ks.map((k) => {
    const ward = cutTree(tree, k);
    const top = cutTree(upper, k);
    const twoLevel = two.branchOf.map((branch) => top[branch]!);
    const withTruth = (labels: Int32Array) => {
      const known = [...truth.keys()].filter((i) => truth[i]! < ks[0]!);
      return nmi(
        known.map((i) => truth[i]!),
        known.map((i) => labels[i]!),
      );
    };
    return {
      ...{ what, k, between: nmi(ward, twoLevel), wardMoved: nmi(ward, cutTree(moved, k)) },
      ...{ ward: withTruth(ward), twoLevel: withTruth(twoLevel), wardSeconds, twoLevelSeconds },
    };
  });
}

export function nmi(truth: Iterable<number>, labels: Iterable<number>): number {
  return evaluate([...truth].map(String), [...labels]).nmi;
}
