// The colours of the map's images, and what they mean: by cluster, by class, folder or part of the name, or by anomaly score. Pure.
import { clusterColor, paletteSize } from '../../worker/labels/view';
import type { GalleryModel } from '../model/gallery-model';
import type { ImageModel } from '../model/image-model';
import { scaleColors } from '../../worker/evaluation/heat-colors';

/** `cluster`, `score`, or the id of a facet. */
export type MapColoring = string;

/** Where the label file or the layout does not say. */
const unknown = '#888';

export interface MapColors {
  /** CSS colour of an image. */
  of: (image: ImageModel) => string;
  /** A colour a name; undefined where colours are a scale. */
  names: { color: string; name: string }[] | undefined;
}

/** Scores go over the scale of the whole folder, in "plasma". */
export function mapColors({ clusters, facets, analysis }: GalleryModel, coloring: MapColoring): MapColors {
  if (coloring === 'score' && analysis) {
    const { min, max } = analysis.scale;
    const levelOf = (score: number) => Math.round((255 * (score - min)) / (max - min || 1));
    return { of: ({ score }) => heatColor(levelOf(score ?? min)), names: undefined };
  }
  const facet = facets.find(({ id }) => id === coloring);
  if (facet) {
    const names = facet.values.map((name, i) => ({ name, color: clusterColor(i % paletteSize, 0) }));
    const colors = new Map(names.map(({ name, color }) => [name, color]));
    return { of: (image) => colors.get(facet.valueOf(image) ?? '') ?? unknown, names };
  }
  const colors = new Map(clusters.map(({ id, color }) => [id, color]));
  const names = clusters.map(({ color, title }) => ({ color, name: title }));
  return { of: ({ cluster }) => colors.get(cluster) ?? unknown, names };
}

/** @param level 0 to 255 */
function heatColor(level: number): string {
  const at = level * 4;
  return `rgb(${scaleColors[at]} ${scaleColors[at + 1]} ${scaleColors[at + 2]})`;
}
