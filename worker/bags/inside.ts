// What stands out inside an image: how far each patch is from those of the same image that are most like it, its surroundings left out.
import type { PatchGrid } from '../api/analysis';
import type { Product } from '../algebra/product';

/** Nearest patches that count: a defect that is there a few times stands out all the same. */
const neighbours = 10;
/** Only patches further away than so many rows or columns: pooling over 3×3 makes neighbours alike. */
const apart = 2;

/**
 * Mean distance of each patch to its ten nearest patches of the same image, those within two rows and columns left out; to as many as there
 * are in small images, and 0 where there are none.
 * @param bag (M, D) of unit length, row-major over the grid
 * @param places of the patches in the grid, where the bag has not all of them
 * @returns (M)
 */
export async function insideDistances(
  product: Pick<Product, 'multiply'>,
  bag: Float32Array,
  { rows, columns }: Pick<PatchGrid, 'rows' | 'columns'>,
  places?: ArrayLike<number>,
): Promise<Float32Array> {
  const patches = places?.length ?? rows * columns;
  const [rowOf, columnOf] = [new Int32Array(patches), new Int32Array(patches)];
  for (let m = 0; m < patches; m++) {
    const place = places ? places[m]! : m;
    rowOf[m] = Math.floor(place / columns);
    columnOf[m] = place % columns;
  }
  const cosines = new Float32Array(patches * patches);
  await product.multiply(bag, bag, bag.length / patches, cosines);
  const distances = new Float32Array(patches);
  const nearest = new Float64Array(neighbours);
  for (let m = 0; m < patches; m++) {
    const [row, column] = [rowOf[m]!, columnOf[m]!];
    let found = 0;
    for (let n = 0; n < patches; n++) {
      if (Math.abs(rowOf[n]! - row) <= apart && Math.abs(columnOf[n]! - column) <= apart) continue;
      found = insertLarge(nearest, found, cosines[m * patches + n]!);
    }
    let sum = 0;
    for (let i = 0; i < found; i++) sum += Math.sqrt(Math.max(2 - 2 * nearest[i]!, 0));
    distances[m] = found === 0 ? 0 : sum / found;
  }
  return distances;
}

/** Keeps the largest values, falling. @returns how many there are now */
function insertLarge(values: Float64Array, count: number, value: number): number {
  if (count === values.length && value <= values[count - 1]!) return count;
  let at = Math.min(count, values.length - 1);
  for (; at > 0 && values[at - 1]! < value; at--) values[at] = values[at - 1]!;
  values[at] = value;
  return Math.min(count + 1, values.length);
}
