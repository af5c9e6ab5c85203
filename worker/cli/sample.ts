// `sample`: makes the sample dataset, or categories as MVTec AD lays them out.
import { join, resolve } from 'node:path';
import { makeSample } from '../sample';
import { categoryNames, makeCategories } from '../sample/categories';

export async function runSample(folder: string, { seed, mvtec }: { seed?: number; mvtec?: boolean }): Promise<void> {
  const absolute = resolve(folder);
  const options = seed === undefined ? {} : { seed };
  if (!mvtec) {
    const { images } = await makeSample(absolute, options);
    console.log(`${images} images in ${absolute}`);
    return;
  }
  const { images } = await makeCategories(absolute, options);
  console.log(`${images} images in ${absolute}: ${categoryNames.join(', ')}`);
  const folders = categoryNames.map((name) => join(absolute, name)).join(' ');
  console.log(`Try: anomaly-clustering benchmark ${folders} --table 1`);
}
