// How sample datasets are written: only into an empty folder, photos and masks always encoded in the same way.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { EngineError } from '../api/errors';
import { writeFileAtomic } from '../store/atomic-write';
import type { Picture } from './picture';

/** A photo and where its defects are. */
export interface SampleImage {
  /** RGB, (side, side, 3). */
  rgb: Uint8Array;
  /** 1 where a defect is, (side, side); all zeros for a good part. */
  mask: Picture;
}

/** @throws EngineError `folder-not-empty`, `not-writable`. A folder that is missing is as good as an empty one. */
export async function requireEmpty(folder: string): Promise<void> {
  let present: string[];
  try {
    present = await readdir(folder);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return;
    if (code === 'ENOTDIR') {
      throw new EngineError(
        { code: 'folder-not-empty', folder },
        `${folder} is a file. Choose a new folder for the sample.`,
      );
    }
    throw new EngineError(
      { code: 'not-writable', file: folder },
      `${folder} cannot be used for the sample: ${message}.`,
      {
        cause: error,
      },
    );
  }
  if (present.length > 0) {
    throw new EngineError(
      { code: 'folder-not-empty', folder },
      `${folder} is not empty. Choose a new folder for the sample dataset.`,
    );
  }
}

/** Writes <part>/<type>/NNN.png and, for defects, ground_truth/<type>/NNN_mask.png: 255 where the defect is. */
export async function writeImage(
  folder: string,
  { part, type, index }: { part: 'train' | 'test'; type: string; index: number },
  { rgb, mask }: SampleImage,
): Promise<void> {
  const name = String(index).padStart(3, '0');
  await writeFileAtomic(join(folder, part, type, `${name}.png`), await encode(rgb, mask.side, 3), { flush: false });
  if (type === 'good') return;
  const bytes = Uint8Array.from(mask.values, (value) => value * 255);
  const file = join(folder, 'ground_truth', type, `${name}_mask.png`);
  await writeFileAtomic(file, await encode(bytes, mask.side, 1), { flush: false });
}

/** Fixed options, so that the bytes stay the same. */
function encode(pixels: Uint8Array, side: number, channels: 1 | 3): Promise<Uint8Array> {
  return sharp(pixels, { raw: { width: side, height: side, channels } })
    .png({ compressionLevel: 6, adaptiveFiltering: false, palette: false })
    .toBuffer();
}
