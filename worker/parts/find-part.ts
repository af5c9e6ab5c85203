// The part that lies in a photo: where it is, along which axis, and which of its two ends is which. Pure.
// Foreground by Otsu's threshold ("A threshold selection method from gray-level histograms", 1979) of the distance to the background's
// colour; the axis by second central moments (Hu, "Visual pattern recognition by moment invariants", 1962).
import { connectedComponents } from '../regions/connected-components';

/** A picture (height, width, 3). */
export interface Picture {
  rgb: Uint8Array;
  width: number;
  height: number;
}

/** One part before a background. Lengths are shares of the photo's width and height. */
export interface FoundPart {
  /** Its centre of mass. */
  x: number;
  y: number;
  /** Of its long axis, clockwise from the horizontal as it is seen, in radians: −π/2 to π/2. */
  angle: number;
  /** Deviation along the long axis over that across it; 1 for what is round. */
  elongation: number;
  /** Of the photo's area. */
  share: number;
  /**
   * What differs between its two ends: skewness along the axis, and how the distance to the axis, red, green and blue correlate with the place on it.
   * All of them change their signs when the part is turned by half a turn.
   */
  ends: [skewness: number, width: number, red: number, green: number, blue: number];
  /** Its corners' reach from its centre along the photo's axes, if it lay with its long axis along the horizontal. */
  reach: { left: number; right: number; top: number; bottom: number };
}

/** Longest side of the picture that a part is looked for in. */
export const glanceSide = 128;

/** Of the variance of distances to the background, the share that lies between background and part: below it, nothing stands apart. */
const leastSeparation = 0.6;
/** Of a photo's edge, and of its area: what covers more of it is no part that lies in it. */
const [mostOfEdge, leastOfArea, mostOfArea] = [0.02, 0.02, 0.7];
/** Of Otsu's threshold, for what belongs to a part as well. */
const faintShare = 0.4;
/** Of the distances along the edge, the share that is background for sure, and how far beyond them it may go. */
const [ownShare, ownFactor] = [0.95, 1.5];
/** Pixels from the edge that say what the background looks like. */
const edgeWidth = 2;

/**
 * @param picture squeezed to any size
 * @param aspect width over height of the photo itself
 * @returns undefined where no single part stands apart from a background around it
 */
export function findPart(picture: Picture, aspect: number): FoundPart | undefined {
  const { rgb, width, height } = picture;
  const distances = distancesToBackground(picture);
  const { threshold, separation } = otsu(distances);
  if (separation < leastSeparation) return undefined;
  // What is less unlike the background, down to where that itself goes, belongs to what touches it: parts have bright and dark halves.
  const faint = Math.min(threshold, Math.max(faintShare * threshold, ownSpread(picture, distances)));
  const largest = largestBy(
    connectedComponents({ width, height }, (cell) => distances[cell]! > faint),
    (component) => component.filter((cell) => distances[cell]! > threshold).length,
  );
  const cells = withHoles(largest, width, height);
  const share = cells.length / (width * height);
  if (share < leastOfArea || share > mostOfArea || shareOfEdge(cells, width, height) > mostOfEdge) return undefined;

  // In heights of the photo, so that angles are those that are seen.
  const places = Array.from(cells, (cell) => ({
    x: (((cell % width) + 0.5) / width) * aspect,
    y: (Math.floor(cell / width) + 0.5) / height,
  }));
  const mean = (of: (place: { x: number; y: number }, i: number) => number) =>
    places.reduce((sum, place, i) => sum + of(place, i), 0) / places.length;
  const [x, y] = [mean((place) => place.x), mean((place) => place.y)];
  const xx = mean((place) => (place.x - x) ** 2);
  const yy = mean((place) => (place.y - y) ** 2);
  const xy = mean((place) => (place.x - x) * (place.y - y));
  const angle = Math.atan2(2 * xy, xx - yy) / 2;
  const difference = Math.hypot(xx - yy, 2 * xy);
  const [long, short] = [(xx + yy + difference) / 2, (xx + yy - difference) / 2];
  const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
  const along = places.map((place) => (place.x - x) * cosine + (place.y - y) * sine);
  const across = places.map((place) => (place.y - y) * cosine - (place.x - x) * sine);
  const deviation = Math.sqrt(long);
  const correlation = (value: (i: number) => number) => {
    const middle = mean((_, i) => value(i));
    const spread = Math.sqrt(mean((_, i) => (value(i) - middle) ** 2));
    return spread === 0 ? 0 : mean((_, i) => (value(i) - middle) * along[i]!) / (spread * deviation);
  };
  return {
    ...{ x: x / aspect, y, angle, share },
    elongation: Math.sqrt(long / Math.max(short, 1e-12)),
    ends: [
      mean((_, i) => along[i]! ** 3) / deviation ** 3,
      correlation((i) => Math.abs(across[i]!)),
      ...([0, 1, 2].map((channel) => correlation((i) => rgb[3 * cells[i]! + channel]!)) as [number, number, number]),
    ],
    reach: {
      ...{ left: -smallest(along) / aspect, right: largestOf(along) / aspect },
      ...{ top: -smallest(across), bottom: largestOf(across) },
    },
  };
}

/** The part in a picture of any size, looked for in a small one. @param aspect width over height of the photo */
export function partOf({ rgb, width, height }: Picture, aspect: number): FoundPart | undefined {
  const step = Math.max(1, Math.ceil(Math.max(width, height) / glanceSide));
  const [w, h] = [Math.floor(width / step), Math.floor(height / step)];
  const small = new Uint8Array(w * h * 3);
  for (let row = 0; row < h; row++) {
    for (let column = 0; column < w; column++) {
      for (let channel = 0; channel < 3; channel++) {
        let sum = 0;
        for (let y = row * step; y < (row + 1) * step; y++)
          for (let x = column * step; x < (column + 1) * step; x++) sum += rgb[(y * width + x) * 3 + channel]!;
        small[(row * w + column) * 3 + channel] = Math.round(sum / step ** 2);
      }
    }
  }
  return findPart({ rgb: small, width: w, height: h }, aspect);
}

/** How far the background itself goes from its median colour. */
function ownSpread({ width, height }: Picture, distances: Float32Array): number {
  const own = edgeOf(width, height)
    .map((cell) => distances[cell]!)
    .sort((a, b) => a - b);
  return ownFactor * own[Math.floor(ownShare * (own.length - 1))]!;
}

function edgeOf(width: number, height: number): number[] {
  const edge: number[] = [];
  for (let cell = 0; cell < width * height; cell++) {
    const [column, row] = [cell % width, Math.floor(cell / width)];
    if (Math.min(column, row, width - 1 - column, height - 1 - row) < edgeWidth) edge.push(cell);
  }
  return edge;
}

/** Of each pixel's colour to the median colour along the edge, 0 to 255. */
function distancesToBackground({ rgb, width, height }: Picture): Float32Array {
  const edge = edgeOf(width, height);
  const background = [0, 1, 2].map((channel) => {
    const values = edge.map((cell) => rgb[3 * cell + channel]!).sort((a, b) => a - b);
    return values[values.length >> 1]!;
  });
  return Float32Array.from({ length: width * height }, (_, cell) =>
    Math.sqrt(
      background.reduce((sum, value, channel) => sum + (rgb[3 * cell + channel]! - value) ** 2, 0) / background.length,
    ),
  );
}

/** The threshold that leaves most variance between what is below and above it, and which share of all variance that is. */
function otsu(distances: Float32Array): { threshold: number; separation: number } {
  const counts = new Float64Array(256);
  for (const distance of distances) counts[Math.min(255, Math.round(distance))]!++;
  const all = distances.length;
  const mean = counts.reduce((sum, count, value) => sum + count * value, 0) / all;
  const variance = counts.reduce((sum, count, value) => sum + count * (value - mean) ** 2, 0) / all;
  const best = { threshold: 0, between: 0 };
  let [below, sum] = [0, 0];
  for (let value = 0; value < 255; value++) {
    below += counts[value]!;
    sum += counts[value]! * value;
    if (below === 0 || below === all) continue;
    const between = ((below * (all - below)) / all ** 2) * (sum / below - (mean * all - sum) / (all - below)) ** 2;
    if (between > best.between) Object.assign(best, { threshold: value + 0.5, between });
  }
  return { threshold: best.threshold, separation: variance === 0 ? 0 : best.between / variance };
}

/** The first of those with the largest size; empty where there are none. */
function largestBy(components: readonly Int32Array[], sizeOf: (component: Int32Array) => number): Int32Array {
  const sizes = components.map(sizeOf);
  return components[sizes.indexOf(sizes.reduce((most, size) => Math.max(most, size), 0))] ?? new Int32Array(0);
}

/** A component with what it encloses. */
function withHoles(component: Int32Array, width: number, height: number): Int32Array {
  const isOfIt = new Uint8Array(width * height);
  for (const cell of component) isOfIt[cell] = 1;
  for (const outside of connectedComponents({ width, height }, (cell) => isOfIt[cell] === 0)) {
    if (!outside.some((cell) => isAtEdge(cell, width, height))) for (const cell of outside) isOfIt[cell] = 1;
  }
  return Int32Array.from(isOfIt.keys()).filter((cell) => isOfIt[cell] === 1);
}

function shareOfEdge(cells: Int32Array, width: number, height: number): number {
  return cells.filter((cell) => isAtEdge(cell, width, height)).length / (2 * (width + height - 2));
}

function isAtEdge(cell: number, width: number, height: number): boolean {
  const [column, row] = [cell % width, Math.floor(cell / width)];
  return column === 0 || row === 0 || column === width - 1 || row === height - 1;
}

function smallest(values: readonly number[]): number {
  return values.reduce((least, value) => Math.min(least, value), Infinity);
}

function largestOf(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, value), -Infinity);
}
