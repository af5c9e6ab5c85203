// A low-rank projection of patch embeddings, in which candidates for the nearest patch are found for a part of the work.
import { orthonormalise } from './eigen';
import { createRandom } from '../base/random';
import { Product, secondMoments } from './product';

/** Orthonormal directions that patch embeddings are projected to. */
export interface Projection {
  /** Names the patches that it was made from. */
  key: string;
  /** (size, D) */
  directions: Float32Array;
  size: number;
}

/**
 * Directions that the search for candidates takes: a quarter of the dimensions and 48 more, which keeps the error of alpha below one
 * per cent (docs/performance.md). Undefined where that saves too little: with 128 dimensions the products of 80 take nearly as long as
 * those of all, because writing their results costs as much as the arithmetic. Undefined, too, where vectors do not fit the SIMD code.
 * @param patches of an image
 */
export function projectionSize(patches: number, dimensions: number): number | undefined {
  const size = 48 + 16 * Math.ceil(dimensions / 64);
  return patches >= 4 && dimensions % 4 === 0 && size <= dimensions / 2 ? size : undefined;
}

/** Each takes the directions nearer to the principal ones; more of them change alpha no further. */
const iterations = 4;

/**
 * The first principal directions of patches about the origin, those that keep most of the products a · b, by orthogonal iteration
 * (Golub & Van Loan, "Matrix computations", 8.2.4). Near the last of them it stops early: any direction there does as well.
 * @param patches (any, D), a sample
 * @param onStep called every few milliseconds; may throw to stop
 */
export async function principalProjection(
  patches: Float32Array,
  dimensions: number,
  size: number,
  key: string,
  onStep?: () => void,
): Promise<Projection> {
  const moments = await secondMoments(patches, dimensions);
  const product = await Product.open();
  const random = createRandom(0);
  const start = (): Float64Array => Float64Array.from({ length: dimensions }, () => random.normal());
  let vectors = Array.from({ length: size }, start);
  for (let iteration = 0; ; iteration++) {
    const basis: Float64Array[] = [];
    for (let vector of vectors) {
      // Patches that span fewer directions leave some to chance.
      while (!orthonormalise(vector, basis)) vector = start();
      basis.push(vector);
      onStep?.();
    }
    const directions = new Float32Array(size * dimensions);
    for (const [i, vector] of basis.entries()) directions.set(vector, i * dimensions);
    if (iteration === iterations) return { key, directions, size };
    const next = new Float32Array(directions.length);
    await product.multiply(directions, moments, dimensions, next);
    vectors = basis.map((_, i) => Float64Array.from(next.subarray(i * dimensions, (i + 1) * dimensions)));
  }
}
