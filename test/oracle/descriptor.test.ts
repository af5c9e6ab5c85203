// The descriptor of RESEARCH.md, on embeddings of real images, against its independent reference in torch and numpy.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fitComponents, project } from '../../worker/algebra/components';
import { condensedEuclidean } from '../../worker/algebra/condensed';
import { Product } from '../../worker/algebra/product';
import { blockCount, describeBlocks } from '../../worker/bags/blocks';
import { insideDistances } from '../../worker/bags/inside';
import { NearestPatchKernel } from '../../worker/bags/kernel';
import { allocateBags, bagsView, distancesToReferences, exactBlocks } from '../../worker/bags/search';
import { spread } from '../../worker/bags/weights';
import { createCancelFlag } from '../../worker/base/cancel';
import { linkage } from '../../worker/clustering/linkage';
import { buildTree, cutTree } from '../../worker/clustering/tree';
import { evaluate } from '../../worker/evaluation/metrics';
import { root } from '../tools/paths';
import { datasets, embeddings, missing, oracle, temporaryFile, type Embeddings } from './embeddings';

const images = 60;
const references = [0, 7, 20, 33, 41, 52];
const components = 32;
const script = join(root, '..', 'shared', 'reference', 'descriptor.py');
const reason = missing();
if (reason !== undefined) console.log(`The descriptor on real embeddings: ${reason}`);

interface Expected {
  cross: number[];
  inside: number[];
  score: number[];
  descriptor: number[];
  labels: number[];
}

for (const dataset of reason === undefined ? datasets : []) {
  describe(`the descriptor on ${dataset}`, function () {
    this.timeout(600_000);
    let data: Embeddings;
    let expected: Expected;
    let cross: Float32Array[];
    let inside: Float32Array[];
    let score: Float32Array[];
    const bag = (i: number) =>
      data.bags.slice(i * data.patches * data.dimensions, (i + 1) * data.patches * data.dimensions);

    before(async () => {
      data = embeddings(dataset, images);
      const [indices, labels] = ['references.txt', 'labels.txt'].map((name) => temporaryFile(`${dataset}-${name}`));
      writeFileSync(indices!, references.join('\n'));
      writeFileSync(labels!, data.truth.join('\n'));
      expected = oracle('descriptor.py', script, data.file, indices!, labels!, temporaryFile(`${dataset}.npz`));

      const kernel = await NearestPatchKernel.open(false);
      const product = await Product.open();
      const bags = allocateBags(references.length, data.patches, data.dimensions);
      for (const [slot, i] of references.entries()) bagsView(bags, slot).set(bag(i));
      const side = Math.sqrt(data.patches);
      [cross, inside] = [[], []];
      for (let i = 0; i < data.count; i++) {
        const own = references.indexOf(i);
        cross.push(
          await distancesToReferences(exactBlocks(kernel, bag(i), bags), bags, own, 'mean', createCancelFlag()),
        );
        inside.push(await insideDistances(product, bag(i), { rows: side, columns: side }));
      }
      const [among, within] = [spread(cross), spread(inside)];
      score = cross.map((distances, i) =>
        distances.map(
          (distance, m) =>
            (distance - among.mean) / among.deviation + (inside[i]![m]! - within.mean) / within.deviation,
        ),
      );
    });

    const assertWithin = (actual: Float32Array[], wanted: readonly number[], bound: number) => {
      const values = actual.flatMap((each) => [...each]);
      assert.equal(values.length, wanted.length);
      const largest = values.reduce((most, value, i) => Math.max(most, Math.abs(value - wanted[i]!)), 0);
      assert.ok(largest <= bound, `off by ${largest}`);
    };

    it('has distances among images and inside them within 1e-5', () => {
      assertWithin(cross, expected.cross, 1e-5);
      assertWithin(inside, expected.inside, 1e-5);
    });

    it('has a score within 1e-4', () => assertWithin(score, expected.score, 1e-4));

    it('has vectors within 1e-3 up to sign, and the same partition', () => {
      const { deviation } = spread(score);
      const vectors = score.map((each, i) => describeBlocks(bag(i), each, deviation));
      assert.equal(vectors[0]!.length, blockCount * data.dimensions);
      const fitted = fitComponents(vectors, data.dimensions, components);
      const coordinates = vectors.map((vector) => project(vector, fitted));
      assert.equal(fitted.directions.length, components);
      for (let c = 0; c < components; c++) {
        const wanted = coordinates.map((_, i) => expected.descriptor[i * components + c]!);
        const off = (sign: number) =>
          coordinates.reduce((most, each, i) => Math.max(most, Math.abs(sign * each[c]! - wanted[i]!)), 0);
        assert.ok(Math.min(off(1), off(-1)) <= 1e-3, `component ${c} is off by ${Math.min(off(1), off(-1))}`);
      }
      const merges = linkage(
        condensedEuclidean(Float32Array.from(coordinates.flatMap((each) => [...each])), coordinates.length, components),
        coordinates.length,
        'ward',
      );
      const k = new Set(data.truth).size;
      const labels = cutTree(buildTree(merges, coordinates.length), k);
      assert.equal(evaluate(expected.labels.map(String), [...labels]).ari, 1);
    });
  });
}
