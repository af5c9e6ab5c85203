// Linkages and cutting where they are awkward: any distances, ties, equal points, tiny folders. Values from scipy
// (expected/linkages.py, expected/awkward.py).
import assert from 'node:assert/strict';
import { chooseClusterCount } from '../../../../worker/clustering/choose-k';
import { condensedEuclidean } from '../../../../worker/algebra/condensed';
import { linkage, linkageMethods, type LinkageMethod, type Merge } from '../../../../worker/clustering/linkage';
import { medoid } from '../../../../worker/clustering/medoids';
import { renumber } from '../../../../worker/clustering/renumber';
import { buildTree, cutTree, leaves } from '../../../../worker/clustering/tree';
import { createRandom } from '../../../../worker/base/random';
import { permute, shuffled } from './permutation';
import expected from '../../expected/awkward.json';
import linkages from '../../expected/linkages.json';

function link(vectors: number[], dimensions: number): Merge[] {
  const count = vectors.length / dimensions;
  return linkage(condensedEuclidean(Float64Array.from(vectors), count, dimensions), count, 'ward');
}

describe('the linkage matrix', () => {
  for (const { name, dimensions, vectors, merges } of expected.trees) {
    it(`is scipy's, row by row: ${name}`, () => {
      const rows = link(vectors, dimensions);
      assert.equal(rows.length, merges.length);
      for (const [row, [left, right, height, size]] of rows.entries()) {
        const [theirLeft, theirRight, theirHeight, theirSize] = merges[row]!;
        assert.deepEqual([left, right, size], [theirLeft, theirRight, theirSize], `row ${row}`);
        assert.ok(Math.abs(height - theirHeight!) < 1e-12 * (1 + theirHeight!), `height of row ${row}`);
      }
    });
  }

  it('leaves the distances as they were', () => {
    const distances = condensedEuclidean(Float32Array.of(0, 1, 5, 12), 4, 1);
    assert.deepEqual([...distances], [1, 5, 12, 4, 11, 7]);
    linkage(distances, 4, 'ward');
    assert.deepEqual([...distances], [1, 5, 12, 4, 11, 7]);
  });

  for (const wrong of [NaN, Infinity, 1e200, -1]) {
    it(`is refused for a distance of ${wrong} instead of being wrong`, () => {
      assert.throws(() => linkage(Float64Array.of(1, wrong, 2), 3, 'ward'), /not a finite number/);
    });
  }

  it('is refused when distances are missing', () => {
    assert.throws(() => linkage(Float64Array.of(1, 2), 3, 'ward'), RangeError);
  });
});

describe('all linkages', () => {
  for (const { name, count, distances, trees } of linkages.cases) {
    for (const { method, merges, cuts } of trees) {
      const link = () => linkage(Float64Array.from(distances), count, method as LinkageMethod);

      it(`have scipy's tree: ${method}, ${name}`, () => {
        const rows = link();
        assert.equal(rows.length, merges.length);
        for (const [row, [left, right, height, size]] of rows.entries()) {
          const [theirLeft, theirRight, theirHeight, theirSize] = merges[row]!;
          assert.deepEqual([left, right, size], [theirLeft, theirRight, theirSize], `row ${row}`);
          assert.ok(Math.abs(height - theirHeight!) < 1e-12 * (1 + theirHeight!), `height of row ${row}`);
        }
      });

      it(`are cut into scipy's partitions: ${method}, ${name}`, () => {
        const tree = buildTree(link(), count);
        for (const { k, labels } of cuts) assert.deepEqual([...cutTree(tree, k)], labels, `k = ${k}`);
      });
    }
  }

  for (const method of linkageMethods) {
    it(`never fall from the leaves to the root, whatever the distances: ${method}`, () => {
      const random = createRandom(3);
      for (let trial = 0; trial < 20; trial++) {
        const distances = Float64Array.from({ length: 45 }, () => random.between(0, 1) ** 8);
        const heights: number[] = [];
        for (const [left, right, height] of linkage(distances, 10, method)) {
          for (const node of [left, right]) assert.ok(node < 10 || heights[node - 10]! <= height);
          heights.push(height);
        }
      }
    });

    it(`give the same tree in any order of the images: ${method}`, () => {
      const { count, distances } = linkages.cases[1]!;
      const order = shuffled(count, 5);
      const permuted = permute(Float64Array.from(distances), order);
      const labels = cutTree(buildTree(linkage(Float64Array.from(distances), count, method), count), 6);
      const others = cutTree(buildTree(linkage(permuted, count, method), count), 6);
      assert.deepEqual(renumber(others), renumber(labels.map((_, at) => labels[order[at]!]!)));
    });

    it(`can be stopped: ${method}`, () => {
      const stop = () => {
        throw new Error('stopped');
      };
      assert.throws(() => linkage(Float64Array.of(1, 2, 3), 3, method, stop), /stopped/);
    });
  }
});

describe('cutting a tree', () => {
  for (const { name, count, dimensions, vectors, cuts } of expected.trees) {
    it(`gives scipy's partition and numbers, ties included: ${name}`, () => {
      const tree = buildTree(link(vectors, dimensions), count);
      // scipy, too, numbers clusters in the order of their first image.
      for (const { k, labels } of cuts) assert.deepEqual([...cutTree(tree, k)], labels, `k = ${k}`);
    });
  }

  it('is possible into 1 to N clusters only', () => {
    const tree = buildTree(link([0, 1, 5], 1), 3);
    for (const k of [0, -1, 1.5, NaN, 4]) assert.throws(() => cutTree(tree, k), RangeError, `k = ${k}`);
  });

  it('splits one cluster in two at every step, also in a tree as deep as it has images', () => {
    const count = 10_000;
    const merges: Merge[] = Array.from({ length: count - 1 }, (_, row) =>
      row === 0 ? [0, 1, 1, 2] : [row + 1, count + row - 1, 1, row + 2],
    );
    const tree = buildTree(merges, count);
    assert.equal(leaves(tree).length, count);
    for (const k of [1, 2, 9_999, 10_000]) assert.equal(new Set(cutTree(tree, k)).size, k);
  });
});

describe('the automatic number of clusters', () => {
  it('is one for fewer than four images', () => {
    for (const points of [[0], [0, 9], [0, 1, 9]]) {
      const { k, candidates, reason } = chooseClusterCount(link(points, 1), points.length);
      assert.deepEqual([k, candidates], [1, []]);
      assert.match(reason, /too few images/);
    }
  });

  it('is the number of different images when the rest are copies', () => {
    const { k, reason } = chooseClusterCount(link([0, 0, 0, 5, 5, 5, 11, 11, 11], 1), 9);
    assert.equal(k, 3);
    assert.match(reason, /the rest are alike/);
  });

  it('follows ratios of heights, not differences: three groups, two of them near each other', () => {
    const { k, candidates } = chooseClusterCount(link([0, 0.1, 0.2, 3, 3.1, 3.2, 9, 9.1, 9.2], 1), 9);
    assert.equal(k, 3);
    assert.deepEqual(
      candidates.map((each) => [each.k, each.kind]),
      [
        [2, 'fewer'],
        [3, 'chosen'],
        [4, 'more'],
      ],
    );
  });

  it('is not two just because the highest merge is always much higher than the next', () => {
    // Heights by number of clusters left, from 1: what 674 images of a real folder with six classes gave.
    const real = [4.277, 2.883, 2.701, 2.388, 1.776, 1.679, 1.586];
    const merges = real.toReversed().map((height, row): Merge => [row, row + 1, height, 2]);
    const count = 100;
    const low = Array.from({ length: count - 1 - merges.length }, (): Merge => [0, 1, 1.546, 2]);
    const { k, reason } = chooseClusterCount([...low, ...merges], count);
    assert.equal(k, 5);
    assert.match(reason, /1\.34 times as high as the next/);
  });

  it('is about five where nothing says otherwise, and not two or three', () => {
    // Heights of data without groups.
    const count = 100;
    const merges = Array.from({ length: count - 1 }, (_, row): Merge => [0, 1, 1 / Math.sqrt(count - row), 2]);
    const { k, candidates } = chooseClusterCount(merges, count);
    assert.equal(k, 5);
    assert.deepEqual(
      candidates.map((each) => each.kind),
      ['fewer', 'chosen', 'more'],
    );
    for (const { gap } of candidates) assert.ok(Math.abs(gap - 1) < 1e-9, `${gap}`);
  });

  it('is at most eight, and half the number of images', () => {
    const apart = Array.from({ length: 200 }, (_, i) => [i % 50, Math.floor(i / 50) * 0.01]).flat();
    assert.ok(chooseClusterCount(link(apart, 2), 200).k <= 8);
    assert.ok(chooseClusterCount(link([0, 1, 10, 11, 30], 1), 5).k <= 2);
  });
});

describe('the medoid', () => {
  it('is the first of equally near members, whatever their order in the folder', () => {
    assert.equal(medoid({ count: 4, vectors: Float64Array.of(0, 1, 2, 3), dimensions: 1 }, [1, 2]), 1);
    assert.equal(medoid({ count: 4, vectors: Float64Array.of(0, 1, 2, 3), dimensions: 1 }, [2, 1]), 2);
  });

  it('of one member is that member', () => {
    assert.equal(medoid({ count: 2, vectors: Float64Array.of(4, 8), dimensions: 1 }, [1]), 1);
  });

  it('of more than 2000 members is the one nearest to their centroid', () => {
    // 1500 at 0 and 1001 at 1, and one at 0.4: the sum of distances is least at 0, the centroid (0.4) is nearest to the last one.
    const vectors = Float64Array.from({ length: 2502 }, (_, i) => (i < 1500 ? 0 : i < 2501 ? 1 : 0.4));
    const compared = { count: 2502, vectors, dimensions: 1 };
    assert.equal(medoid(compared, [...vectors.keys()]), 2501);
    assert.equal(medoid(compared, [...Array(900).keys(), 1600, 1700, 2501]), 0);
  });

  it('is found from distances alone, where images are no vectors', () => {
    // 0 – 1 – 2 on a line, 3 far away.
    const condensed = Float64Array.of(1, 2, 9, 1, 9, 9);
    assert.equal(medoid({ count: 4, condensed }, [0, 1, 2]), 1);
    assert.equal(medoid({ count: 4, condensed }, [3]), 3);
  });
});
