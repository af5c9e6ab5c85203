// Ward's tree straight from vectors is that of the nearest-neighbour chain on all distances, which the linkage tests compare with scipy.
import assert from 'node:assert/strict';
import { condensedEuclidean } from '../../../../worker/algebra/condensed';
import { linkage, type Merge } from '../../../../worker/clustering/linkage';
import { buildTree, cutTree } from '../../../../worker/clustering/tree';
import { wardFromVectors } from '../../../../worker/clustering/ward';
import { createRandom } from '../../../../worker/base/random';

describe('Ward from vectors', () => {
  it('gives the tree of the chain, row for row', async () => {
    for (const [count, dimensions, groups] of [
      [2, 3, 1],
      [7, 1, 1],
      [300, 16, 1],
      [900, 5, 12],
    ] as const) {
      const vectors = cloud(count, dimensions, groups);
      await assertSame(vectors, count, dimensions);
    }
  });

  it('does not depend on where the cloud lies', async () => {
    const vectors = cloud(200, 8, 4);
    const moved = Float64Array.from(vectors, (value) => value + 1000);
    const here = await wardFromVectors(vectors, 200, 8, 1);
    const there = await wardFromVectors(moved, 200, 8, 1);
    for (const [row, [, , height]] of here.entries()) {
      assert.ok(Math.abs(there[row]![2] - height) < 1e-9 * Math.max(1, height));
    }
  });

  it('merges copies first, however many there are, and quickly', async () => {
    const distinct = cloud(40, 6, 3);
    const copies = new Float32Array(4000 * 6);
    for (let i = 0; i < 4000; i++) copies.set(distinct.subarray((i % 40) * 6, ((i % 40) + 1) * 6), i * 6);
    let products = 0;
    const merges = await wardFromVectors(copies, 4000, 6, 1, () => products++);
    assert.equal(merges.filter(([, , height]) => height === 0).length, 3960);
    assert.ok(products < 40, `${products} products`);
    const labels = cutTree(buildTree(merges, 4000), 40);
    for (let i = 40; i < 4000; i++) assert.equal(labels[i], labels[i % 40]);
  });

  it('finds its way where all are equally far: a grid', async () => {
    const side = 12;
    const grid = Float64Array.from({ length: side * side * 2 }, (_, i) =>
      i % 2 ? (i >> 1) % side : Math.floor((i >> 1) / side),
    );
    const merges = await wardFromVectors(grid, side * side, 2, 1);
    assert.equal(merges.length, side * side - 1);
    for (const [row, [, , height]] of merges.entries()) assert.ok(row === 0 || height >= merges[row - 1]![2] - 1e-12);
    assert.equal(merges.at(-1)![3], side * side);
  });

  it('stops when it is told to, and refuses numbers that are none', async () => {
    const stop = () => {
      throw new Error('stopped');
    };
    await assert.rejects(wardFromVectors(cloud(50, 4, 2), 50, 4, 1, stop), /stopped/);
    await assert.rejects(wardFromVectors(Float32Array.of(1, NaN), 2, 1, 1), RangeError);
  });
});

async function assertSame(vectors: Float32Array, count: number, dimensions: number): Promise<void> {
  const fromVectors = await wardFromVectors(vectors, count, dimensions, 1);
  const chain = linkage(condensedEuclidean(vectors, count, dimensions), count, 'ward');
  const shape = (merges: Merge[]) => merges.map(([left, right, , size]) => [left, right, size]);
  assert.deepEqual(shape(fromVectors), shape(chain));
  for (const [row, [, , height]] of chain.entries()) {
    assert.ok(Math.abs(fromVectors[row]![2] - height) <= 1e-9 * height, `row ${row}`);
  }
}

/** Normal clouds around as many centres. */
function cloud(count: number, dimensions: number, groups: number): Float32Array {
  const random = createRandom(count);
  const centres = Array.from({ length: groups * dimensions }, () => 3 * random.normal());
  return Float32Array.from(
    { length: count * dimensions },
    (_, i) => centres[(Math.floor(i / dimensions) % groups) * dimensions + (i % dimensions)]! + random.normal(),
  );
}
