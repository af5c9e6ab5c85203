// Distances, weights and Hausdorff distances on embeddings of real images, against torch in float64 (bags.py).
import assert from 'node:assert/strict';
import type { AggregateName } from '../../worker/api/settings';
import { hausdorffDistances, type HausdorffName } from '../../worker/bags/hausdorff';
import { NearestPatchKernel } from '../../worker/bags/kernel';
import { compareTile, exactSearch, PairTable, tilesOf } from '../../worker/bags/pairs';
import { allocateBags, bagsView, distancesToReferences, exactBlocks } from '../../worker/bags/search';
import { automaticTemperature, patchWeights } from '../../worker/bags/weights';
import { createCancelFlag } from '../../worker/base/cancel';
import { datasets, embeddings, missing, oracle, type Embeddings } from './embeddings';

interface Expected {
  eq5: Record<AggregateName, number[]>;
  eq6: number[];
  eq7: number[];
  alpha: number[];
  hausdorff: Record<HausdorffName, number[]>;
}

const images = 24;
const references = 8;
const reason = missing();
if (reason !== undefined) console.log(`Distances on real embeddings: ${reason}`);

function assertWithin(actual: ArrayLike<number>, wanted: readonly number[], bound: (value: number) => number): void {
  assert.equal(actual.length, wanted.length);
  for (const [i, value] of wanted.entries()) {
    assert.ok(Math.abs(actual[i]! - value) <= bound(value), `at ${i}: ${actual[i]} is not ${value}`);
  }
}

for (const dataset of reason === undefined ? datasets : []) {
  describe(`on ${dataset}`, function () {
    this.timeout(600_000);
    let data: Embeddings;
    let kernel: NearestPatchKernel;
    let table: PairTable;
    let temperature: number;
    let expected: Expected;
    const bag = (i: number) =>
      data.bags.slice(i * data.patches * data.dimensions, (i + 1) * data.patches * data.dimensions);

    before(async () => {
      data = embeddings(dataset, images);
      kernel = await NearestPatchKernel.open(true);
      table = new PairTable(data.count, data.patches);
      const size = data.patches * data.dimensions;
      for (const tile of tilesOf(data.count)) {
        const [rows, columns] = [tile.rows, tile.columns].map(([first, end]) =>
          data.bags.slice(first * size, end * size),
        );
        const search = exactSearch(kernel, rows!, columns!, size, data.dimensions);
        table.add(tile, await compareTile(search, tile, data.patches, createCancelFlag()));
      }
      temperature = automaticTemperature(Array.from({ length: data.count }, (_, i) => table.distances(i, 'mean')));
      expected = oracle('bags.py', data.file, String(temperature), String(references));
    });

    for (const aggregate of ['mean', 'max', 'min'] as const) {
      it(`Eq. 5 with the ${aggregate} over images is within 1e-5`, () => {
        const distances = Array.from({ length: data.count }, (_, i) => [...table.distances(i, aggregate)]).flat();
        assertWithin(distances, expected.eq5[aggregate], () => 1e-5);
      });
    }

    it('alpha is within 1e-5 / temperature, relative', () => {
      const alpha = Array.from({ length: data.count }, (_, i) => [
        ...patchWeights(table.distances(i, 'mean'), temperature),
      ]);
      assertWithin(alpha.flat(), expected.alpha, (value) => (1e-5 / temperature) * value);
    });

    async function measure(first: number, own: (i: number) => number, aggregate: AggregateName, count: number) {
      const bags = allocateBags(references, data.patches, data.dimensions);
      for (let slot = 0; slot < references; slot++) bagsView(bags, slot).set(bag(first + slot));
      const found: number[] = [];
      for (let i = 0; i < count; i++) {
        found.push(
          ...(await distancesToReferences(
            exactBlocks(kernel, bag(i), bags),
            bags,
            own(i),
            aggregate,
            createCancelFlag(),
          )),
        );
      }
      return found;
    }

    it('Eq. 7 is within 1e-5', async () => {
      assertWithin(await measure(0, (i) => (i < references ? i : -1), 'mean', data.count), expected.eq7, () => 1e-5);
    });

    it('Eq. 6 is within 1e-5', async () => {
      const count = data.count - references;
      assertWithin(await measure(count, () => -1, 'min', count), expected.eq6, () => 1e-5);
    });

    for (const name of [
      'max-hausdorff',
      'max-min-mean',
      'min-min',
      'mean-min-max',
      'mean-min-mean',
      'mean-mean',
    ] as const) {
      it(`${name} is within 1e-5`, () => {
        assertWithin(hausdorffDistances(table, name), expected.hausdorff[name], () => 1e-5);
      });
    }
  });
}
