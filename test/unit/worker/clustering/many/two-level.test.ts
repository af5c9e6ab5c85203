// Ward's tree in parts: exact where one part holds all, and the same groups where they are apart.
import assert from 'node:assert/strict';
import { condensedEuclidean } from '../../../../../worker/algebra/condensed';
import { createRandom } from '../../../../../worker/base/random';
import { labelMerges, linkage, type Merge } from '../../../../../worker/clustering/linkage';
import { partition } from '../../../../../worker/clustering/many/partition';
import { buildTree, cutTree } from '../../../../../worker/clustering/tree';
import { mergesOf, twoLevelWard, type TwoLevelTree } from '../../../../../worker/clustering/many/two-level';
import { wardFromVectors, wardMerges } from '../../../../../worker/clustering/ward';

const dimensions = 6;

describe('Ward in two levels', () => {
  it('is Ward where one part holds all vectors, whatever is cut off and joined again', async () => {
    const vectors = cloud(400, 5, 0.5);
    const { tree, merges, branchOf } = await twoLevelWard(vectors, 400, dimensions, {
      ...{ seed: 1, threads: 1, largestPart: 400, branches: 30 },
    });
    assertSame(mergesOf(tree), await wardFromVectors(vectors, 400, dimensions, 1));
    assert.equal(merges.length, 29);
    assert.equal(merges.at(-1)![3], 400);
    assert.equal(new Set(branchOf).size, 30);
  });

  it('finds groups that are apart, though most of them lie in several parts', async () => {
    const count = 1500;
    const vectors = cloud(count, 3, 8);
    const two = await twoLevelWard(vectors, count, dimensions, { seed: 3, threads: 1, largestPart: 150, branches: 60 });
    const plain = await wardFromVectors(vectors, count, dimensions, 1);
    assert.deepEqual(cut(two, 3), cutTree(buildTree(plain, count), 3));
    // The whole tree, cut, gives the same as the branches.
    assert.deepEqual(cutTree(buildTree(mergesOf(two.tree), count), 3), cut(two, 3));
  });

  it('has no merge that is lower than those below it', async () => {
    const count = 900;
    const { tree } = await twoLevelWard(cloud(count, 1, 0), count, dimensions, {
      ...{ seed: 0, threads: 1, largestPart: 100, branches: 40 },
    });
    const rows = mergesOf(tree);
    assert.equal(rows.length, count - 1);
    for (const [left, right, height] of rows)
      for (const child of [left, right]) if (child >= count) assert.ok(rows[child - count]![2] <= height);
  });

  it('gives the same tree for the same seed, and ends where all vectors are copies', async () => {
    const options = { seed: 5, threads: 1, largestPart: 80, branches: 20 };
    const vectors = cloud(500, 4, 2);
    assert.deepEqual(
      await twoLevelWard(vectors, 500, dimensions, options),
      await twoLevelWard(vectors, 500, dimensions, options),
    );
    const { tree } = await twoLevelWard(new Float32Array(500 * dimensions), 500, dimensions, options);
    assert.ok(tree.height.every((height) => height === 0));
  });

  it('stops when it is told to, and refuses numbers that are none', async () => {
    const stop = () => {
      throw new Error('stopped');
    };
    const options = { seed: 0, threads: 1, largestPart: 20, branches: 10 };
    await assert.rejects(twoLevelWard(cloud(50, 1, 0), 50, dimensions, { ...options, onStep: stop }), /stopped/);
    await assert.rejects(twoLevelWard(Float32Array.of(1, NaN), 2, 1, options), RangeError);
  });
});

describe('Ward of vectors that stand for several', () => {
  it('continues the tree of all of them, which linkage finds from copies', async () => {
    const count = 60;
    const random = createRandom(9);
    const vectors = cloud(count, 4, 1);
    const sizes = Float64Array.from({ length: count }, () => random.integer(1, 7));
    const copies = [...sizes].flatMap((size, row) =>
      Array.from({ length: size }, () => [...vectors.subarray(row * dimensions, (row + 1) * dimensions)]),
    );
    const all = linkage(
      condensedEuclidean(Float64Array.from(copies.flat()), copies.length, dimensions),
      copies.length,
      'ward',
    );
    const merges = labelMerges(await wardMerges(vectors, count, dimensions, { threads: 1, sizes }), count, sizes);
    const upper = all.slice(copies.length - count);
    for (const [row, [, , height, size]] of upper.entries()) {
      assert.ok(Math.abs(merges[row]![2] - height) <= 1e-9 * height, `row ${row}`);
      assert.equal(merges[row]![3], size);
    }
  });
});

describe('parts of near vectors', () => {
  it('hold every vector once, and none is too large', () => {
    for (const vectors of [cloud(1000, 7, 3), new Float32Array(1000 * dimensions)]) {
      const parts = partition(vectors, 1000, dimensions, { largest: 90, seed: 2 });
      assert.ok(parts.every(({ length }) => length > 0 && length <= 90));
      assert.deepEqual(
        parts.flatMap((rows) => [...rows]).sort((a, b) => a - b),
        Array.from({ length: 1000 }, (_, row) => row),
      );
    }
  });
});

function cut({ merges, branchOf }: TwoLevelTree, k: number): Int32Array {
  const labels = cutTree(buildTree(merges, merges.length + 1), k);
  return branchOf.map((branch) => labels[branch]!);
}

function assertSame(found: Merge[], expected: Merge[]): void {
  const shape = (merges: Merge[]) => merges.map(([left, right, , size]) => [left, right, size]);
  assert.deepEqual(shape(found), shape(expected));
  for (const [row, [, , height]] of expected.entries())
    assert.ok(Math.abs(found[row]![2] - height) <= 1e-9 * height, `row ${row}`);
}

/** Normal clouds around as many centres, which are `apart` from each other on average. */
function cloud(count: number, groups: number, apart: number): Float32Array {
  const random = createRandom(count + groups);
  const centres = Array.from({ length: groups * dimensions }, () => apart * random.normal());
  return Float32Array.from(
    { length: count * dimensions },
    (_, i) => centres[(Math.floor(i / dimensions) % groups) * dimensions + (i % dimensions)]! + random.normal(),
  );
}
