// Vectors made of blocks, brought to a few numbers: no block outweighs another, and no direction drowns the others.
import { damp, fitDamping, type Damping } from './damping';
import { topEigenpairs } from './eigen';
import { addScaled, dot, dotEach } from './vectors';

/** How vectors of blocks become coordinates; fitted to some of them, it is for all. */
export interface Components {
  /** Numbers of one block. */
  blockSize: number;
  /** (blocks · D): mean of each number. */
  center: Float64Array;
  /** Of each block, where it is known what means nothing. */
  dampings: Damping[] | undefined;
  /** (blocks): mean length of the centred blocks, before they are made unit length. */
  lengths: Float64Array;
  /** (blocks · D): mean of the centred blocks of unit length. */
  unitCenter: Float64Array;
  /** (components) of (blocks · D): principal directions, each divided by the square root of its singular value. */
  directions: Float64Array[];
}

/** Below this share of the largest singular value a direction holds rounding only. */
const leastShare = 1e-6;

export interface ComponentsOptions {
  /** (any) of (blocks · D): vectors that differ by what means nothing; each block is damped by them. At least two, or none. */
  nuisance?: readonly Float32Array[] | undefined;
  onStep?: (() => void) | undefined;
}

/**
 * Centres each block over the vectors, damps what means nothing, and brings it to unit length; then finds the principal directions and
 * whitens by half: coordinates are u √s of the singular value decomposition u s vᵀ.
 * @param vectors (any) of (blocks · D)
 * @param most components
 */
export function fitComponents(
  vectors: readonly Float32Array[],
  blockSize: number,
  most: number,
  { nuisance = [], onStep }: ComponentsOptions = {},
): Components {
  const center = meanOf(vectors);
  const dampings = nuisance.length < 2 ? undefined : dampingsOf(vectors, center, blockSize, nuisance);
  const units = vectors.map((vector) => centredBlocks(vector, { center, dampings, blockSize }));
  const lengths = new Float64Array(center.length / blockSize);
  for (const unit of units) {
    for (const [b, length] of makeUnit(unit, blockSize).entries()) lengths[b]! += length / units.length;
  }
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
  return { blockSize, center, dampings, lengths, unitCenter, directions };
}

/** Coordinates of a vector. @returns (components), or one zero where the vectors that they were fitted to are all alike */
export function project(vector: Float32Array, components: Components): Float32Array {
  const { unitCenter, directions } = components;
  if (directions.length === 0) return new Float32Array(1);
  const unit = centredBlocks(vector, components);
  makeUnit(unit, components.blockSize);
  addScaled(unit, unitCenter, -1);
  return Float32Array.from(dotEach(unit, directions));
}

/** A vector's centred blocks in parts of their usual length: unlike coordinates, they tell what is far from all that the components were fitted to. */
export function scaledBlocks(vector: Float32Array, components: Components): Float32Array {
  const { blockSize, lengths } = components;
  return Float32Array.from(
    centredBlocks(vector, components),
    (value, i) => value / Math.max(lengths[Math.floor(i / blockSize)]!, leastLength),
  );
}

/** Below this a block holds rounding only. */
const leastLength = 1e-9;

function centredBlocks(
  vector: Float32Array,
  { center, dampings, blockSize }: Pick<Components, 'center' | 'dampings' | 'blockSize'>,
): Float64Array {
  // A loop: `from` with a function takes several times as long, and millions of vectors go through here.
  const centred = new Float64Array(vector.length);
  for (let i = 0; i < vector.length; i++) centred[i] = vector[i]! - center[i]!;
  if (dampings) {
    for (const [b, damping] of dampings.entries()) damp(centred.subarray(b * blockSize, (b + 1) * blockSize), damping);
  }
  return centred;
}

/** Brings each block to unit length, in place. @returns (blocks) their lengths before */
function makeUnit(blocks: Float64Array, blockSize: number): number[] {
  const lengths: number[] = [];
  for (let from = 0; from < blocks.length; from += blockSize) {
    const block = blocks.subarray(from, from + blockSize);
    const length = Math.sqrt(dot(block, block));
    lengths.push(length);
    const divisor = Math.max(length, leastLength);
    for (let d = 0; d < block.length; d++) block[d]! /= divisor;
  }
  return lengths;
}

function dampingsOf(
  vectors: readonly Float32Array[],
  center: Float64Array,
  blockSize: number,
  nuisance: readonly Float32Array[],
): Damping[] {
  return Array.from({ length: center.length / blockSize }, (_, i) => {
    const [from, to] = [i * blockSize, (i + 1) * blockSize];
    let sum = 0;
    for (const vector of vectors) for (let d = from; d < to; d++) sum += (vector[d]! - center[d]!) ** 2;
    const variance = sum / (vectors.length * blockSize);
    return fitDamping(
      nuisance.map((vector) => Float64Array.from(vector.subarray(from, to))),
      variance,
    );
  });
}

function meanOf(vectors: readonly ArrayLike<number>[]): Float64Array {
  const mean = new Float64Array(vectors[0]!.length);
  for (const vector of vectors) for (let d = 0; d < mean.length; d++) mean[d]! += vector[d]! / vectors.length;
  return mean;
}
