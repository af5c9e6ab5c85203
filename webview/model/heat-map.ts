// What the colours of heat maps mean.
import type { PatchScale } from '../../worker/api/analysis';
import { rangeOf, type Scale } from './patch';
import type { WeightsOf } from './patch-weights';

/**
 * What the colours mean: patch distances beyond what is usual in the folder, so that images can be compared; the upper part of each
 * image's own distances, which shows its faintest differences; or the weights alpha, which sum to one in each image.
 */
export const heatColorings = ['folder', 'image', 'weight'] as const;
export type HeatColoring = (typeof heatColorings)[number];

/** Share of an image's own patches that stay clear where each image has a scale of its own. */
const ownUsualShare = 0.8;

export interface HeatMapView {
  /** Of the distances of the whole folder. */
  scale: PatchScale;
  /** Undefined where there are none to show: distances are shown then. */
  weightsOf: WeightsOf | undefined;
  coloring: HeatColoring;
}

/** What a heat map draws of an image's distances: the values of its patches, and the scale of their colours. */
export function heatValues(
  distances: Float32Array,
  { scale, weightsOf, coloring }: HeatMapView,
): { values: ArrayLike<number>; scale: Scale } {
  const beyondUsual = { values: distances, scale: { min: scale.usual, max: scale.unusual } };
  switch (coloring) {
    case 'folder':
      return beyondUsual;
    case 'image': {
      const sorted = Float32Array.from(distances).sort();
      const min = sorted[Math.floor(ownUsualShare * (sorted.length - 1))] ?? 0;
      return { values: distances, scale: { min, max: sorted[sorted.length - 1] ?? 0 } };
    }
    case 'weight': {
      if (!weightsOf) return beyondUsual;
      const values = weightsOf(distances);
      return { values, scale: { min: 0, max: rangeOf(values).max } };
    }
  }
}
