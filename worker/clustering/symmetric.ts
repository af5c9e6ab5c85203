// All eigenpairs of a small symmetric matrix: Householder reflections to a tridiagonal one, then QL steps with implicit shifts.
// Bowdler, Martin, Reinsch & Wilkinson, "The QR and QL algorithms for symmetric matrices", 1968; EISPACK's tred2 and tql2.

export interface Eigenpairs {
  /** Falling. */
  values: Float64Array;
  /** One for each value, of length one, at right angles. */
  vectors: Float64Array[];
}

/**
 * @param matrix rows; used up
 * @param onStep called for every row; may throw to stop
 */
export function symmetricEigenpairs(matrix: Float64Array[], onStep?: () => void): Eigenpairs {
  const { diagonal, next, vectors } = tridiagonalise(matrix, onStep);
  diagonalise(diagonal, next, vectors, onStep);
  const order = [...diagonal.keys()].sort((a, b) => diagonal[b]! - diagonal[a]!);
  return { values: diagonal.map((_, i) => diagonal[order[i]!]!), vectors: order.map((i) => vectors[i]!) };
}

/** T = Q A Qᵀ, where T has only a diagonal and what is next to it (the last of `next` is zero); `vectors` are the rows of Q. */
interface Tridiagonal {
  diagonal: Float64Array;
  next: Float64Array;
  vectors: Float64Array[];
}

function tridiagonalise(matrix: Float64Array[], onStep?: () => void): Tridiagonal {
  const size = matrix.length;
  const next = new Float64Array(size);
  const vectors = matrix.map((_, i) => Float64Array.from({ length: size }, (_, j) => (i === j ? 1 : 0)));
  for (let k = 0; k < size - 1; k++) {
    onStep?.();
    // I − 2 v vᵀ maps row k, right of the diagonal, to a multiple of its first direction.
    const v = Float64Array.from(matrix[k]!, (value, i) => (i > k ? value : 0));
    const norm = Math.sqrt(dot(v, v));
    next[k] = v[k + 1]! > 0 ? -norm : norm;
    v[k + 1]! -= next[k]!;
    const length = Math.sqrt(dot(v, v));
    if (length === 0) continue;
    for (let i = k + 1; i < size; i++) v[i]! /= length;
    const product = Float64Array.from(matrix, (row, i) => (i > k ? 2 * dot(row, v) : 0));
    addScaled(product, v, -dot(product, v));
    for (let i = k + 1; i < size; i++) {
      addScaled(matrix[i]!, product, -v[i]!);
      addScaled(matrix[i]!, v, -product[i]!);
    }
    const along = new Float64Array(size);
    for (let i = k + 1; i < size; i++) addScaled(along, vectors[i]!, 2 * v[i]!);
    for (let i = k + 1; i < size; i++) addScaled(vectors[i]!, along, -v[i]!);
  }
  return { diagonal: Float64Array.from(matrix, (row, i) => row[i]!), next, vectors };
}

/** Turns the rows of `vectors` into eigenvectors and `diagonal` into their eigenvalues; `next` is used up. */
function diagonalise(diagonal: Float64Array, next: Float64Array, vectors: Float64Array[], onStep?: () => void): void {
  const size = diagonal.length;
  let scale = 0;
  for (let i = 0; i < size; i++) scale = Math.max(scale, Math.abs(diagonal[i]!) + Math.abs(next[i]!));
  const isNegligible = (value: number) => Math.abs(value) <= Number.EPSILON * scale;
  for (let first = 0; first < size; first++) {
    for (;;) {
      onStep?.();
      let last = first;
      while (last < size - 1 && !isNegligible(next[last]!)) last++;
      if (last === first) break;
      stepQl(diagonal, next, vectors, first, last);
    }
  }
}

/** One QL step on the rows from `first` to `last`: the entry next to the first diagonal one shrinks, as a rule cubically. */
function stepQl(
  diagonal: Float64Array,
  next: Float64Array,
  vectors: Float64Array[],
  first: number,
  last: number,
): void {
  const slope = (diagonal[first + 1]! - diagonal[first]!) / (2 * next[first]!);
  const steepness = Math.hypot(slope, 1);
  const shift = diagonal[first]! - next[first]! / (slope + (slope < 0 ? -steepness : steepness));
  let carried = diagonal[last]! - shift;
  let [sine, cosine, moved] = [1, 1, 0];
  for (let i = last - 1; i >= first; i--) {
    const bulge = sine * next[i]!;
    const rest = cosine * next[i]!;
    const length = Math.hypot(bulge, carried);
    next[i + 1] = length;
    if (length === 0) {
      // The matrix falls apart here.
      diagonal[i + 1]! -= moved;
      next[last] = 0;
      return;
    }
    sine = bulge / length;
    cosine = carried / length;
    const base = diagonal[i + 1]! - moved;
    const turned = (diagonal[i]! - base) * sine + 2 * cosine * rest;
    moved = sine * turned;
    diagonal[i + 1] = base + moved;
    carried = cosine * turned - rest;
    rotate(vectors[i]!, vectors[i + 1]!, cosine, sine);
  }
  diagonal[first]! -= moved;
  next[first] = carried;
  next[last] = 0;
}

function rotate(lower: Float64Array, upper: Float64Array, cosine: number, sine: number): void {
  for (let d = 0; d < lower.length; d++) {
    const [a, b] = [lower[d]!, upper[d]!];
    lower[d] = cosine * a - sine * b;
    upper[d] = sine * a + cosine * b;
  }
}

/** target += scale · vector */
export function addScaled(target: Float64Array, vector: Float64Array, scale: number): void {
  for (let i = 0; i < target.length; i++) target[i]! += scale * vector[i]!;
}

export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
