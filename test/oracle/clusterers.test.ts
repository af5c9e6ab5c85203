// Linkages and clusterers on real images, against scipy, scikit-learn and a PAM in Python (clusterers.py).
import assert from 'node:assert/strict';
import { automaticTemperature, patchWeights, uniformWeights, weightedAverage } from '../../worker/bags/weights';
import { allocateBags, bagsView, distancesToReferences, exactBlocks } from '../../worker/bags/search';
import { NearestPatchKernel } from '../../worker/bags/kernel';
import { createCancelFlag } from '../../worker/base/cancel';
import { condensedEuclidean } from '../../worker/algebra/condensed';
import { gaussianMixture, type GaussianMixtureResult } from '../../worker/clustering/gmm';
import { kmeans } from '../../worker/clustering/kmeans';
import { kmedoids } from '../../worker/clustering/kmedoids';
import { linkage } from '../../worker/clustering/linkage';
import { selfTuningAffinity, spectral } from '../../worker/clustering/spectral';
import { buildTree, cutTree } from '../../worker/clustering/tree';
import { evaluate } from '../../worker/evaluation/metrics';
import { datasets, embeddings, missing, oracle, writeArray, type DatasetName, type Embeddings } from './embeddings';

interface Expected {
  heights: Record<'ward' | 'complete' | 'average' | 'single', number[]>;
  cuts: Record<'ward' | 'complete' | 'average' | 'single', number[]>;
  inertia: number;
  logLikelihood: number;
  cost: number;
  affinity: number[];
  spectral: number[];
}

const images = 200;
const references = 6;
/** No worse than the best of ten by more than this share. */
const slack = 0.01;
const reason = missing();
if (reason !== undefined) console.log(`Clusterers on real embeddings: ${reason}`);

/** (count, D): the plain averages, or those weighted by distances to a few reference images (Eq. 7). */
async function vectorsOf(data: Embeddings, kind: 'average' | 'weighted'): Promise<Float32Array> {
  const { bags, count, patches, dimensions } = data;
  const size = patches * dimensions;
  const bag = (i: number) => bags.slice(i * size, (i + 1) * size);
  const weights: Float64Array[] = [];
  if (kind === 'average') weights.push(...Array.from({ length: count }, () => uniformWeights(patches)));
  else {
    const kernel = await NearestPatchKernel.open();
    const sample = allocateBags(references, patches, dimensions);
    const own = Array.from({ length: references }, (_, slot) => Math.floor((slot * count) / references));
    for (const [slot, i] of own.entries()) bagsView(sample, slot).set(bag(i));
    const distances: Float32Array[] = [];
    for (let i = 0; i < count; i++) {
      distances.push(
        await distancesToReferences(
          exactBlocks(kernel, bag(i), sample),
          sample,
          own.indexOf(i),
          'mean',
          createCancelFlag(),
        ),
      );
    }
    const temperature = automaticTemperature(distances);
    weights.push(...distances.map((each) => patchWeights(each, temperature)));
  }
  const vectors = new Float32Array(count * dimensions);
  for (const [i, each] of weights.entries()) vectors.set(weightedAverage(bag(i), each), i * dimensions);
  return vectors;
}

/** Agreement of two partitions, 1 when they are the same. */
function agreement(a: ArrayLike<number>, b: readonly number[]): number {
  return evaluate(b.map(String), Array.from(a)).ari;
}

const cases: [DatasetName, 'average' | 'weighted'][] = datasets.flatMap(
  (dataset): [DatasetName, 'average' | 'weighted'][] => [
    [dataset, 'average'],
    [dataset, 'weighted'],
  ],
);

for (const [dataset, kind] of reason === undefined ? cases : []) {
  describe(`${kind} vectors of ${dataset}`, function () {
    this.timeout(900_000);
    let data: Embeddings;
    let vectors: Float32Array;
    let condensed: Float64Array;
    let expected: Expected;
    let mixture: GaussianMixtureResult;
    let k: number;

    before(async () => {
      data = embeddings(dataset, images);
      k = new Set(data.truth).size;
      vectors = await vectorsOf(data, kind);
      condensed = condensedEuclidean(vectors, data.count, data.dimensions);
      mixture = gaussianMixture(vectors, data.count, data.dimensions, k, { seed: 0 });
      const file = writeArray(`${dataset}-${kind}`, vectors, [data.count, data.dimensions]);
      expected = oracle('clusterers.py', file, String(k), String(mixture.regularisation));
    });

    for (const method of ['ward', 'complete', 'average', 'single'] as const) {
      it(`${method}: heights within 1e-6, and the same cut`, () => {
        const merges = linkage(condensed, data.count, method);
        for (const [row, [, , height]] of merges.entries()) {
          const wanted = expected.heights[method][row]!;
          assert.ok(Math.abs(height - wanted) <= 1e-6 * wanted, `row ${row}: ${height} is not ${wanted}`);
        }
        assert.equal(agreement(cutTree(buildTree(merges, data.count), k), expected.cuts[method]), 1);
      });
    }

    it('k-means: inertia no worse than the best of ten', () => {
      const { inertia } = kmeans(vectors, data.count, data.dimensions, k, { seed: 0 });
      assert.ok(inertia <= expected.inertia * (1 + slack), `${inertia} against ${expected.inertia}`);
    });

    it('Gaussian mixture: log-likelihood no worse than the best of ten', () => {
      const { logLikelihood } = mixture;
      const least = expected.logLikelihood - slack * Math.abs(expected.logLikelihood);
      assert.ok(logLikelihood >= least, `${logLikelihood} against ${expected.logLikelihood}`);
      assert.ok(
        logLikelihood <= expected.logLikelihood + 2 * slack * Math.abs(expected.logLikelihood),
        'too good to be true',
      );
    });

    it('k-medoids: cost no worse than the best of ten', () => {
      const { cost } = kmedoids(condensed, data.count, k);
      assert.ok(cost <= expected.cost * (1 + slack), `${cost} against ${expected.cost}`);
    });

    it('spectral: the same affinity, and the same partition up to ARI 0.95', () => {
      const affinity = selfTuningAffinity(condensed, data.count);
      for (const [pair, value] of expected.affinity.entries()) assert.ok(Math.abs(affinity[pair]! - value) < 1e-9);
      const found = agreement(spectral(condensed, data.count, k, { seed: 0 }), expected.spectral);
      assert.ok(found >= 0.95, `ARI ${found}`);
    });
  });
}
