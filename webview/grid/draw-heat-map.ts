// A heat map on a canvas.
import type { PatchGrid } from '../../worker/api/analysis';
import { upsample } from '../../worker/evaluation/upsample';
import { colorize } from '../../worker/evaluation/heat-colors';
import type { Scale } from '../model/patch';

/**
 * Draws a heat map over the whole of a canvas.
 * @param values (rows, columns) of the grid, coloured over the scale
 * @param side of the canvas in pixels, at least; as many as there are patches where those are more
 */
export function drawHeatMap(
  canvas: HTMLCanvasElement,
  values: ArrayLike<number>,
  grid: PatchGrid,
  scale: Scale,
  side: number,
): void {
  const [width, height] = [Math.max(side, grid.columns), Math.max(side, grid.rows)];
  canvas.width = width;
  canvas.height = height;
  const pixels = colorize(upsample(values, grid, width, height), scale);
  canvas.getContext('2d')?.putImageData(new ImageData(pixels, width, height), 0, 0);
}
