// Draws two categories in the layout of MVTec AD, with normal images, masks and mixed defects, to try the benchmark on.
//   npx tsx test/categories/draw.ts <new or empty folder> [seed [looseness: 0 for parts that all lie alike]]
import { join, resolve } from 'node:path';
import { categoryNames, makeCategories } from './categories';

const [folder, seed = '1', looseness = '1'] = process.argv.slice(2);
if (folder === undefined || !/^\d+$/.test(seed)) {
  console.error('Usage: npx tsx test/categories/draw.ts <new or empty folder> [seed [looseness]]');
  process.exit(2);
}
const absolute = resolve(folder);
const { images } = await makeCategories(absolute, { seed: Number(seed), looseness: Number(looseness) });
console.log(`${images} images in ${absolute}: ${categoryNames.join(', ')}`);
const folders = categoryNames.map((name) => join(absolute, name)).join(' ');
console.log(`Try: node dist/cli.cjs benchmark ${folders} --table 1`);
