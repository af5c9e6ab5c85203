// The range of values of images with more than 8 bits a channel, by which they are shown and embedded as 0 to 255.
import { sortedTogether } from '../base/sorting';

/** What becomes 0 and what becomes 255: of 0 to 65535, or of whatever numbers the images hold. */
export interface ValueRange {
  min: number;
  max: number;
}

/** So many quantiles describe the values of one image: the outermost ones leave out a thousandth at either end. */
const quantileCount = 512;
/** Share of a folder's values that may be cut off at either end: a pixel that is stuck says nothing of the others. */
const outside = 0.001;

/** Values at evenly spaced ranks, sorted. @param values of the colours of an image, or of a sample of its pixels */
export function quantilesOf(values: Uint16Array | Float32Array): Float32Array {
  const sorted = Float32Array.from(values).sort();
  const count = Math.min(quantileCount, sorted.length);
  return Float32Array.from({ length: count }, (_, i) => sorted[Math.floor(((i + 0.5) * sorted.length) / count)]!);
}

/**
 * What becomes 0 and 255: the values that all but a thousandth of the pixels lie above and below.
 * @param images quantiles of each image
 */
export function rangeOf(images: readonly Float32Array[]): ValueRange {
  const sorted = sortedTogether(images);
  const last = sorted.length - 1;
  return { min: sorted[Math.floor(outside * last)] ?? 0, max: sorted[Math.ceil((1 - outside) * last)] ?? 0 };
}
