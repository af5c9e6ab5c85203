// Ground-truth masks: where the defect is, pixel by pixel, and how much of each patch that is.
import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { EngineError, type PatchGrid } from '../api';
import { uniformWeights } from '../bags/weights';
import { decodeGrey, ImageError } from './decode';

/** A mask file and the size of the image that it belongs to. Without a file nothing is marked. */
export interface MaskSource {
  /** Absolute path. */
  file?: string | undefined;
  width: number;
  height: number;
}

/** (height, width) at the size of the image; 1 where the defect is. */
export interface Mask {
  width: number;
  height: number;
  values: Uint8Array;
}

/** MVTec AD's masks are 0 and 255; Magnetic Tile's have a few values in between along the edges. */
const threshold = 127;

/** @throws EngineError `mask-invalid` when the file cannot be read, or has another size than its image */
export async function readMask({ file, width, height }: MaskSource): Promise<Mask | undefined> {
  if (file === undefined) return undefined;
  const decoded = await readFile(file)
    .then(decodeGrey)
    .catch((error: unknown) => {
      const reason = error instanceof ImageError ? error.message : 'cannot be opened';
      throw new EngineError('mask-invalid', `The mask ${file} ${reason}. Mend it or remove it.`, file, {
        cause: error,
      });
    });
  if (decoded.width !== width || decoded.height !== height) {
    throw new EngineError(
      'mask-invalid',
      `The mask ${file} has ${decoded.width}×${decoded.height} pixels and its image ${width}×${height}. Make them the same size, or remove the mask.`,
      file,
    );
  }
  return { width, height, values: decoded.values.map((value) => (value > threshold ? 1 : 0)) };
}

/**
 * Share of the mask in each patch's cell of stride × stride pixels around its centre, as an average over the cell's area in the resized
 * image. Cells beyond the border count what lies inside.
 * @returns (M), 0..1
 */
export function maskShares({ width, height, values }: Mask, grid: PatchGrid): Float64Array {
  const across = cells(grid.columns, grid.stride, grid.origin, width / grid.inputWidth, width);
  const down = cells(grid.rows, grid.stride, grid.origin, height / grid.inputHeight, height);
  const shares = new Float64Array(grid.rows * grid.columns);
  for (const [row, vertical] of down.entries()) {
    for (const [column, horizontal] of across.entries()) {
      let sum = 0;
      let area = 0;
      for (const { pixel: y, part: high } of vertical) {
        for (const { pixel: x, part: wide } of horizontal) {
          sum += values[y * width + x]! * high * wide;
          area += high * wide;
        }
      }
      shares[row * grid.columns + column] = area > 0 ? sum / area : 0;
    }
  }
  return shares;
}

/**
 * Weights from a mask: its share of each patch, normalised. Without a mask, or with an empty one, all patches weigh the same.
 * @returns (M), sums to one
 */
export function maskWeights(mask: Mask | undefined, grid: PatchGrid): Float64Array {
  const shares = mask ? maskShares(mask, grid) : new Float64Array(grid.rows * grid.columns);
  const sum = shares.reduce((a, b) => a + b, 0);
  return sum === 0 ? uniformWeights(shares.length) : shares.map((share) => share / sum);
}

/** For each patch along one axis the pixels of its cell, and how much of each lies inside. */
function cells(patches: number, stride: number, origin: number, scale: number, pixels: number) {
  return Array.from({ length: patches }, (_, patch) => {
    const from = Math.max(0, (origin + (patch - 0.5) * stride) * scale);
    const to = Math.min(pixels, (origin + (patch + 0.5) * stride) * scale);
    const parts: { pixel: number; part: number }[] = [];
    for (let pixel = Math.floor(from); pixel < to; pixel++) {
      const part = Math.min(to, pixel + 1) - Math.max(from, pixel);
      if (part > 1e-9) parts.push({ pixel, part });
    }
    return parts;
  });
}

/** Around the white line, so that it is seen on every image. */
const outlineColors = { inner: [255, 255, 255, 255], outer: [0, 0, 0, 200] } as const;

/** The outline of a mask as a transparent picture: WebP, its longest side at most so many pixels. */
export async function drawOutline({ width, height, values }: Mask, side: number): Promise<Uint8Array> {
  const pixels = new Uint8Array(width * height * 4);
  // As wide as it must be to be seen when the picture fits the window.
  const reach = Math.max(1, Math.round(Math.max(width, height) / 500));
  const isMarked = (x: number, y: number) => x >= 0 && y >= 0 && x < width && y < height && values[y * width + x] === 1;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const marked = isMarked(x, y);
      let isEdge = false;
      for (let step = 1; step <= reach && !isEdge; step++) {
        isEdge =
          isMarked(x - step, y) !== marked ||
          isMarked(x + step, y) !== marked ||
          isMarked(x, y - step) !== marked ||
          isMarked(x, y + step) !== marked;
      }
      if (isEdge) pixels.set(marked ? outlineColors.outer : outlineColors.inner, (y * width + x) * 4);
    }
  }
  return sharp(pixels, { raw: { width, height, channels: 4 } })
    .resize(side, side, { fit: 'inside', withoutEnlargement: true })
    .webp({ lossless: true })
    .toBuffer();
}
