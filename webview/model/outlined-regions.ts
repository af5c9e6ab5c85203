// Which cluster each region of an image is in, for its outline. Pure.
import type { AnalysedRegion } from '../../worker/api/analysis';
import { regionKey } from '../../worker/labels/view';
import type { GalleryModel } from './gallery-model';

/** A region, and how it is shown. */
export interface OutlinedRegion {
  region: AnalysedRegion;
  /** Of its cluster, #rrggbb. */
  color: string;
  /** Of its cluster. */
  title: string;
  /** It is what is looked at. */
  isChosen: boolean;
}

/** Regions that the label file has, each with its cluster. @param path of the tile that is looked at, an image's or a region's key */
export function outlinedRegions(
  { clusters, images }: GalleryModel,
  regions: readonly AnalysedRegion[],
  path: string,
): OutlinedRegion[] {
  const shown = new Map(clusters.map((cluster) => [cluster.id, cluster]));
  const lines = new Map<string, number>();
  for (const { box, cluster } of images.get(path)?.regions ?? []) lines.set(regionKey(path, box), cluster);
  return regions.flatMap((region) => {
    const key = regionKey(region.path, region.box);
    const cluster = shown.get(images.get(key)?.cluster ?? lines.get(key) ?? -1);
    return cluster ? [{ region, color: cluster.color, title: cluster.title, isChosen: key === path }] : [];
  });
}
