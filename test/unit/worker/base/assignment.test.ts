// Matching one to one: as good as the Hungarian method on the whole matrix, and fast where there are thousands.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { linearSumAssignment } from 'linear-sum-assignment';
import { bestAssignment } from '../../../../worker/base/assignment';
import { createRandom } from '../../../../worker/base/random';

type Matrix = number[][];

const sparse = (matrix: Matrix) =>
  new Map(matrix.map((row, r) => [r, new Map([...row.entries()].filter(([, weight]) => weight > 0))]));
const total = (matrix: Matrix, pairs: Iterable<[number, number]>) =>
  [...pairs].reduce((sum, [r, c]) => sum + (matrix[r]?.[c] ?? 0), 0);

describe('the best assignment', () => {
  it('is one to one, of pairs that have a weight, and as heavy as that of another implementation', () => {
    const matrices = fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 })).chain(([rows, columns]) =>
      fc.array(
        fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 12 })), { minLength: columns, maxLength: columns }),
        {
          minLength: rows,
          maxLength: rows,
        },
      ),
    );
    fc.assert(
      fc.property(matrices, (matrix) => {
        const pairs = bestAssignment(sparse(matrix));
        assert.equal(new Set(pairs.values()).size, pairs.size);
        for (const [r, c] of pairs) assert.ok(matrix[r]![c]! > 0);
        const side = Math.max(matrix.length, matrix[0]!.length);
        const square = Array.from({ length: side }, (_, r) =>
          Array.from({ length: side }, (_, c) => matrix[r]?.[c] ?? 0),
        );
        const { rowAssignments } = linearSumAssignment(square, { maximaze: true });
        assert.equal(total(matrix, pairs), total(matrix, rowAssignments.entries()));
      }),
      { numRuns: 1000 },
    );
  });

  it('of thousands, which the whole matrix would take hours for, is found within the limit of a test', () => {
    const random = createRandom(1);
    const count = 5000;
    const weights = new Map<number, Map<number, number>>();
    for (let image = 0; image < 50_000; image++) {
      const row = random.integer(0, count - 1);
      const column = random.integer(0, 3) === 0 ? random.integer(0, count - 1) : row;
      const own = weights.get(row) ?? new Map<number, number>();
      own.set(column, (own.get(column) ?? 0) + 1);
      weights.set(row, own);
    }
    const pairs = bestAssignment(weights);
    assert.ok([...pairs].filter(([row, column]) => row === column).length > 0.9 * count);
  });
});
