// How clusters look and are called wherever they are shown.
import type { LabelCluster } from './document';

/**
 * Twelve colours found by a search over the sRGB cube. Each has a contrast of at least 3:1 with white and with #1f1f1f (WCAG 2.2,
 * 1.4.11). Any two stay apart by 9.6 or more (CIEDE2000) for normal sight and, as simulated by Machado et al. (2009), for full
 * protanopia, deuteranopia and tritanopia. The first ones are furthest apart, because most folders have few clusters.
 */
const colors = [
  '#BB4411',
  '#3388FF',
  '#998899',
  '#227766',
  '#AA44AA',
  '#009977',
  '#3355FF',
  '#AA8833',
  '#557744',
  '#886688',
  '#AA77BB',
  '#EE1166',
] as const;

/** Colours from here on are told apart by shape as well. */
const firstLate = 8;

/** Whether a colour comes late in the palette. @param color #rrggbb */
export function isLateColor(color: string): boolean {
  return (colors as readonly string[]).indexOf(color) >= firstLate;
}

/** Number of different colours. */
export const paletteSize = colors.length;

/** Place in the palette, which is used again from the start; a cluster without a colour gets one by its id. */
export function paletteIndex(color: number | undefined, id: number): number {
  return (color ?? id - 1) % colors.length;
}

/**
 * The colour of a new cluster: the smallest number that none of the others has and whose place in the palette none of them shows. Once
 * all places are shown, the palette is used again from the start.
 * @param others clusters that are there, those that were just made included
 */
export function freeColor(others: readonly Pick<LabelCluster, 'id' | 'color'>[]): number {
  const taken = new Set(others.flatMap(({ id, color }) => [color, paletteIndex(color, id)]));
  let color = 0;
  while (taken.has(color)) color++;
  return color;
}

/** Colour of a cluster as #rrggbb. */
export function clusterColor(color: number | undefined, id: number): string {
  return colors[paletteIndex(color, id)] ?? colors[0];
}

/** What a cluster is called: its name or, until it has one, its number. */
export function clusterTitle({ id, name }: Pick<LabelCluster, 'id' | 'name'>): string {
  return name.trim() === '' ? `Cluster ${id}` : name;
}
