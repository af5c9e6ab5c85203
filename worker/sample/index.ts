// The sample dataset: photos of ground metal parts with known defects, drawn from a seed. Laid out as MVTec AD without train/.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { EngineError } from '../api';
import { writeFileAtomic } from '../store/write';
import { photograph } from './camera';
import { defects, type DefectType } from './defects';
import { createPicture, type Picture } from './picture';
import { createRandom } from './random';
import { renderSurface } from './surface';

export type SampleClass = DefectType | 'good';

export const sampleClasses: readonly SampleClass[] = ['good', 'scratch', 'pore', 'crack', 'stain'];

/** Pixels on each side of a photo. */
const side = 384;

export interface SampleOptions {
  /** Other seeds draw other parts. Default 1. */
  seed?: number;
  /** Photos of each class. Default 12. */
  imagesPerClass?: number;
}

export interface SampleImage {
  /** RGB, (384, 384, 3). */
  rgb: Uint8Array;
  /** 1 where the defect is, (384, 384); all zeros for a good part. */
  mask: Picture;
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
      const { rgb, mask } = renderSample(type, index, seed);
      const name = String(index).padStart(3, '0');
      await writeFileAtomic(join(folder, 'test', type, `${name}.png`), await encode(rgb, 3), { flush: false });
      if (type !== 'good') {
        const bytes = Uint8Array.from(mask.values, (value) => value * 255);
        await writeFileAtomic(join(folder, 'ground_truth', type, `${name}_mask.png`), await encode(bytes, 1), {
          flush: false,
        });
      }
    }
  }
  await writeFileAtomic(join(folder, 'README.txt'), about);
  return { images: sampleClasses.length * imagesPerClass };
}

/** A folder that is missing is as good as an empty one. */
async function requireEmpty(folder: string): Promise<void> {
  let present: string[];
  try {
    present = await readdir(folder);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return;
    if (code === 'ENOTDIR') {
      throw new EngineError('folder-not-empty', `${folder} is a file. Choose a new folder for the sample.`, folder);
    }
    throw new EngineError('not-writable', `${folder} cannot be used for the sample: ${message}.`, folder, {
      cause: error,
    });
  }
  if (present.length > 0) {
    throw new EngineError(
      'folder-not-empty',
      `${folder} is not empty. Choose a new folder for the sample dataset.`,
      folder,
    );
  }
}

/** Fixed options, so that the bytes stay the same. */
function encode(pixels: Uint8Array, channels: 1 | 3): Promise<Uint8Array> {
  return sharp(pixels, { raw: { width: side, height: side, channels } })
    .png({ compressionLevel: 6, adaptiveFiltering: false, palette: false })
    .toBuffer();
}

const about = `Sample dataset of Anomaly Clustering: drawn "photos" of ground metal parts. No real part was photographed.

test/<class>/          the photos; their folders are the true classes, which are used for evaluation only
ground_truth/<class>/  masks of the defects: white where the defect is

Every file was drawn from a seed; the same version and seed draw the same files again.
`;
