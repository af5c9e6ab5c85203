// The sample dataset: photos of ground metal parts with known defects, drawn from a seed. Laid out as MVTec AD without train/.
import { join } from 'node:path';
import { writeFileAtomic } from '../store/atomic-write';
import { photograph } from './camera';
import { defects, type DefectType } from './defects';
import { requireEmpty, writeImage, type SampleImage } from './files';
import { createPicture } from './picture';
import { createRandom } from '../base/random';
import { renderSurface } from './surface';

export type { SampleImage } from './files';

export type SampleClass = DefectType | 'good';

export const sampleClasses: readonly SampleClass[] = ['good', 'scratch', 'pore', 'crack', 'stain'];

/** Pixels on each side of a photo. */
const side = 384;

/** Options of {@link makeSample}. */
export interface SampleOptions {
  /** Other seeds draw other parts. Default 1. */
  seed?: number;
  /** Photos of each class. Default 12. */
  imagesPerClass?: number;
}

/** Draws one photo. `withDefect: false` gives the same part without its defect. */
export function renderSample(type: SampleClass, index: number, seed: number, withDefect = true): SampleImage {
  const base = (seed * 1009 + sampleClasses.indexOf(type)) * 1009 + index;
  // Streams of their own, so that the defect does not change the part or the photo.
  const stream = (number: number) => createRandom(Math.imul(base, 2654435761) + number * 97);
  const light = stream(4).between(0, 2 * Math.PI);
  const surface = renderSurface(stream(1), side);
  const mask = createPicture(side);
  if (withDefect && type !== 'good') defects[type](surface, mask, light, stream(2));
  return { rgb: photograph(surface, light, stream(3)), mask };
}

/**
 * Writes test/<class>/000.png … and ground_truth/<class>/000_mask.png … (255 where the defect is).
 * The same seed gives the same bytes.
 * @throws EngineError `folder-not-empty`: nothing is ever written between other files; `not-writable`
 */
export async function makeSample(folder: string, options: SampleOptions = {}): Promise<{ images: number }> {
  const { seed = 1, imagesPerClass = 12 } = options;
  await requireEmpty(folder);
  for (const type of sampleClasses) {
    for (let index = 0; index < imagesPerClass; index++) {
      await writeImage(folder, { part: 'test', type, index }, renderSample(type, index, seed));
    }
  }
  await writeFileAtomic(join(folder, 'README.txt'), about);
  return { images: sampleClasses.length * imagesPerClass };
}

const about = `Sample dataset of Anomaly Clustering: drawn "photos" of ground metal parts. No real part was photographed.

test/<class>/          the photos; their folders are the true classes, which are used for evaluation only
ground_truth/<class>/  masks of the defects: white where the defect is

Every file was drawn from a seed; the same version and seed draw the same files again.
`;
