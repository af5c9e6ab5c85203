// The nearest-patch kernel, the weights of Eq. 5–7 and the weighted average, against torch in float64 (expected/bags.py).
import assert from 'node:assert/strict';
import { greedyCoreset } from '../../../../worker/bags/coreset';
import { hausdorffDistances, type HausdorffName } from '../../../../worker/bags/hausdorff';
import { NearestPatchKernel } from '../../../../worker/bags/kernel';
import { compareTile, exactSearch, PairTable, tilesOf } from '../../../../worker/bags/pairs';
import { rankContents, referenceCount } from '../../../../worker/bags/choose-references';
import {
  allocateBags,
  bagsView,
  distancesToReferences,
  exactBlocks,
  type SharedBags,
} from '../../../../worker/bags/search';
import {
  automaticTemperature,
  hardWeights,
  patchWeights,
  uniformWeights,
  weightedAverage,
} from '../../../../worker/bags/weights';
import { cancel, createCancelFlag } from '../../../../worker/base/cancel';
import expected from '../../expected/bags.json';

const { N, M, D } = expected;

function shared(values: number[], count: number): SharedBags {
  const bags = allocateBags(count, M, D);
  bagsView(bags, 0, count).set(values);
  return bags;
}

/** (M, D) */
function bagOf(i: number): Float32Array {
  return Float32Array.from(expected.embeddings.slice(i * M * D, (i + 1) * M * D));
}

function assertClose(actual: ArrayLike<number>, wanted: number[], tolerance: number): void {
  assert.equal(actual.length, wanted.length);
  for (const [i, value] of wanted.entries()) {
    assert.ok(Math.abs(actual[i]! - value) <= tolerance, `at ${i}: ${actual[i]} is not ${value}`);
  }
}

/** All pairs of the images in the order given, from their tiles. */
async function pairTable(kernel: NearestPatchKernel, order: number[]): Promise<PairTable> {
  const bags = order.map((i) => expected.embeddings.slice(i * M * D, (i + 1) * M * D));
  const table = new PairTable(order.length, M);
  for (const tile of tilesOf(order.length)) {
    const [rows, columns] = [tile.rows, tile.columns].map((range) => Float32Array.from(bags.slice(...range).flat()));
    table.add(tile, await compareTile(exactSearch(kernel, rows!, columns!, M * D, D), tile, M, createCancelFlag()));
  }
  return table;
}

/** float32 dot products: 1e-7 in the product is up to 1e-4 in a distance near zero, 1e-6 at the distances here. */
const float32Tolerance = 5e-6;

describe('nearest-patch distances', () => {
  const images = Array.from({ length: N });
  let kernel: NearestPatchKernel;
  before(async () => {
    kernel = await NearestPatchKernel.open();
  });

  for (const [aggregate, wanted] of [
    ['mean', expected.distances.eq5],
    ['max', expected.distances.max],
    ['min', expected.distances.min],
  ] as const) {
    it(`are the ${aggregate} over all other images in Eq. 5`, async () => {
      const table = await pairTable(
        kernel,
        images.map((_, i) => i),
      );
      const distances = images.flatMap((_, i) => [...table.distances(i, aggregate)]);
      assertClose(distances, wanted, float32Tolerance);
    });
  }

  it('move with the images: their order does not matter', async () => {
    const order = images.map((_, i) => (i * 4 + 3) % N);
    const table = await pairTable(kernel, order);
    for (const [slot, i] of order.entries()) {
      assertClose(table.distances(slot, 'mean'), expected.distances.eq5.slice(i * M, (i + 1) * M), float32Tolerance);
    }
  });

  it('leave the image itself out of the references in Eq. 7', async () => {
    const references = allocateBags(expected.sample.length, M, D);
    for (const [slot, i] of expected.sample.entries()) bagsView(references, slot).set(bagOf(i));
    for (let i = 0; i < N; i++) {
      const bag = bagOf(i);
      const own = expected.sample.indexOf(i);
      const distances = await distancesToReferences(
        exactBlocks(kernel, bag, references),
        references,
        own,
        'mean',
        createCancelFlag(),
      );
      assertClose(distances, expected.distances.eq7.slice(i * M, (i + 1) * M), float32Tolerance);
    }
  });

  it('are the smallest over all normal patches in Eq. 6', async () => {
    const bank = shared(expected.normals, 4);
    for (let i = 0; i < N; i++) {
      const bag = bagOf(i);
      const distances = await distancesToReferences(
        exactBlocks(kernel, bag, bank),
        bank,
        -1,
        'min',
        createCancelFlag(),
      );
      assertClose(distances, expected.distances.eq6.slice(i * M, (i + 1) * M), float32Tolerance);
    }
  });

  it('stop with the code "cancelled" once the flag is set', async () => {
    const flag = createCancelFlag();
    cancel(flag);
    const bags = Float32Array.from(expected.embeddings);
    await assert.rejects(
      compareTile(exactSearch(kernel, bags, bags, M * D, D), { rows: [0, N], columns: [0, N] }, M, flag),
      {
        code: 'cancelled',
      },
    );
  });

  it('are the same numbers where only one direction is wanted', async () => {
    const oneWay = await NearestPatchKernel.openOneWay();
    const others = expected.embeddings.slice(M * D, 3 * M * D);
    const [both, one] = [kernel, oneWay].map((each) => each.run(bagOf(0), Float32Array.from(others), 2, D));
    assert.deepEqual((await one)!.forward, (await both)!.forward);
    assert.deepEqual([(await one)!.backward.length, (await both)!.backward.length], [0, 2 * M]);
  });

  it('of Eq. 7 with all images as references are those of Eq. 5', async () => {
    const all = shared(expected.embeddings, N);
    const table = await pairTable(
      kernel,
      images.map((_, i) => i),
    );
    for (let i = 0; i < N; i++) {
      const distances = await distancesToReferences(
        exactBlocks(kernel, bagOf(i), all),
        all,
        i,
        'mean',
        createCancelFlag(),
      );
      assertClose(distances, [...table.distances(i, 'mean')], 1e-6);
    }
  });
});

describe('distances between bags', () => {
  let table: PairTable;
  before(async () => {
    const kernel = await NearestPatchKernel.open(true);
    table = await pairTable(
      kernel,
      Array.from({ length: N }, (_, i) => i),
    );
  });

  for (const [name, wanted] of Object.entries(expected.hausdorff)) {
    it(`are those of Eq. 2 and 3: ${name}`, () => {
      assertClose(hausdorffDistances(table, name as HausdorffName), wanted, float32Tolerance);
    });
  }

  it('tell which patches decide the Hausdorff distance', () => {
    const choices = Array.from({ length: N }, (_, i) => [...table.choices(i)]).flat();
    assertClose(choices, expected.choices, 1e-6);
  });
});

describe('the coreset of a normal bank', () => {
  it('adds the image that is farthest from the chosen ones', () => {
    const means = Array.from({ length: N }, (_, i) => [...weightedAverage(bagOf(i), uniformWeights(M))]);
    assert.deepEqual(greedyCoreset(Float32Array.from(means.flat()), D, 6), expected.coreset);
  });

  it('takes all images when there are no more, copies too', () => {
    assert.deepEqual(greedyCoreset(Float32Array.of(1, 1, 1, 2), 1, 9).sort(), [0, 1, 2, 3]);
  });
});

describe('tiles', () => {
  it('hold every pair once', () => {
    for (const count of [1, 2, 8, 9, 30, 300]) {
      const pairs = new Set<string>();
      for (const { rows, columns } of tilesOf(count)) {
        for (let i = rows[0]; i < rows[1]; i++) {
          for (let j = Math.max(columns[0], i + 1); j < columns[1]; j++) {
            assert.ok(!pairs.has(`${i},${j}`));
            pairs.add(`${i},${j}`);
          }
        }
      }
      assert.equal(pairs.size, (count * (count - 1)) / 2);
    }
  });
});

describe('weights', () => {
  const rows = Array.from({ length: N }, (_, i) => Float32Array.from(expected.distances.eq5.slice(i * M, (i + 1) * M)));

  it('are the softmax of distance over temperature', () => {
    const alpha = rows.flatMap((row) => [...patchWeights(row, expected.temperature)]);
    assertClose(alpha, expected.alpha, 1e-6);
  });

  it('average the bag into the descriptor of Eq. 1', () => {
    const average = rows.flatMap((row, i) => {
      return [...weightedAverage(bagOf(i), patchWeights(row, expected.temperature))];
    });
    assertClose(average, expected.average, 1e-6);
  });

  it('are the plain average as the temperature rises, and one patch as it falls', () => {
    for (const row of rows) {
      assertClose(patchWeights(row, 1e9), [...uniformWeights(M)], 1e-9);
      assertClose(patchWeights(row, 1e-9), [...hardWeights(row, 1)], 1e-9);
    }
  });

  it('count the largest distances only when they are hard (A.1)', () => {
    assertClose(
      rows.flatMap((row) => [...hardWeights(row, 4)]),
      expected.hard,
      1e-9,
    );
    assertClose(hardWeights(rows[0]!, M), [...uniformWeights(M)], 1e-12);
    assert.deepEqual([...hardWeights(Float32Array.of(1, 1, 1), 2)], [0.5, 0.5, 0]);
  });

  it('stay finite at temperatures far from the distances', () => {
    for (const temperature of [1e-9, 1e9]) {
      const weights = patchWeights(rows[0]!, temperature);
      assert.ok(Math.abs(weights.reduce((a, b) => a + b) - 1) < 1e-9);
    }
  });

  it('take 0.35 standard deviations of the distances as the automatic temperature', () => {
    assert.ok(Math.abs(automaticTemperature(rows) - 0.35 * expected.deviation) < 1e-7);
  });
});

describe('reference images', () => {
  const contents = Array.from({ length: 50 }, (_, i) => `content ${i}`);

  it('are all images up to 200, 64 above, and never more than there are', () => {
    assert.deepEqual(
      [referenceCount('auto', 200), referenceCount('auto', 201), referenceCount(100, 50), referenceCount(10, 500)],
      [200, 64, 50, 10],
    );
  });

  it('depend neither on the order of the files nor on copies, but on the seed', () => {
    const ranking = rankContents(contents, 0);
    assert.deepEqual(rankContents([...contents].reverse().concat(contents), 0), ranking);
    assert.notDeepEqual(rankContents(contents, 1), ranking);
  });

  it('hardly change when an image is added', () => {
    const before = rankContents(contents, 0).slice(0, 16);
    const after = rankContents([...contents, 'new'], 0).slice(0, 16);
    assert.ok(before.filter((content) => after.includes(content)).length >= 15);
  });
});
