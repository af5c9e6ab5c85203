// How a photo came out: bright enough, sharp, and what it looks like from afar.
import { decodeImage, type ValueRange } from './decode';

/** What is known of how a photo came out. */
export interface Quality {
  /** Mean of its grey values, 0 to 1. */
  brightness: number;
  /** Standard deviation of the Laplacian of its grey values: small where nothing has an edge. */
  sharpness: number;
  /** Grey values of the image in small, (32, 32). */
  small: Uint8Array;
}

/** What is looked at; defects of focus are as large in every photo of a folder. */
const side = 512;
/** Of the small image. */
export const smallSide = 32;

/** @throws ImageError with the reason */
export async function qualityOf(bytes: Uint8Array, range?: ValueRange): Promise<Quality> {
  const grey = toGrey(await decodeImage(bytes, side, side, range));
  return { brightness: mean(grey) / 255, sharpness: sharpnessOf(grey), small: shrink(grey) };
}

/** Luma of ITU-R BT.601. @param rgb (pixels, 3) */
function toGrey(rgb: Uint8Array): Float32Array {
  return Float32Array.from(
    { length: rgb.length / 3 },
    (_, i) => 0.299 * rgb[3 * i]! + 0.587 * rgb[3 * i + 1]! + 0.114 * rgb[3 * i + 2]!,
  );
}

function sharpnessOf(grey: Float32Array): number {
  let [sum, squares, count] = [0, 0, 0];
  for (let y = 1; y < side - 1; y++) {
    for (let i = y * side + 1; i < (y + 1) * side - 1; i++) {
      const value = 4 * grey[i]! - grey[i - 1]! - grey[i + 1]! - grey[i - side]! - grey[i + side]!;
      sum += value;
      squares += value * value;
      count++;
    }
  }
  return Math.sqrt(Math.max(squares / count - (sum / count) ** 2, 0));
}

/** Means of cells. */
function shrink(grey: Float32Array): Uint8Array {
  const cell = side / smallSide;
  const sums = new Float32Array(smallSide * smallSide);
  for (let y = 0; y < side; y++) {
    const row = Math.floor(y / cell) * smallSide;
    for (let x = 0; x < side; x++) sums[row + Math.floor(x / cell)]! += grey[y * side + x]!;
  }
  return Uint8Array.from(sums, (sum) => Math.round(sum / cell ** 2));
}

function mean(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
