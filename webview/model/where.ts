// Where a cluster's images stand out, in words. Pure.
import * as l10n from '@vscode/l10n';
import type { HeatMap, PatchScale } from '../../worker/api/analysis';

/** Share of what stands out that has to be in one of nine parts of the image to be called its place. */
const concentrated = 0.4;
/** Of the full scale, over all patches: less is as usual. */
const slight = 0.01;

/** A sentence; for nine parts of an image, left to right and top to bottom. */
export function placeInWords(
  maps: readonly Pick<HeatMap, 'grid' | 'distances'>[],
  { usual, unusual }: PatchScale,
): string {
  const parts = new Float64Array(9);
  let patches = 0;
  for (const { grid, distances } of maps) {
    const { rows, columns } = grid;
    patches += distances.length;
    for (const [i, distance] of distances.entries()) {
      const beyond = Math.min(Math.max((distance - usual) / (unusual - usual || 1), 0), 1);
      const [row, column] = [Math.floor(i / columns), i % columns];
      const part = Math.min(2, Math.floor((3 * row) / rows)) * 3 + Math.min(2, Math.floor((3 * column) / columns));
      parts[part]! += beyond;
    }
  }
  const total = parts.reduce((sum, value) => sum + value, 0);
  if (patches === 0) return '';
  if (total / patches < slight) return l10n.t('Nothing stands out much.');
  const most = parts.indexOf(Math.max(...parts));
  if (parts[most]! / total < concentrated) return l10n.t('What stands out is in different places.');
  return [
    l10n.t('What stands out is mostly at the top left.'),
    l10n.t('What stands out is mostly at the top.'),
    l10n.t('What stands out is mostly at the top right.'),
    l10n.t('What stands out is mostly at the left.'),
    l10n.t('What stands out is mostly in the middle.'),
    l10n.t('What stands out is mostly at the right.'),
    l10n.t('What stands out is mostly at the bottom left.'),
    l10n.t('What stands out is mostly at the bottom.'),
    l10n.t('What stands out is mostly at the bottom right.'),
  ][most]!;
}
