// Photos that came out otherwise than most of their folder, and those that are nearly the same. Pure.
import type { Quality } from '../images/quality';

/** Paths of photos that a person may want to look at before they are clustered. */
export interface PhotoQuality {
  blurred: string[];
  dark: string[];
  bright: string[];
  /** Groups of photos that are the same but for their encoding or size. */
  nearCopies: string[][];
}

/** Fewer photos say nothing of what is usual. */
const fewest = 8;
/** A third of the usual sharpness: on seven public datasets 6 of 1039 photos. */
const blurredShare = 1 / 3;
/** A quarter of the usual light, or of what the usual lacks; and beyond these in any case. */
const lightShare = 1 / 4;
const [darkest, brightest] = [0.1, 0.95];
/** Grey values that the cells of two small images differ by at most: JPEG of quality 50 or half the size changes no more, another photo does. */
const sameGrey = 3;
/** Photos of the nearest brightness that each is compared with. */
const neighbours = 200;

/** @param photos by path, of distinct contents */
export function judge(photos: ReadonlyMap<string, Quality>): PhotoQuality {
  const nearCopies = findNearCopies([...photos]);
  if (photos.size < fewest) return { blurred: [], dark: [], bright: [], nearCopies };
  const usual = {
    brightness: median([...photos.values()].map(({ brightness }) => brightness)),
    sharpness: median([...photos.values()].map(({ sharpness }) => sharpness)),
  };
  const where = (isOdd: (quality: Quality) => boolean) =>
    [...photos].filter(([, quality]) => isOdd(quality)).map(([path]) => path);
  return {
    blurred: where(({ sharpness }) => sharpness < blurredShare * usual.sharpness),
    dark: where(({ brightness }) => brightness < Math.min(darkest, lightShare * usual.brightness)),
    bright: where(({ brightness }) => 1 - brightness < Math.min(1 - brightest, lightShare * (1 - usual.brightness))),
    nearCopies,
  };
}

function findNearCopies(photos: readonly [path: string, quality: Quality][]): string[][] {
  const sorted = [...photos].sort(([, a], [, b]) => a.brightness - b.brightness);
  const groups = new Map<string, string[]>();
  for (const [i, [path, quality]] of sorted.entries()) {
    for (const [other, { brightness, small }] of sorted.slice(i + 1, i + 1 + neighbours)) {
      if ((brightness - quality.brightness) * 255 > sameGrey) break;
      if (!isNearlySame(quality.small, small)) continue;
      const group = groups.get(path) ?? [path];
      groups.set(path, group);
      if (!groups.has(other)) {
        group.push(other);
        groups.set(other, group);
      }
    }
  }
  return [...new Set(groups.values())].map((group) => group.sort());
}

function isNearlySame(a: Uint8Array, b: Uint8Array): boolean {
  return a.every((value, i) => Math.abs(value - b[i]!) <= sameGrey);
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
