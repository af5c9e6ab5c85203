// Ground-truth masks: where the defect is, pixel by pixel, and their outlines for people.
import sharp from 'sharp';
import { EngineError } from '../api/errors';
import { decodeValues, ImageError } from './decode';
import { withImageFile } from './image-file';

/** Mask files and the size of the image that they belong to. */
export interface MaskSource {
  /** Absolute paths: what any of them marks is marked. */
  files: readonly string[];
  width: number;
  height: number;
}

/** (height, width) at the size of the image; 1 where the defect is. */
export interface Mask {
  width: number;
  height: number;
  values: Uint8Array;
}

/** Above half: MVTec AD's masks are 0 and 255; others have values in between along soft edges. */
const threshold = 127;
/** Between the ratios of sides: resolutions are rounded to whole pixels. */
const shapeTolerance = 0.02;
/** Numbers of classes are this at most. */
const largestIndex = 32;

/**
 * The union of an image's masks; undefined where it has none. A mask of another resolution is brought to the image's size, pixel by nearest pixel.
 * @throws EngineError `mask-invalid` when a file cannot be read, or has another shape than its image
 */
export async function readMask({ files, width, height }: MaskSource): Promise<Mask | undefined> {
  if (files.length === 0) return undefined;
  const values = new Uint8Array(width * height);
  for (const file of files) {
    const decoded = await decodeFile(file);
    if (!isSameShape(decoded, { width, height })) {
      throw new EngineError(
        { code: 'mask-invalid', file },
        `The mask ${file} has ${decoded.width}×${decoded.height} pixels and its image ${width}×${height}. Make them the same size, or remove the mask.`,
      );
    }
    const limit = limitOf(decoded.values);
    const [across, down] = [decoded.width / width, decoded.height / height];
    for (let y = 0, i = 0; y < height; y++) {
      const row = Math.floor((y + 0.5) * down) * decoded.width;
      for (let x = 0; x < width; x++, i++) {
        if (decoded.values[row + Math.floor((x + 0.5) * across)]! > limit) values[i] = 1;
      }
    }
  }
  return { width, height, values };
}

/** Whether one is the other, larger or smaller: masks are often made at another resolution than the photos that are kept. */
function isSameShape(a: { width: number; height: number }, b: { width: number; height: number }): boolean {
  const ratio = (a.width * b.height) / (a.height * b.width);
  return Math.abs(ratio - 1) <= shapeTolerance;
}

/** Whether a mask marks anything, whatever the size of its image. @throws EngineError `mask-invalid` */
export async function marksAnything(file: string): Promise<boolean> {
  const { values } = await decodeFile(file);
  const limit = limitOf(values);
  return values.some((value) => value > limit);
}

/** Everything above is a defect: 0 where the values are numbers of classes, as most tools for segmentation write them, or all of them are dark. */
function limitOf(values: Uint16Array): number {
  let largest = 0;
  let isIndexed = true;
  for (const value of values) {
    if (value > largest) largest = value;
    if (value > largestIndex && value !== 255) isIndexed = false;
  }
  if (isIndexed || largest <= threshold) return 0;
  return largest > 255 ? largest / 2 : threshold;
}

function decodeFile(file: string): Promise<{ width: number; height: number; values: Uint16Array }> {
  return withImageFile(file, decodeValues).catch((error: unknown) => {
    const reason = error instanceof ImageError ? error.message : 'cannot be opened';
    throw new EngineError({ code: 'mask-invalid', file }, `The mask ${file} ${reason}. Mend it or remove it.`, {
      cause: error,
    });
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
