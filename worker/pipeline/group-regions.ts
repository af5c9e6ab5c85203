// Runs that group regions: from the regions of all images to the lines of the label file. An image's label is that of its first region.
import type { MethodSettings } from '../api/settings';
import type { ClusterSummary } from '../api/requests';
import { medoid } from '../clustering/medoids';
import type { DescribedDataset } from '../describe/describe-images';
import type { DescribedRegions } from '../describe/image-regions';
import { clustersOfImage, keysOf, regionKey, type LabelDocument } from '../labels';
import type { Grouping } from '../pool/tasks/group';
import type { Run } from '../session/run';
import { groupImages } from './group-images';

/** Regions, and how they are grouped; no grouping where there are fewer than two. */
export interface GroupedRegions extends DescribedRegions {
  grouping: Grouping | undefined;
}

/** @throws EngineError `invalid-setting` where more clusters are asked for than there are regions; `cancelled` */
export async function groupRegions(
  run: Run,
  described: DescribedRegions,
  settings: MethodSettings,
): Promise<GroupedRegions> {
  const { comparison } = described;
  if (comparison === undefined || comparison.count < 2) return { ...described, grouping: undefined };
  return { ...described, grouping: await groupImages(run, comparison, settings, 'regions') };
}

/** What the lines of the regions are known by, in their order. */
export function regionKeys(
  { images }: Pick<DescribedDataset, 'images'>,
  { regions }: Pick<DescribedRegions, 'regions'>,
): string[] {
  return regions.map(({ image, box }) => regionKey(images[image]!.image.path, box));
}

/**
 * The labels of a run with those of its regions. Images that nothing stands out in are a cluster of their own, the last.
 * @param proposed labels of the images
 */
export function withRegions(
  proposed: LabelDocument,
  { images }: Pick<DescribedDataset, 'images'>,
  { regions, grouping }: GroupedRegions,
): LabelDocument {
  const labelOf = (row: number) => (grouping?.assignment[row] ?? 0) + 1;
  const ids = new Set(regions.map((_, row) => labelOf(row)));
  const without = Math.max(0, ...ids) + 1;
  const own = images.map((): { box: number[]; cluster: number }[] => []);
  for (const [row, { image, box }] of regions.entries()) own[image]!.push({ box, cluster: labelOf(row) });
  if (own.some(({ length }) => length === 0)) ids.add(without);
  return {
    ...proposed,
    clusters: [...ids].map((id) => ({ id, name: '' })),
    images: images.map(({ image: { path } }, i) => {
      const found = own[i]!;
      return found.length === 0 ? { path, cluster: without } : { path, cluster: found[0]!.cluster, regions: found };
    }),
  };
}

/** Clusters that have images of this run, an image in those of all its regions, each with the image of its most typical region. */
export function summariseRegions(
  labels: LabelDocument,
  described: Pick<DescribedDataset, 'images' | 'comparison'>,
  regions: DescribedRegions,
): ClusterSummary[] {
  const rows = new Map(regionKeys(described, regions).map((key, row) => [key, row]));
  const imageRows = new Map(described.images.map(({ image }, row) => [image.path, row]));
  return labels.clusters.flatMap(({ id, name }) => {
    const members = labels.images.filter((image) => imageRows.has(image.path) && clustersOfImage(image).includes(id));
    if (members.length === 0) return [];
    const parts = members.flatMap((image) =>
      (image.regions ?? []).flatMap(({ cluster }, i) => (cluster === id ? (rows.get(keysOf(image)[i]!) ?? []) : [])),
    );
    const centre =
      parts.length > 0 && regions.comparison
        ? regions.regions[medoid(regions.comparison, parts)]!.image
        : medoid(
            described.comparison,
            members.map(({ path }) => imageRows.get(path)!),
          );
    return [{ id, name, images: members.length, medoid: described.images[centre]!.image.path }];
  });
}
