// How well heat maps point: how much of their colour lies on the defects, over the sets that have masks.
import { colorize } from '../../worker/evaluation/heat-colors';
import { heatValues } from '../../webview/model/heat-map';
import { patchScale } from '../../worker/analysis/patch-scale';
import { maskSource } from '../../worker/describe/dataset';
import type { DescribedDataset } from '../../worker/describe/describe-images';
import { upsample } from '../../worker/evaluation/upsample';
import { elongatedGrid } from '../../worker/features/elongation';
import { readMask } from '../../worker/images/masks';
import type { Run } from '../../worker/session/run';

/** Longest side in pixels: the patches are 8 pixels wide and more. */
const side = 128;

/** Mean share of an image's colour, by its opacity, that lies on its mask; null where no image has a mask. */
export async function colourOnMasks(
  run: Run,
  folder: string,
  { images, grid }: DescribedDataset,
): Promise<number | null> {
  const distances = await Promise.all(
    images.map(async ({ heatMapKey }) => new Float32Array((await run.cache.get('distances', heatMapKey))!.buffer)),
  );
  const scores = images.map(({ range }) => range.max);
  const range = { min: Math.min(...images.map((each) => each.range.min)), max: Math.max(...scores) };
  const view = { scale: patchScale(range, distances, scores), weightsOf: undefined, coloring: 'folder' } as const;
  const shares: number[] = [];
  for (const [i, { image }] of images.entries()) {
    if (image.masks === undefined) continue;
    const factor = Math.min(1, side / Math.max(image.width, image.height));
    const [width, height] = [image.width, image.height].map((size) => Math.max(1, Math.round(size * factor))) as [
      number,
      number,
    ];
    const mask = await readMask({ ...maskSource(folder, image), width, height });
    const { values, scale } = heatValues(distances[i]!, view);
    const pixels = colorize(upsample(values, elongatedGrid(grid, image.elongation ?? 1), width, height), scale);
    let [all, onMask] = [0, 0];
    for (let at = 0; at < width * height; at++) {
      const opacity = pixels[at * 4 + 3]!;
      all += opacity;
      if (mask?.values[at]) onMask += opacity;
    }
    if (all > 0) shares.push(onMask / all);
  }
  return shares.length === 0 ? null : shares.reduce((sum, share) => sum + share, 0) / shares.length;
}
