// `sample`: makes the sample dataset.
import { visible } from '../base/visible';
import { resolve } from 'node:path';
import { makeSample } from '../sample';

/** @throws EngineError `folder-not-empty`, `not-writable` */
export async function runSample(folder: string, { seed }: { seed?: number }): Promise<void> {
  const absolute = resolve(folder);
  const { images } = await makeSample(absolute, seed === undefined ? {} : { seed });
  console.log(`${images} images in ${visible(absolute)}`);
}
