// The sets that checks of quality run over: every folder with classes below one that is named, read by the paper's protocol.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readBenchmarkSet } from '../../worker/benchmark/run/datasets';
import type { Dataset } from '../../worker/describe/dataset';
import { isCounted } from '../../worker/evaluation/paper-protocol';
import type { Run } from '../../worker/session/run';

/** A folder of classes or of an MVTec AD category is a set; any other holds sets. */
export function setsIn(folder: string): string[] {
  const below = readdirSync(folder)
    .filter((name) => !name.startsWith('.') && statSync(join(folder, name)).isDirectory())
    .map((name) => join(folder, name));
  const holdsImages = (each: string) => readdirSync(each).some((name) => /\.(png|jpe?g|bmp|tiff?)$/i.test(name));
  const isSet = ['test', 'train', 'Imgs'].some((name) => existsSync(join(folder, name))) || below.some(holdsImages);
  return isSet || below.some((each) => existsSync(join(each, 'Imgs'))) ? [folder] : below.flatMap(setsIn);
}

/** Of Magnetic Tile's normal images a part is compared with, the others are clustered. Copies count once. */
export async function readSet(run: Run, folder: string): Promise<Dataset> {
  const { layout, images, normals } = await readBenchmarkSet(run, folder, { seed: 0, bankShare: 0.8 });
  const about = { failures: [], datasets: [], masks: 0, passedOver: new Map<string, number>() };
  return { folder, layout, images: images.filter(({ truth }) => isCounted(truth)), normals, ...about };
}

/** Random items, without putting any back. */
export function draw<T>(
  items: readonly T[],
  count: number,
  random: { integer: (from: number, to: number) => number },
): T[] {
  const rest = [...items];
  const drawn: T[] = [];
  while (drawn.length < count && rest.length > 0) drawn.push(rest.splice(random.integer(0, rest.length - 1), 1)[0]!);
  return drawn;
}
