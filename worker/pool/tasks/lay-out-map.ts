// The task that lays out a map of the images by UMAP (McInnes, Healy & Melville, 2018).
import { UMAP } from 'umap-js';
import { squaredDistance } from '../../algebra/vectors';
import { throwIfCancelled } from '../../base/cancel';
import type { Coordinates } from '../../api/analysis';
import { createRandom } from '../../base/random';
import { task } from './settle';
import type { TaskContext } from './context';
/** UMAP takes minutes for more; the others take the mean place of their nearest neighbours among these. */
const largestSample = 2500;
const neighbors = 15;
const neighborsOfOthers = 5;

/** @returns (images, 2), each side from 0 to 1 */
export const layOutMap = task(
  async ({ values, dimensions, flag }: Coordinates & TaskContext): Promise<Float32Array> => {
    const count = values.length / dimensions;
    const row = (i: number) => values.subarray(i * dimensions, (i + 1) * dimensions);
    const step = Math.max(1, count / largestSample);
    const sample = Array.from({ length: Math.min(count, largestSample) }, (_, i) => Math.floor(i * step));
    const places = await layOut(
      sample.map((i) => Array.from(row(i))),
      () => throwIfCancelled(flag),
    );
    const map = new Float32Array(count * 2);
    const placeOf = new Map(sample.map((image, i) => [image, places[i]!]));
    for (let i = 0; i < count; i++) {
      if (i % 100 === 0) throwIfCancelled(flag);
      map.set(placeOf.get(i) ?? placeAmong(row(i), sample, row, places), i * 2);
    }
    return scaled(map);
  },
);

async function layOut(rows: number[][], onStep: () => void): Promise<[number, number][]> {
  // Too few for a neighbourhood graph.
  if (rows.length < 4) return rows.map((row) => [row[0] ?? 0, row[1] ?? 0]);
  const random = createRandom(0);
  const umap = new UMAP({
    nComponents: 2,
    nNeighbors: Math.min(neighbors, rows.length - 1),
    minDist: 0.1,
    random: () => random.between(0, 1),
  });
  const places = await umap.fitAsync(rows, () => {
    onStep();
    return true;
  });
  return places as [number, number][];
}

function placeAmong(
  vector: Float32Array,
  sample: readonly number[],
  row: (i: number) => Float32Array,
  places: readonly [number, number][],
): [number, number] {
  const nearest: { distance: number; place: [number, number] }[] = [];
  for (const [i, image] of sample.entries()) {
    const distance = squaredDistance(vector, 0, row(image), 0, vector.length);
    if (nearest.length === neighborsOfOthers && distance >= nearest[nearest.length - 1]!.distance) continue;
    nearest.push({ distance, place: places[i]! });
    nearest.sort((a, b) => a.distance - b.distance);
    nearest.length = Math.min(nearest.length, neighborsOfOthers);
  }
  let [x, y, total] = [0, 0, 0];
  for (const { distance, place } of nearest) {
    const weight = 1 / (Math.sqrt(distance) + 1e-9);
    x += weight * place[0];
    y += weight * place[1];
    total += weight;
  }
  return [x / total, y / total];
}

/** Both sides from 0 to 1. */
function scaled(map: Float32Array): Float32Array {
  for (const side of [0, 1]) {
    let [least, most] = [Infinity, -Infinity];
    for (let i = side; i < map.length; i += 2) [least, most] = [Math.min(least, map[i]!), Math.max(most, map[i]!)];
    const factor = most > least ? 1 / (most - least) : 0;
    for (let i = side; i < map.length; i += 2) map[i] = (map[i]! - least) * factor;
  }
  return map;
}
