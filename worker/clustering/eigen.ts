// Eigenvectors of the largest eigenvalues of a symmetric matrix that is only known by what it does to a vector.
// Block Lanczos with full orthogonalisation, restarted with its best vectors. A block, because clusters that are well apart have
// nearly equal eigenvalues, of which a single starting vector would find one. Golub & Van Loan, "Matrix computations", 10.3.
import { createRandom } from '../random';

export interface EigenOptions {
  seed: number;
  /** Largest ‖A v − λ v‖ of the eigenvectors, relative to the largest |λ|. Default 1e-8. */
  tolerance?: number;
  /** Called every few milliseconds; may throw to stop. */
  onStep?: (() => void) | undefined;
}

export interface Eigenpairs {
  /** (wanted), falling */
  values: Float64Array;
  /** `wanted` vectors of length one, at right angles */
  vectors: Float64Array[];
}

/** Vectors of a block beyond those that are wanted: the more, the less it matters how near the next eigenvalues are. */
const spareVectors = 8;
/** Blocks between two restarts. */
const depth = 8;
const largestRestarts = 200;

/**
 * @param multiply writes A · vector into `product`, which holds zeros
 * @param size of A, at least `wanted`
 * @returns eigenpairs of the largest eigenvalues (not of the largest magnitudes)
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
    const inBasis = jacobiEigenpairs(projected(basis, products), onStep);
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

/** @returns false when the vector lies in the span of the basis, up to rounding */
function orthonormalise(vector: Float64Array, basis: Float64Array[]): boolean {
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

/**
 * All eigenpairs of a small symmetric matrix by Jacobi's rotations: slow beyond some hundred rows, but as precise as can be.
 * @param matrix rows; used up
 * @param onStep called for every row of a sweep; may throw to stop
 */
export function jacobiEigenpairs(matrix: Float64Array[], onStep?: () => void): Eigenpairs {
  const size = matrix.length;
  const vectors = matrix.map((_, i) => Float64Array.from({ length: size }, (_, j) => (i === j ? 1 : 0)));
  const norm = Math.sqrt(matrix.reduce((sum, row) => sum + dot(row, row), 0));
  const small = norm * Number.EPSILON * 0.01;
  for (let sweep = 0, hasRotated = true; hasRotated && sweep < 50; sweep++) {
    hasRotated = false;
    for (let p = 0; p < size - 1; p++) {
      for (let q = p + 1; q < size; q++) {
        if (Math.abs(matrix[p]![q]!) <= small) continue;
        hasRotated = true;
        rotate(matrix, vectors, p, q);
      }
      onStep?.();
    }
  }
  const values = Float64Array.from(matrix, (row, i) => row[i]!);
  const order = [...values.keys()].sort((a, b) => values[b]! - values[a]!);
  return { values: values.map((_, i) => values[order[i]!]!), vectors: order.map((i) => vectors[i]!) };
}

/** Makes matrix[p][q] zero. */
function rotate(matrix: Float64Array[], vectors: Float64Array[], p: number, q: number): void {
  const [rowP, rowQ] = [matrix[p]!, matrix[q]!];
  const theta = (rowQ[q]! - rowP[p]!) / (2 * rowP[q]!);
  const tangent = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.hypot(theta, 1));
  const cosine = 1 / Math.hypot(tangent, 1);
  const sine = tangent * cosine;
  for (const row of matrix) {
    const [atP, atQ] = [row[p]!, row[q]!];
    row[p] = cosine * atP - sine * atQ;
    row[q] = sine * atP + cosine * atQ;
  }
  turn(rowP, rowQ, cosine, sine);
  turn(vectors[p]!, vectors[q]!, cosine, sine);
}

function turn(first: Float64Array, second: Float64Array, cosine: number, sine: number): void {
  for (let i = 0; i < first.length; i++) {
    const [a, b] = [first[i]!, second[i]!];
    first[i] = cosine * a - sine * b;
    second[i] = sine * a + cosine * b;
  }
}

function combine(vectors: Float64Array[], weights: Float64Array): Float64Array {
  const sum = new Float64Array(vectors[0]!.length);
  for (const [i, vector] of vectors.entries()) addScaled(sum, vector, weights[i]!);
  return sum;
}

function addScaled(target: Float64Array, vector: Float64Array, scale: number): void {
  for (let i = 0; i < target.length; i++) target[i]! += scale * vector[i]!;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
