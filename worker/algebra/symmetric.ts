// All eigenpairs of a small symmetric matrix, by ml-matrix (EISPACK's tred2 and tql2), in an order and with signs of their own.
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';

/** Eigenvalues and eigenvectors: A v = λ v. */
export interface Eigenpairs {
  /** Falling. */
  values: Float64Array;
  /** One for each value, of length one, at right angles; the first of the largest entries in magnitude is positive. */
  vectors: Float64Array[];
}

/**
 * Takes size³ steps that cannot be interrupted: 10 ms for 80, 0.25 s for 224, 3 s for 464.
 * @param matrix (size, size), its rows; at least one. Taken to be symmetric without a look, and not changed
 * @returns size pairs
 */
export function symmetricEigenpairs(matrix: readonly Float64Array[]): Eigenpairs {
  const decomposition = new EigenvalueDecomposition(new Matrix(matrix), { assumeSymmetric: true });
  const { realEigenvalues: values, eigenvectorMatrix: columns } = decomposition;
  const order = [...values.keys()].sort((a, b) => values[b]! - values[a]!);
  return {
    values: Float64Array.from(order, (i) => values[i]!),
    vectors: order.map((i) => withFixedSign(Float64Array.from(columns.getColumn(i)))),
  };
}

/** v and −v are both eigenvectors. Which of them comes out must not hang on the steps that led there. */
function withFixedSign(vector: Float64Array): Float64Array {
  const largest = vector.reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most), 0);
  return largest < 0 ? vector.map((value) => -value) : vector;
}
