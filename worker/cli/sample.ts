// `sample`: makes the sample dataset.
import { resolve } from 'node:path';
import { makeSample } from '../sample';

export async function runSample(folder: string, options: { seed?: number }): Promise<void> {
  const { images } = await makeSample(resolve(folder), options);
  console.log(`${images} images in ${resolve(folder)}`);
}
