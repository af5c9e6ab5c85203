// All images of a plan as numbers: what each is compared by, in the order in which the shards found them. Memory is that of the vectors.
import { EngineError } from '../../api/errors';
import { componentCount, inComponents } from '../../describe/block-vectors';
import type { BlocksBasis } from '../../describe/method';
import type { Description } from '../../pool/tasks/describe';
import type { Session } from '../../session/session';
import type { Coordinates } from '../../api/analysis';
import { allChunks } from '../found-chunks';
import type { Plan, WorkFolder } from '../work-folder';

/** What is known of all images that could be described. */
export interface WholeSet {
  count: number;
  /** Numbers of an image. */
  width: number;
  /** (count, width): what images are grouped by, and the components beyond. */
  coordinates: Float32Array;
  /** (count), rising: the row of each in the seeded order. */
  rows: Int32Array;
  /** (count): smallest and largest score of its patches, in turns. */
  ranges: Float32Array;
}

/** What the shards found, in the components of the first images. Reasons of unusable rows are noted in `reasons`. */
export async function readWholeSet(
  session: Session,
  basis: BlocksBasis,
  folder: WorkFolder,
  plan: Plan,
  reasons: Map<number, string>,
): Promise<WholeSet> {
  const progress = session.startStage('compare', plan.images);
  const described = async function* (): AsyncGenerator<[row: number, Description]> {
    for await (const { found, failures } of allChunks(folder, plan)) {
      for (const [row, reason] of failures) reasons.set(row, reason);
      for (const { row, blocks, range } of found) {
        yield [row, { descriptor: blocks, range }];
        progress.step();
      }
    }
  };
  const rows = new Int32Array(plan.images);
  const ranges = new Float32Array(2 * plan.images);
  let coordinates = new Float32Array();
  let [count, width] = [0, 0];
  const options = { nuisance: basis.nuisance, basis: { has: () => true }, hasNew: false, examples: new Map() };
  for await (const [row, image] of inComponents<number>(session, described(), options)) {
    if (count === 0) {
      width = image.coordinates.length;
      coordinates = new Float32Array(plan.images * width);
    }
    coordinates.set(image.coordinates, count * width);
    ranges.set([image.range!.min, image.range!.max], 2 * count);
    rows[count++] = row;
  }
  if (count < 2) {
    throw new EngineError(
      { code: 'too-few-images', folder: plan.folder },
      'At least two different images that can be read are needed.',
    );
  }
  return {
    ...{ count, width, rows: rows.subarray(0, count) },
    ...{ coordinates: coordinates.subarray(0, count * width), ranges: ranges.subarray(0, 2 * count) },
  };
}

/** Of some images: what they are grouped by. @param images indices; all unless told */
export function groupedVectors({ coordinates, width, count }: WholeSet, images?: readonly number[]) {
  const dimensions = Math.min(componentCount, width);
  return { dimensions, vectors: columns(coordinates, width, 0, dimensions, images ?? { length: count }) };
}

/** Of some images: the components beyond those; undefined where there are none. */
export function furtherComponents(
  { coordinates, width }: WholeSet,
  images: readonly number[],
): Coordinates | undefined {
  const dimensions = width - componentCount;
  if (dimensions <= 0) return undefined;
  return { dimensions, values: columns(coordinates, width, componentCount, dimensions, images) };
}

function columns(
  values: Float32Array,
  width: number,
  from: number,
  dimensions: number,
  images: readonly number[] | { length: number },
): Float32Array {
  const chosen = new Float32Array(images.length * dimensions);
  for (let place = 0; place < images.length; place++) {
    const start = ('at' in images ? images[place]! : place) * width + from;
    chosen.set(values.subarray(start, start + dimensions), place * dimensions);
  }
  return chosen;
}
