// The clusterers' promises that need no oracle: what they refuse, that a seed decides, and that the order of the images does not.
// Their values are compared with scipy and scikit-learn in test/oracle.
import { clustererNames, type ClustererName } from '../../../../worker/api/settings';
import assert from 'node:assert/strict';
import { dendrogram, group, needsVectors } from '../../../../worker/clustering/clusterers';
import { condensedEuclidean } from '../../../../worker/algebra/condensed';
import { gaussianMixture } from '../../../../worker/clustering/gmm';
import type { ClusteringInput } from '../../../../worker/clustering/medoids';
import { buildTree, cutTree } from '../../../../worker/clustering/tree';
import { evaluate } from '../../../../worker/evaluation/metrics';
import { createRandom } from '../../../../worker/base/random';

const dimensions = 6;
const groups = 4;
const count = 60;

/** Well separated groups around corners of a cube, image i in group i mod 4. */
function blobs(order: number[] = [...Array(count).keys()], spread = 0.3): ClusteringInput & { vectors: Float64Array } {
  const random = createRandom(3);
  const vectors = Array.from({ length: count }, (_, i) =>
    Array.from({ length: dimensions }, (_, d) => 4 * Number(((i % groups) >> d) & 1) + spread * random.normal()),
  );
  return { count, dimensions, vectors: Float64Array.from(order.flatMap((i) => vectors[i]!)) };
}

function agreement(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return evaluate(Array.from(a, String), Array.from(b)).ari;
}

function distancesOnly({ vectors }: ClusteringInput): ClusteringInput {
  return { count, condensed: condensedEuclidean(vectors!, count, dimensions) };
}

describe('the clusterers', () => {
  for (const name of clustererNames) {
    it(`${name} finds groups that are there, numbered by first appearance`, () => {
      const labels = group(blobs(), name, groups, { seed: 0 });
      assert.deepEqual(
        [...labels],
        Array.from({ length: count }, (_, i) => i % groups),
      );
    });

    it(`${name} gives the same for the same seed, and the same groups in any order`, () => {
      const order = Array.from({ length: count }, (_, i) => (i * 17 + 5) % count);
      const labels = group(blobs(), name, groups, { seed: 1 });
      assert.deepEqual(group(blobs(), name, groups, { seed: 1 }), labels);
      const moved = group(blobs(order), name, groups, { seed: 1 });
      assert.equal(
        agreement(
          moved,
          order.map((i) => labels[i]!),
        ),
        1,
      );
    });

    it(`${name} refuses what cannot be grouped`, () => {
      assert.throws(() => group(blobs(), name, count + 1, { seed: 0 }), RangeError);
      assert.throws(() => group(blobs(), name, 0, { seed: 0 }), RangeError);
      const broken = blobs();
      broken.vectors[7] = NaN;
      assert.throws(() => group(broken, name, 2, { seed: 0 }), RangeError);
      if (needsVectors(name)) assert.throws(() => group(distancesOnly(blobs()), name, 2, { seed: 0 }), RangeError);
      else
        assert.equal(
          agreement(
            group(distancesOnly(blobs()), name, groups, { seed: 0 }),
            group(blobs(), name, groups, { seed: 0 }),
          ),
          1,
        );
    });

    it(`${name} groups one image, and images that are all the same`, () => {
      const one: ClusteringInput = { count: 1, dimensions: 2, vectors: Float64Array.of(1, 2) };
      assert.deepEqual([...group(one, name, 1, { seed: 0 })], [0]);
      const same: ClusteringInput = { count: 6, dimensions: 2, vectors: new Float64Array(12).fill(0.5) };
      const labels = group(same, name, 3, { seed: 0 });
      assert.equal(labels.length, 6);
      assert.ok(new Set(labels).size <= 3);
    });

    it(`${name} stops when it is told to`, () => {
      const stop = () => {
        throw new Error('stopped');
      };
      assert.throws(() => group(blobs(), name, groups, { seed: 0, onStep: stop }), /stopped/);
    });
  }

  it('keep their partition when every image is there twice', () => {
    const once = blobs(undefined, 1.4);
    const twice: ClusteringInput = {
      count: 2 * count,
      dimensions,
      vectors: Float64Array.from({ length: 2 * count * dimensions }, (_, i) => once.vectors[i % (count * dimensions)]!),
    };
    const labels = group(once, 'ward', 5, { seed: 0 });
    const doubled = group(twice, 'ward', 5, { seed: 0 });
    assert.equal(agreement(doubled, [...labels, ...labels]), 1);
  });

  it('have a tree for the gallery, also those that make none', () => {
    const tree = (name: ClustererName) => [...cutTree(buildTree(dendrogram(blobs(), name), count), groups)];
    assert.deepEqual(tree('kmeans'), tree('ward'));
    assert.equal(dendrogram(blobs(), 'single').length, count - 1);
  });

  it('fit mixtures with more dimensions than images', () => {
    const random = createRandom(5);
    const wide = 50;
    const vectors = Float64Array.from(
      { length: 20 * wide },
      (_, i) => (Math.floor(i / wide) % 2) * 3 + random.normal(),
    );
    const { labels, logLikelihood } = gaussianMixture(vectors, 20, wide, 2, { seed: 0 });
    assert.ok(Number.isFinite(logLikelihood));
    assert.equal(
      agreement(
        labels,
        Array.from({ length: 20 }, (_, i) => i % 2),
      ),
      1,
    );
  });
});
