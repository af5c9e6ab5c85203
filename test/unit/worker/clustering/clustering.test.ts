// Ward linkage and cutting, against scipy (expected/clustering.py).
import assert from 'node:assert/strict';
import { chooseClusterCount } from '../../../../worker/clustering/choose-k';
import { condensedEuclidean } from '../../../../worker/algebra/condensed';
import { linkage, type Merge } from '../../../../worker/clustering/linkage';
import { medoid } from '../../../../worker/clustering/medoids';
import { buildTree, cutTree } from '../../../../worker/clustering/tree';
import expected from '../../expected/clustering.json';

function link(vectors: number[], count: number, dimensions: number): Merge[] {
  return linkage(condensedEuclidean(Float64Array.from(vectors), count, dimensions), count, 'ward');
}

/** The same partition under any names: labels renumbered by first appearance. */
function canonical(labels: Iterable<number>): number[] {
  const names = new Map<number, number>();
  return [...labels].map((label) => names.get(label) ?? (names.set(label, names.size), names.size - 1));
}

describe('Ward linkage', () => {
  for (const { name, count, dimensions, vectors, heights, sizes, cuts } of expected.trees) {
    it(`has scipy's heights and sizes: ${name}`, () => {
      const merges = link(vectors, count, dimensions);
      assert.equal(merges.length, count - 1);
      for (const [row, [, , height, size]] of merges.entries()) {
        assert.ok(Math.abs(height - heights[row]!) <= 1e-7 * (1 + heights[row]!), `height ${row}`);
        assert.equal(size, sizes[row]);
      }
    });

    it(`is cut into scipy's partitions: ${name}`, () => {
      const tree = buildTree(link(vectors, count, dimensions), count);
      for (const [k, labels] of Object.entries(cuts)) {
        assert.deepEqual(canonical(cutTree(tree, Number(k))), canonical(labels as number[]));
      }
    });
  }

  it('of one image has no merge and one cluster', () => {
    assert.deepEqual(link([1, 2], 1, 2), []);
    assert.deepEqual([...cutTree(buildTree([], 1), 1)], [0]);
  });

  it('of equal images has heights of zero and is still cut into any number', () => {
    const merges = link(Array<number>(12).fill(0.3), 6, 2);
    assert.deepEqual(
      merges.map(([, , height]) => height),
      [0, 0, 0, 0, 0],
    );
    for (let k = 1; k <= 6; k++) assert.equal(new Set(cutTree(buildTree(merges, 6), k)).size, k);
  });

  it('refuses distances that are not numbers instead of giving a broken tree', () => {
    assert.throws(() => link([0, NaN, 1], 3, 1), RangeError);
  });

  it('cuts a tree as deep as it has images', () => {
    const count = 20_000;
    const chain: Merge[] = [[0, 1, 1, 2]];
    for (let row = 1; row < count - 1; row++) chain.push([row + 1, count + row - 1, row + 1, row + 2]);
    const labels = cutTree(buildTree(chain, count), 3);
    assert.deepEqual([labels[0], labels[count - 2], labels[count - 1]], [0, 1, 2]);
  });

  it('cannot be cut into more clusters than images', () => {
    assert.throws(() => cutTree(buildTree(link([0, 1, 5], 3, 1), 3), 4), RangeError);
  });
});

describe('the automatic number of clusters', () => {
  it('is the number of well separated groups', () => {
    for (const groups of [3, 5, 8]) {
      const points = Array.from({ length: groups * 12 }, (_, i) => {
        const angle = (2 * Math.PI * (i % groups)) / groups;
        return [10 * Math.cos(angle) + Math.sin(i * 7.3), 10 * Math.sin(angle) + Math.cos(i * 3.1)];
      });
      const { k, candidates, reason } = chooseClusterCount(link(points.flat(), points.length, 2), points.length);
      assert.equal(k, groups);
      assert.ok(candidates.length > 1 && candidates.some((each) => each.k === groups && each.kind === 'chosen'));
      assert.match(reason, /times as high as the next/);
    }
  });

  it('is one when all images are the same', () => {
    assert.equal(chooseClusterCount(link([1, 1, 1, 1], 4, 1), 4).k, 1);
  });
});

describe('the medoid', () => {
  it('is the member nearest to the others', () => {
    assert.equal(
      medoid({ count: 4, vectors: Float32Array.of(0, 0, 10, 0, 4, 0, 100, 0), dimensions: 2 }, [0, 1, 2]),
      2,
    );
  });
});
