// How well regions lie on true objects, and what clusters of regions say of images that show several kinds at once. Pure.
import { bestAssignment } from '../base/assignment';

/** Intersections over union from which on a region is on an object. */
export const placementLevels = [0.1, 0.3] as const;

/** How well regions lie on objects, whatever their classes are. */
export interface Placement {
  /** By {@link placementLevels}: share of the objects that some region overlaps by so much. */
  recall: number[];
  /** By {@link placementLevels}: share of the regions on images with objects that overlap some object by so much. */
  precision: number[];
  /** On an image with objects, and on one without; null where there are none such. */
  regions: { defect: number; good: number | null };
}

/** @param pictures (objects, regions) intersections over union of each image, and how many regions it has */
export function placementOf(pictures: readonly { overlaps: readonly number[][]; found: number }[]): Placement {
  const withObjects = pictures.filter(({ overlaps }) => overlaps.length > 0);
  const without = pictures.filter(({ overlaps }) => overlaps.length === 0);
  const objects = withObjects.flatMap(({ overlaps }) => overlaps.map((row) => Math.max(0, ...row)));
  const regions = withObjects.flatMap(({ overlaps }) =>
    overlaps[0]!.map((_, at) => Math.max(...overlaps.map((row) => row[at]!))),
  );
  const above = (values: readonly number[]) =>
    placementLevels.map((level) => mean(values.map((each) => Number(each >= level))));
  return {
    recall: above(objects),
    precision: above(regions),
    regions: {
      defect: mean(withObjects.map(({ found }) => found)),
      good: without.length === 0 ? null : mean(without.map(({ found }) => found)),
    },
  };
}

export interface LabelSets {
  /** F1 over all pairs of image and kind. */
  micro: number;
  /** Mean over the kinds of their F1. */
  macro: number;
  kinds: { name: string; cluster: number | null; f1: number }[];
}

/**
 * F1 of label sets, with clusters matched one to one to the kinds that most of their images have.
 * @param truth kinds that each image shows
 * @param labels pairs of image and cluster
 */
export function labelSetsOf(
  truth: readonly ReadonlySet<string>[],
  labels: readonly (readonly [image: number, cluster: number])[],
  kinds: readonly string[],
): LabelSets {
  const imagesOf = new Map<number, Set<number>>();
  for (const [image, cluster] of labels) imagesOf.set(cluster, (imagesOf.get(cluster) ?? new Set()).add(image));
  const overlaps = new Map(
    [...imagesOf].map(([cluster, images]) => {
      const counts = kinds.map(
        (kind, i) => [i, [...images].filter((image) => truth[image]!.has(kind)).length] as const,
      );
      return [cluster, new Map(counts.filter(([, count]) => count > 0))];
    }),
  );
  const clusterOf = new Map([...bestAssignment(overlaps)].map(([cluster, kind]) => [kind, cluster]));
  const counts = kinds.map((kind, i) => {
    const cluster = clusterOf.get(i) ?? null;
    const said = (cluster === null ? undefined : imagesOf.get(cluster)) ?? new Set<number>();
    const own = truth.flatMap((each, image) => (each.has(kind) ? [image] : []));
    const hit = own.filter((image) => said.has(image)).length;
    return { name: kind, cluster, hit, wrong: own.length + said.size - 2 * hit };
  });
  const sum = (of: 'hit' | 'wrong') => counts.reduce((total, each) => total + each[of], 0);
  return {
    micro: f1(sum('hit'), sum('wrong')),
    macro: mean(counts.map(({ hit, wrong }) => f1(hit, wrong))),
    kinds: counts.map(({ name, cluster, hit, wrong }) => ({ name, cluster, f1: f1(hit, wrong) })),
  };
}

function f1(hit: number, wrong: number): number {
  return hit === 0 ? 0 : (2 * hit) / (2 * hit + wrong);
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
