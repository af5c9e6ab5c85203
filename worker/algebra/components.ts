// Vectors made of blocks, brought to a few numbers: no block outweighs another, and no direction drowns the others.
import { topEigenpairs } from './eigen';
import { addScaled, dot } from './vectors';

/** How vectors of blocks become coordinates; fitted to some of them, it is for all. */
export interface Components {
  /** Numbers of one block. */
  blockSize: number;
  /** (blocks · D): mean of each number. */
  center: Float64Array;
  /** (blocks · D): mean of the centred blocks of unit length. */
  unitCenter: Float64Array;
  /** (components) of (blocks · D): principal directions, each divided by the square root of its singular value. */
  directions: Float64Array[];
}

/** Below this share of the largest singular value a direction holds rounding only. */
const leastShare = 1e-6;

/**
 * Centres each block over the vectors and brings it to unit length, then finds the principal directions and whitens by half: coordinates are
 * u √s of the singular value decomposition u s vᵀ.
 * @param vectors (any) of (blocks · D)
 * @param most components
 */
export function fitComponents(
  vectors: readonly Float32Array[],
  blockSize: number,
  most: number,
  onStep?: () => void,
): Components {
  const center = meanOf(vectors);
  const units = vectors.map((vector) => unitBlocks(vector, center, blockSize));
  const unitCenter = meanOf(units);
  for (const unit of units) addScaled(unit, unitCenter, -1);
  const size = center.length;
  // The smaller of the two matrices that share the singular values.
  const isWide = units.length <= size;
  const wanted = Math.min(most, units.length, size);
  const multiply = isWide
    ? (vector: Float64Array, product: Float64Array) => {
        const sum = new Float64Array(size);
        for (const [i, unit] of units.entries()) addScaled(sum, unit, vector[i]!);
        for (const [i, unit] of units.entries()) product[i] = dot(unit, sum);
      }
    : (vector: Float64Array, product: Float64Array) => {
        for (const unit of units) addScaled(product, unit, dot(unit, vector));
      };
  const { values, vectors: found } = topEigenpairs(multiply, isWide ? units.length : size, wanted, { seed: 0, onStep });
  const directions: Float64Array[] = [];
  for (const [j, value] of values.entries()) {
    const singular = Math.sqrt(Math.max(value, 0));
    if (singular <= leastShare * Math.sqrt(values[0]!)) break;
    // v = Xᵀ u / s where u is what was found.
    const direction = new Float64Array(size);
    if (isWide) for (const [i, unit] of units.entries()) addScaled(direction, unit, found[j]![i]! / singular);
    else direction.set(found[j]!);
    directions.push(direction.map((entry) => entry / Math.sqrt(singular)));
  }
  return { blockSize, center, unitCenter, directions };
}

/** Coordinates of a vector. @returns (components), or one zero where the vectors that they were fitted to are all alike */
export function project(vector: Float32Array, { blockSize, center, unitCenter, directions }: Components): Float32Array {
  if (directions.length === 0) return new Float32Array(1);
  const unit = unitBlocks(vector, center, blockSize);
  addScaled(unit, unitCenter, -1);
  return Float32Array.from(directions, (direction) => dot(unit, direction));
}

function unitBlocks(vector: Float32Array, center: Float64Array, blockSize: number): Float64Array {
  const unit = Float64Array.from(vector, (value, i) => value - center[i]!);
  for (let from = 0; from < unit.length; from += blockSize) {
    const block = unit.subarray(from, from + blockSize);
    const length = Math.max(Math.sqrt(dot(block, block)), 1e-9);
    for (let d = 0; d < block.length; d++) block[d]! /= length;
  }
  return unit;
}

function meanOf(vectors: readonly ArrayLike<number>[]): Float64Array {
  const mean = new Float64Array(vectors[0]!.length);
  for (const vector of vectors) for (let d = 0; d < mean.length; d++) mean[d]! += vector[d]! / vectors.length;
  return mean;
}
