// Eigenvectors of the largest eigenvalues of a symmetric matrix that is only known by what it does to a vector.
// Block Lanczos with full orthogonalisation, restarted with its best vectors. A block, because clusters that are well apart have
// nearly equal eigenvalues, of which a single starting vector would find one. Golub & Van Loan, "Matrix computations", 10.3.
import { createRandom } from '../base/random';
import { symmetricEigenpairs, type Eigenpairs } from './symmetric';
import { addScaled, dot } from './vectors';

/** How eigenpairs are searched for; the same seed gives the same bytes. */
export interface EigenOptions {
  seed: number;
  /** Largest ‖A v − λ v‖ of the eigenvectors, relative to the largest |λ|. Default 1e-8. */
  tolerance?: number;
  /** Called every few milliseconds; may throw to stop. */
  onStep?: (() => void) | undefined;
}

/** Vectors of a block beyond those that are wanted: the more, the less it matters how near the next eigenvalues are. */
const spareVectors = 8;
/** Blocks between two restarts. */
const depth = 8;
const largestRestarts = 200;

/**
 * @param multiply writes A · vector into `product`, which holds zeros
 * @param size of A, at least `wanted`
 * @returns `wanted` eigenpairs of the largest eigenvalues (not of the largest magnitudes)
 */
export function topEigenpairs(
  multiply: (vector: Float64Array, product: Float64Array) => void,
  size: number,
  wanted: number,
  { seed, tolerance = 1e-8, onStep }: EigenOptions,
): Eigenpairs {
  const random = createRandom(seed);
  const width = Math.min(size, wanted + spareVectors);
  let start: Float64Array[] = Array.from({ length: width }, () =>
    Float64Array.from({ length: size }, () => random.normal()),
  );
  for (let restart = 0; ; restart++) {
    const { basis, products, isWhole } = krylov(multiply, start, Math.min(size, width * depth), onStep);
    const inBasis = symmetricEigenpairs(projected(basis, products));
    const scale = Math.max(...inBasis.values.map(Math.abs), Number.MIN_VALUE);
    const vectors = inBasis.vectors.slice(0, width).map((weights) => combine(basis, weights));
    const residuals = vectors.slice(0, wanted).map((vector, i) => {
      const product = combine(products, inBasis.vectors[i]!);
      addScaled(product, vector, -inBasis.values[i]!);
      return Math.sqrt(dot(product, product));
    });
    if (isWhole || restart === largestRestarts || Math.max(...residuals) <= tolerance * scale) {
      return { values: inBasis.values.slice(0, wanted), vectors: vectors.slice(0, wanted) };
    }
    start = vectors;
  }
}

/** An orthonormal basis of start, A · start, A² · start, … and its products with A. */
function krylov(
  multiply: (vector: Float64Array, product: Float64Array) => void,
  start: Float64Array[],
  limit: number,
  onStep?: () => void,
): { basis: Float64Array[]; products: Float64Array[]; isWhole: boolean } {
  const basis: Float64Array[] = [];
  const products: Float64Array[] = [];
  for (let block = start; block.length > 0;) {
    const next: Float64Array[] = [];
    for (const vector of block) {
      if (basis.length === limit) break;
      if (!orthonormalise(vector, basis)) continue;
      const product = new Float64Array(vector.length);
      multiply(vector, product);
      onStep?.();
      basis.push(vector);
      products.push(product);
      next.push(product.slice());
    }
    if (basis.length === limit) return { basis, products, isWhole: limit === basis[0]!.length };
    block = next;
  }
  // A maps the basis into itself: nothing is left to find from these starts.
  return { basis, products, isWhole: true };
}

/** Makes a vector of length one and at right angles to all of an orthonormal basis. @returns false when the vector lies in the span of the basis, up to rounding */
export function orthonormalise(vector: Float64Array, basis: Float64Array[]): boolean {
  const before = Math.sqrt(dot(vector, vector));
  // Twice is enough (Kahan).
  for (let pass = 0; pass < 2; pass++) {
    for (const other of basis) addScaled(vector, other, -dot(vector, other));
  }
  const norm = Math.sqrt(dot(vector, vector));
  if (!(norm > 1e-12 * before)) return false;
  for (let i = 0; i < vector.length; i++) vector[i]! /= norm;
  return true;
}

/** basisᵀ A basis */
function projected(basis: Float64Array[], products: Float64Array[]): Float64Array[] {
  return basis.map((vector, row) =>
    Float64Array.from(basis, (other, column) => (dot(vector, products[column]!) + dot(other, products[row]!)) / 2),
  );
}

function combine(vectors: Float64Array[], weights: Float64Array): Float64Array {
  const sum = new Float64Array(vectors[0]!.length);
  for (const [i, vector] of vectors.entries()) addScaled(sum, vector, weights[i]!);
  return sum;
}
