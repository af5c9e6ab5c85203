// Ground-truth masks: where the defect is, pixel by pixel, and their outlines for people.
import sharp from 'sharp';
import { EngineError } from '../api/errors';
import { decodeGrey, ImageError } from './decode';
import { withImageFile } from './image-file';

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
  const decoded = await withImageFile(file, decodeGrey).catch((error: unknown) => {
    const reason = error instanceof ImageError ? error.message : 'cannot be opened';
    throw new EngineError({ code: 'mask-invalid', file }, `The mask ${file} ${reason}. Mend it or remove it.`, {
      cause: error,
    });
  });
  if (decoded.width !== width || decoded.height !== height) {
    throw new EngineError(
      { code: 'mask-invalid', file },
      `The mask ${file} has ${decoded.width}×${decoded.height} pixels and its image ${width}×${height}. Make them the same size, or remove the mask.`,
    );
  }
  return { width, height, values: decoded.values.map((value) => (value > threshold ? 1 : 0)) };
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
