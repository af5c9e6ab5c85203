// Long images: squeezed into the network's square, their defects would vanish. The network sees them as long as they are, with as many pixels
// and patches as any other image, so that all bags can be compared. Pure.
import type { PatchGrid } from '../api/analysis';

/**
 * How many times as wide and, at once, as low as usual the network's input is: a power of two, below 1 for tall images. The input is
 * then `elongation`² times as long.
 */
export type Elongation = number;

/** Up to this ratio an image is squeezed, and patches stay where the method was measured. */
export const longestSqueezed = 3;

interface Size {
  width: number;
  height: number;
}

/** How many times as long as the network's input an image is, along its longer side. */
export function stretchOf({ width, height }: Size, { inputWidth, inputHeight }: PatchGrid): number {
  const ratio = (width * inputHeight) / (height * inputWidth);
  return Math.max(ratio, 1 / ratio);
}

/**
 * The elongation whose input is nearest to an image's own shape, as far as the patches can be shared out. 1 for images up to
 * {@link longestSqueezed}.
 */
export function elongationOf(image: Size, grid: PatchGrid): Elongation {
  const stretch = stretchOf(image, grid);
  if (stretch <= longestSqueezed) return 1;
  const isWide = image.width * grid.inputHeight > image.height * grid.inputWidth;
  const [patches, pixels] = isWide ? [grid.rows, grid.inputHeight] : [grid.columns, grid.inputWidth];
  let factor = 1;
  const isNearer = () => Math.log2(stretch) >= 2 * Math.log2(factor) + 1;
  while (isNearer() && patches % (factor * 2) === 0 && pixels % (factor * 2) === 0 && patches > factor * 2) factor *= 2;
  return isWide ? factor : 1 / factor;
}

/** The size of the network's input. */
export function elongatedSize<T extends Size>(input: T, elongation: Elongation): T {
  return { ...input, width: input.width * elongation, height: input.height / elongation };
}

/** Where the patches lie. */
export function elongatedGrid(grid: PatchGrid, elongation: Elongation): PatchGrid {
  return {
    ...grid,
    rows: grid.rows / elongation,
    columns: grid.columns * elongation,
    inputWidth: grid.inputWidth * elongation,
    inputHeight: grid.inputHeight / elongation,
  };
}
