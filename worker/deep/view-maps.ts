// The maps that heads are trained on: every image and its changed views embedded by the pool, their channels reduced to principal components.
import { topEigenpairs } from '../algebra/eigen';
import { dot } from '../algebra/vectors';
import type { ImageSource } from '../pool/tasks/context';
import type { Session } from '../session/session';
import type { ViewMaps } from '../training/maps';

/** Cells along a side, as GATCluster's attention has them for STL-10. */
export const mapSide = 6;
/** Channels that are kept: whole maps of all views would not fit into memory. */
const mostChannels = 64;
const weak = 2;
const strong = 3;

export interface FoundMaps {
  maps: ViewMaps;
  /** By image: why it could not be used; its maps are zero. */
  failures: Map<number, string>;
}

/**
 * Components are those of the cells of the images themselves; all of them are scaled alike, to a mean variance of one.
 * @throws EngineError `model-invalid`, `cancelled`
 */
export async function findViewMaps(
  session: Session,
  sources: readonly ImageSource[],
  flag: () => void,
): Promise<FoundMaps> {
  const { dimensions } = session.shape;
  const views = 1 + weak + strong;
  const failures = new Map<number, string>();
  const task = (image: ImageSource, changed: boolean) => ({
    image,
    side: mapSide,
    weak: changed ? weak : 0,
    strong: changed ? strong : 0,
  });
  // First the images themselves, which say what the components are.
  const moments = new Moments(dimensions);
  const indices = sources.map((_, i) => i);
  const first = session.startStage('embed', sources.length);
  for await (const [i, found] of session.tasks('viewMaps', indices, (i) => task(sources[i]!, false))) {
    if (found.ok) moments.add(found.value[0]!);
    else failures.set(i, found.reason);
    first.step();
  }
  const reduce = moments.components(Math.min(mostChannels, dimensions), flag);
  const channels = reduce.length;
  const size = mapSide * mapSide * channels;
  const values = new Float32Array(sources.length * views * size);
  const second = session.startStage('embed', sources.length);
  for await (const [i, found] of session.tasks('viewMaps', indices, (i) => task(sources[i]!, true))) {
    if (found.ok)
      for (const [view, map] of found.value.entries())
        moments.reduce(map, reduce, values.subarray((i * views + view) * size, (i * views + view + 1) * size));
    else failures.set(i, found.reason);
    second.step();
  }
  return { maps: { count: sources.length, views, weak, side: mapSide, channels, values }, failures };
}

/** Mean and covariance of cells, summed as they come. */
class Moments {
  private cells = 0;
  private readonly sum: Float64Array;
  private readonly products: Float64Array;
  private scale = 1;

  constructor(private readonly dimensions: number) {
    this.sum = new Float64Array(dimensions);
    this.products = new Float64Array(dimensions * dimensions);
  }

  /** @param map (cells, D) */
  add(map: Float32Array): void {
    const { dimensions: size, sum, products } = this;
    for (let from = 0; from < map.length; from += size) {
      this.cells++;
      for (let a = 0; a < size; a++) {
        const value = map[from + a]!;
        sum[a]! += value;
        for (let b = 0; b <= a; b++) products[a * size + b]! += value * map[from + b]!;
      }
    }
  }

  /** The principal directions of the largest variances. */
  components(wanted: number, onStep: () => void): Float64Array[] {
    const { dimensions: size, cells, products } = this;
    const mean = this.mean();
    const row = (a: number) =>
      Float64Array.from(
        { length: size },
        (_, b) => products[a >= b ? a * size + b : b * size + a]! / cells - mean[a]! * mean[b]!,
      );
    const covariance = Array.from({ length: size }, (_, a) => row(a));
    const { values, vectors } = topEigenpairs(
      (vector, product) => product.set(covariance.map((each) => dot(each, vector))),
      size,
      wanted,
      { seed: 0, onStep },
    );
    const variance = values.reduce((total, value) => total + Math.max(value, 0), 0) / wanted;
    this.scale = variance > 0 ? 1 / Math.sqrt(variance) : 1;
    return vectors;
  }

  /** @param target (cells, components), written */
  reduce(map: Float32Array, directions: readonly Float64Array[], target: Float32Array): void {
    const mean = this.mean();
    const cell = new Float64Array(this.dimensions);
    for (let from = 0, at = 0; from < map.length; from += this.dimensions) {
      for (let d = 0; d < cell.length; d++) cell[d] = (map[from + d]! - mean[d]!) * this.scale;
      for (const direction of directions) target[at++] = dot(cell, direction);
    }
  }

  private mean(): Float64Array {
    return this.sum.map((total) => total / Math.max(1, this.cells));
  }
}
