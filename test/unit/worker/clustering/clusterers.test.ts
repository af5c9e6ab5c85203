// The clusterers beside the linkages in numbers, against scikit-learn, numpy and the papers' k-medoids (expected/clusterers.py), and
// what they make of copies and of input that is wrong.
import { clustererNames } from '../../../../worker/api/settings';
import assert from 'node:assert/strict';
import { distancesOf, group, needsVectors } from '../../../../worker/clustering/clusterers';
import { condensedEuclidean, condensedIndex } from '../../../../worker/algebra/condensed';
import { factorise, multiplyByTranspose, solveLower } from '../../../../worker/algebra/dense';
import { topEigenpairs } from '../../../../worker/algebra/eigen';
import { gaussianMixture } from '../../../../worker/clustering/gmm';
import { kmeans, lloyd } from '../../../../worker/clustering/kmeans';
import { kmedoids } from '../../../../worker/clustering/kmedoids';
import type { ClusteringInput } from '../../../../worker/clustering/medoids';
import { renumber } from '../../../../worker/clustering/renumber';
import { selfTuningAffinity, spectral, spectralEmbedding } from '../../../../worker/clustering/spectral';
import { symmetricEigenpairs } from '../../../../worker/algebra/symmetric';
import { evaluate } from '../../../../worker/evaluation/metrics';
import { createRandom } from '../../../../worker/base/random';
import expected from '../../expected/clusterers.json';
import { permute, permuteVectors, shuffled } from './permutation';

function adjustedRand(labels: Iterable<number>, wanted: readonly number[]): number {
  return evaluate(wanted.map(String), [...labels]).ari;
}

function assertNear(actual: number, wanted: number, tolerance: number): void {
  assert.ok(Math.abs(actual - wanted) <= tolerance * (1 + Math.abs(wanted)), `${actual} is not ${wanted}`);
}

const seed = 1;

describe('k-means', () => {
  for (const { name, count, dimensions, vectors, k, inertia, labels } of expected.kmeans) {
    it(`is as good as the best of ten of scikit-learn: ${name}`, () => {
      const result = kmeans(Float64Array.from(vectors), count, dimensions, k, { seed });
      assert.ok(result.inertia <= inertia * 1.01 + 1e-12, `${result.inertia} is above ${inertia}`);
      if (name === 'four groups apart') assert.equal(adjustedRand(result.labels, labels), 1);
    });

    it(`has the centres and the inertia of its labels: ${name}`, () => {
      const result = kmeans(Float64Array.from(vectors), count, dimensions, k, { seed });
      let inertia = 0;
      for (let d = 0; d < dimensions; d++) {
        const sums = new Float64Array(k);
        const sizes = new Float64Array(k);
        for (const [i, label] of result.labels.entries()) {
          sums[label]! += vectors[i * dimensions + d]!;
          sizes[label]!++;
        }
        for (const [i, label] of result.labels.entries()) {
          const mean = sums[label]! / sizes[label]!;
          assertNear(result.centres[label * dimensions + d]!, mean, 1e-12);
          inertia += (vectors[i * dimensions + d]! - mean) ** 2;
        }
      }
      assertNear(result.inertia, inertia, 1e-9);
    });
  }

  it('gives a vector to every cluster that is empty, as long as there are vectors away from their centres', () => {
    const points = Float64Array.of(0, 1, 10, 11, 30, 31);
    const { labels, inertia } = lloyd(points, 6, 1, 3, Float64Array.of(0.5, 10.5, 10.5));
    assert.deepEqual([...renumber(labels)], [0, 0, 1, 1, 2, 2]);
    assertNear(inertia, 1.5, 1e-12);
    assert.equal(new Set(lloyd(Float64Array.of(4, 4, 4), 3, 1, 2, Float64Array.of(4, 4)).labels).size, 1);
  });
});

describe('the Gaussian mixture', () => {
  for (const { name, count, dimensions, vectors, k, regularisation, logLikelihood, labels } of expected.gmm) {
    it(`fits as well as the best of ten of scikit-learn: ${name}`, () => {
      const result = gaussianMixture(Float64Array.from(vectors), count, dimensions, k, { seed });
      assertNear(result.regularisation, regularisation, 1e-12);
      // Not better either: a wrong constant would look like a better fit.
      assertNear(result.logLikelihood, logLikelihood, 1e-3);
      assert.equal(adjustedRand(result.labels, labels), 1);
    });
  }

  it('groups the same at any scale', () => {
    const { count, dimensions, vectors, k } = expected.gmm[2]!;
    const fit = (scale: number) =>
      gaussianMixture(
        Float64Array.from(vectors, (value) => value * scale),
        count,
        dimensions,
        k,
        { seed },
      );
    const [tiny, huge] = [fit(1e-6), fit(1e6)];
    assert.deepEqual(tiny.labels, huge.labels);
    assertNear(tiny.logLikelihood - huge.logLikelihood, count * dimensions * Math.log(1e12), 1e-9);
  });
});

describe('k-medoids', () => {
  for (const { name, count, distances, k, cost, medoids, parkJunCost } of expected.kmedoids) {
    const condensed = Float64Array.from(distances);

    it(`is the best of all choices of medoids: ${name}`, () => {
      const result = kmedoids(condensed, count, k);
      assertNear(result.cost, cost, 1e-12);
      assert.deepEqual([...result.medoids], medoids);
    });

    it(`without swaps is Park & Jun's: ${name}`, () => {
      assertNear(kmedoids(condensed, count, k, { refine: false }).cost, parkJunCost, 1e-12);
    });

    it(`gives every image to its nearest medoid: ${name}`, () => {
      const { labels, medoids, cost } = kmedoids(condensed, count, k);
      const to = (i: number, medoid: number) => (i === medoid ? 0 : condensed[condensedIndex(count, i, medoid)]!);
      const own = labels.reduce((sum, label, i) => sum + to(i, medoids[label]!), 0);
      const nearest = labels.reduce((sum, _, i) => sum + Math.min(...[...medoids].map((medoid) => to(i, medoid))), 0);
      assertNear(own, nearest, 1e-12);
      assertNear(cost, nearest, 1e-12);
    });
  }

  it('does not depend on the order of the images, also without groups', () => {
    const { count, distances, k, medoids } = expected.kmedoids[1]!;
    const order = shuffled(count, 4);
    const moved = kmedoids(permute(Float64Array.from(distances), order), count, k).medoids;
    assert.deepEqual(
      [...moved].map((at) => order[at]!).sort((a, b) => a - b),
      medoids,
    );
  });
});

describe('spectral clustering', () => {
  for (const { name, count, dimensions, vectors, k, labels, affinities, rowProducts } of expected.spectral) {
    const condensed = condensedEuclidean(Float64Array.from(vectors), count, dimensions);

    it(`finds scikit-learn's groups: ${name}`, () => {
      assert.ok(adjustedRand(spectral(condensed, count, k, { seed }), labels) >= 0.95);
    });

    it(`has numpy's affinities and eigenvectors: ${name}`, () => {
      const affinity = selfTuningAffinity(condensed, count);
      for (const [i, j, wanted] of affinities) assertNear(affinity[condensedIndex(count, i!, j!)]!, wanted!, 1e-12);
      const rows = spectralEmbedding(affinity, count, k, { seed });
      for (const [i, j, wanted] of rowProducts) {
        let product = 0;
        for (let d = 0; d < k; d++) product += rows[i! * k + d]! * rows[j! * k + d]!;
        assertNear(product, wanted!, 1e-5);
      }
    });
  }

  it('takes more than seven copies of an image, and images without any link', () => {
    const copies = Array.from({ length: 20 }, (_, i) => Math.floor(i / 10));
    const points = Float64Array.of(...copies, 1e9);
    const labels = spectral(condensedEuclidean(points, 21, 1), 21, 2, { seed });
    assert.equal(adjustedRand(labels.subarray(0, 20), copies), 1);
  });
});

type Multiply = (vector: Float64Array, product: Float64Array) => void;

function assertEigenvectors(multiply: Multiply, values: Float64Array, vectors: Float64Array[]): void {
  for (const [i, vector] of vectors.entries()) {
    const product = new Float64Array(vector.length);
    multiply(vector, product);
    for (const [at, value] of product.entries()) assertNear(value, values[i]! * vector[at]!, 1e-7);
    for (const [j, other] of vectors.entries()) {
      const dot = vector.reduce((sum, value, at) => sum + value * other[at]!, 0);
      assertNear(dot, i === j ? 1 : 0, 1e-9);
    }
  }
}

describe('eigenvectors', () => {
  for (const { name, rows, values } of expected.eigen) {
    const multiply: Multiply = (vector, product) => {
      for (const [i, row] of rows.entries()) {
        for (const [j, value] of row.entries()) product[i]! += value * vector[j]!;
      }
    };

    it(`have numpy's eigenvalues: ${name}`, () => {
      const top = topEigenpairs(multiply, rows.length, 6, { seed });
      assert.equal(top.vectors.length, 6);
      for (const [i, value] of top.values.entries()) assertNear(value, values[i]!, 1e-12);
      assertEigenvectors(multiply, top.values, top.vectors);
      const all = symmetricEigenpairs(rows.map((row) => Float64Array.from(row)));
      for (const [i, value] of all.values.entries()) assertNear(value, values[i]!, 1e-12);
      assertEigenvectors(multiply, all.values, all.vectors);
      for (const vector of all.vectors) {
        const largest = vector.reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most), 0);
        assert.ok(largest > 0, 'v and −v are both eigenvectors: always the same one comes out');
      }
    });
  }

  it('are found in a large matrix with nearly equal and with equal eigenvalues', () => {
    // Three times the second difference of 45 numbers: 2 + 2 cos(π j / 46), each three times.
    const length = 45;
    const multiply: Multiply = (vector, product) => {
      for (let i = 0; i < vector.length; i++) {
        product[i]! += 2 * vector[i]!;
        if (i % length > 0) product[i]! += vector[i - 1]!;
        if (i % length < length - 1) product[i]! += vector[i + 1]!;
      }
    };
    const { values, vectors } = topEigenpairs(multiply, 3 * length, 7, { seed });
    for (const [i, value] of values.entries()) {
      const j = Math.floor(i / 3) + 1;
      assertNear(value, 2 + 2 * Math.cos((Math.PI * j) / (length + 1)), 1e-12);
    }
    assertEigenvectors(multiply, values, vectors);
  });
});

describe('dense linear algebra', () => {
  const size = 12;
  const length = 15;
  const random = createRandom(2);
  const rows = Float64Array.from({ length: size * length }, () => random.normal());
  const product = new Float64Array(size * size);
  const factor = new Float64Array(size * size);
  let halfLogDeterminant: number;
  before(() => {
    multiplyByTranspose(rows, size, length, product);
    factor.set(product);
    halfLogDeterminant = factorise(factor, size);
  });

  it('factorises X Xᵀ = L Lᵀ to rounding', () => {
    let logDiagonal = 0;
    for (let i = 0; i < size; i++) {
      logDiagonal += Math.log(factor[i * size + i]!);
      for (let j = 0; j <= i; j++) {
        let direct = 0;
        for (let d = 0; d < length; d++) direct += rows[i * length + d]! * rows[j * length + d]!;
        let back = 0;
        for (let d = 0; d <= j; d++) back += factor[i * size + d]! * factor[j * size + d]!;
        assertNear(product[i * size + j]!, direct, 1e-12);
        assertNear(back, direct, 1e-12);
      }
    }
    assertNear(halfLogDeterminant, logDiagonal, 1e-12);
  });

  it('solves L y = b to rounding', () => {
    const sides = Float64Array.from({ length: 4 * size }, () => random.normal());
    const solved = sides.slice();
    const squares = new Float64Array(4);
    solveLower(factor, size, size, solved, 0, squares, new Float64Array(4).fill(Infinity));
    for (let side = 0; side < 4; side++) {
      let sum = 0;
      for (let i = 0; i < size; i++) {
        let back = 0;
        for (let d = 0; d <= i; d++) back += factor[i * size + d]! * solved[side * size + d]!;
        assertNear(back, sides[side * size + i]!, 1e-12);
        sum += solved[side * size + i]! ** 2;
      }
      assertNear(squares[side]!, sum, 1e-12);
    }
  });

  it('refuses a matrix that is not positive definite', () => {
    const matrix = Float64Array.of(1, 0, 0, 0, 2, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1);
    assert.throws(() => factorise(matrix, 4), /not positive definite/);
  });
});

function line(...points: number[]): ClusteringInput {
  return { count: points.length, dimensions: 1, vectors: Float64Array.from(points) };
}

/** Image i at one of several points, all equally far from each other. */
function corners(of: number[]): ClusteringInput {
  const dimensions = 1 + Math.max(...of);
  const one = (corner: number) => Array.from({ length: dimensions }, (_, d) => (d === corner ? 1 : 0));
  return { count: of.length, dimensions, vectors: Float64Array.from(of.flatMap(one)) };
}

for (const clusterer of clustererNames) {
  describe(`the clusterer "${clusterer}"`, () => {
    const labelsOf = (compared: ClusteringInput, k: number) => [...group(compared, clusterer, k, { seed })];
    const { count, dimensions, vectors, labels } = expected.kmeans[0]!;
    const array = Float64Array.from(vectors);
    const condensed = condensedEuclidean(array, count, dimensions);

    it('finds groups that are far apart, in any order of the images', () => {
      const order = shuffled(count, 9);
      const wanted = [...renumber(Int32Array.from(order, (i) => labels[i]!))];
      assert.deepEqual(labelsOf({ count, dimensions, vectors: permuteVectors(array, order) }, 4), wanted);
      if (needsVectors(clusterer)) return;
      assert.deepEqual(labelsOf({ count, condensed: permute(condensed, order) }, 4), wanted);
    });

    it('leaves its input as it was', () => {
      const input = { count, dimensions, vectors: array.slice(), condensed: condensed.slice() };
      labelsOf(input, 3);
      assert.deepEqual([input.vectors, input.condensed], [array, condensed]);
    });

    it('makes a cluster of every image that differs', () => {
      assert.deepEqual(labelsOf(corners([0, 1, 2, 3, 4]), 5), [0, 1, 2, 3, 4]);
      assert.deepEqual(labelsOf(line(0, 1), 2), [0, 1]);
    });

    it('keeps copies together', () => {
      const copies = [0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2];
      assert.deepEqual(labelsOf(corners(copies), 3), copies);
    });

    it('makes the number of clusters of copies that it promises', () => {
      const partsCopies = !['kmeans', 'gmm', 'spectral'].includes(clusterer);
      assert.equal(new Set(labelsOf(line(3, 3, 3, 3, 3, 3), 3)).size, partsCopies ? 3 : 1);
      assert.equal(new Set(labelsOf(corners([0, 0, 0, 1, 1, 1]), 4)).size, partsCopies ? 4 : 2);
    });

    for (const wrong of [NaN, Infinity, 1e200]) {
      it(`refuses a vector with ${wrong}`, () => {
        assert.throws(() => labelsOf(line(0, 1, wrong, 2), 2), /not finite/);
      });
    }

    for (const k of [0, 4, 1.5, NaN]) {
      it(`cannot make ${k} clusters of 3 images`, () => {
        assert.throws(() => labelsOf(line(0, 1, 5), k), /3 images cannot be made into/);
      });
    }

    it('refuses vectors or distances of another number of images', () => {
      assert.throws(() => labelsOf({ ...line(0, 1, 2), count: 4 }, 2), /One vector an image/);
      const distances = { count: 3, condensed: Float64Array.of(1, 2) };
      assert.throws(
        () => labelsOf(distances, 2),
        needsVectors(clusterer) ? /needs one vector an image/ : /One distance a pair/,
      );
    });

    if (!needsVectors(clusterer)) {
      it('refuses distances that are none', () => {
        for (const wrong of [NaN, Infinity, -1]) {
          assert.throws(
            () => labelsOf({ count: 3, condensed: Float64Array.of(1, wrong, 2) }, 2),
            /not a finite number/,
          );
        }
      });
    }
  });
}

describe('distances to group by', () => {
  it('are those that are there, before those of the vectors', () => {
    const condensed = Float64Array.of(1, 2, 3);
    assert.equal(distancesOf({ ...line(0, 5, 9), condensed }), condensed);
    assert.deepEqual([...distancesOf(line(0, 5, 9))], [5, 9, 4]);
    assert.throws(() => distancesOf({ count: 3 }), /Vectors or distances/);
  });
});

describe('drawing by weight', () => {
  it('follows the weights, and never draws what weighs nothing', () => {
    const random = createRandom(7);
    const drawn = [0, 0, 0, 0];
    for (let i = 0; i < 8000; i++) drawn[random.weighted(Float64Array.of(0, 1, 3, 0))]!++;
    assert.equal(drawn[0]! + drawn[3]!, 0);
    assertNear(drawn[2]! / 8000, 0.75, 0.02);
    assert.ok(random.weighted(Float64Array.of(0, 0)) < 2);
  });
});
