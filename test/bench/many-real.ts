// Vectors of real images, made many: points on the lines between an image and those most like it (Chawla et al., "SMOTE", 2002).
import { join } from 'node:path';
import { loadAnalysis } from '../../worker/analysis/stored';
import { readCoordinates } from '../../worker/analysis/stored-coordinates';
import { squaredDistance } from '../../worker/algebra/vectors';
import { createRandom } from '../../worker/base/random';
import { Cache } from '../../worker/store/cache';
import { cli } from '../tools/paths';
import { measureProgram } from './measure-program';
import type { Labelled } from './two-level';

/** Of an image. */
const neighbours = 5;

/** @param folder with a sub-folder for each class; @param cache is kept: a second run describes nothing */
export async function realVectors(folder: string, cache: string, work: string, count: number): Promise<Labelled> {
  await measureProgram([cli, 'cluster', folder, '--out', join(work, 'real.json')], cache);
  const stored = await loadAnalysis(new Cache(cache), folder);
  const { dimensions, values } = (await readCoordinates(new Cache(cache), stored!.coordinates))!;
  const images = stored!.images.length;
  const classes = [...new Set(stored!.images.map(({ truth }) => truth))];
  const random = createRandom(count);
  const vectors = new Float32Array(count * dimensions);
  const truth = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    const image = i % images;
    const near = nearest(values, dimensions, image)[random.integer(0, neighbours - 1)]!;
    // The images themselves come first.
    const share = i < images ? 0 : random.between(0, 1);
    for (let d = 0; d < dimensions; d++) {
      const [own, other] = [values[image * dimensions + d]!, values[near * dimensions + d]!];
      vectors[i * dimensions + d] = own + share * (other - own);
    }
    truth[i] = classes.indexOf(stored!.images[image]!.truth);
  }
  return { vectors, truth };
}

const known = new Map<number, number[]>();

function nearest(values: Float32Array, dimensions: number, image: number): number[] {
  const before = known.get(image);
  if (before) return before;
  const distances = Array.from({ length: values.length / dimensions }, (_, i) => ({
    i,
    square: squaredDistance(values, image * dimensions, values, i * dimensions, dimensions),
  }));
  const found = distances
    .filter(({ i }) => i !== image)
    .sort((a, b) => a.square - b.square)
    .slice(0, neighbours)
    .map(({ i }) => i);
  known.set(image, found);
  return found;
}
