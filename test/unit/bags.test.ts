// The nearest-patch kernel, the weights of Eq. 5–7 and the weighted average, against torch in float64 (expected/bags.py).
import assert from 'node:assert/strict';
import { NearestPatchKernel } from '../../worker/bags/kernel';
import { rankContents, referenceCount } from '../../worker/bags/references';
import {
  addTile,
  allocateBags,
  bagsView,
  distancesToReferences,
  tilesOf,
  tileSums,
  type SharedBags,
} from '../../worker/bags/search';
import { automaticTemperature, patchWeights, weightedAverage } from '../../worker/bags/weights';
import { cancel, createCancelFlag } from '../../worker/cancel';
import expected from './expected/bags.json';

const { N, M, D } = expected;

function shared(values: number[], count: number): SharedBags {
  const bags = allocateBags(count, M, D);
  bagsView(bags, 0, count).set(values);
  return bags;
}

function assertClose(actual: ArrayLike<number>, wanted: number[], tolerance: number): void {
  assert.equal(actual.length, wanted.length);
  for (const [i, value] of wanted.entries()) {
    assert.ok(Math.abs(actual[i]! - value) <= tolerance, `at ${i}: ${actual[i]} is not ${value}`);
  }
}

/** float32 dot products: 1e-7 in the product is up to 1e-4 in a distance near zero, 1e-6 at the distances here. */
const float32Tolerance = 5e-6;

describe('nearest-patch distances', () => {
  const images = shared(expected.embeddings, N);
  let kernel: NearestPatchKernel;
  before(async () => {
    kernel = await NearestPatchKernel.open();
  });

  it('are the mean over all other images in Eq. 5, from tiles of pairs', async () => {
    const totals = new Float64Array(N * M);
    for (const tile of tilesOf(N)) addTile(totals, await tileSums(kernel, images, tile, createCancelFlag()), tile, M);
    assertClose(
      totals.map((sum) => sum / (N - 1)),
      expected.distances.eq5,
      float32Tolerance,
    );
  });

  it('leave the image itself out of the references in Eq. 7', async () => {
    const references = allocateBags(expected.sample.length, M, D);
    for (const [slot, i] of expected.sample.entries()) bagsView(references, slot).set(bagsView(images, i));
    for (let i = 0; i < N; i++) {
      const bag = Float32Array.from(bagsView(images, i));
      const own = expected.sample.indexOf(i);
      const distances = await distancesToReferences(kernel, bag, references, own, 'mean', createCancelFlag());
      assertClose(distances, expected.distances.eq7.slice(i * M, (i + 1) * M), float32Tolerance);
    }
  });

  it('are the smallest over all normal patches in Eq. 6', async () => {
    const bank = shared(expected.normals, 4);
    for (let i = 0; i < N; i++) {
      const bag = Float32Array.from(bagsView(images, i));
      const distances = await distancesToReferences(kernel, bag, bank, -1, 'min', createCancelFlag());
      assertClose(distances, expected.distances.eq6.slice(i * M, (i + 1) * M), float32Tolerance);
    }
  });

  it('stop with the code "cancelled" once the flag is set', async () => {
    const flag = createCancelFlag();
    cancel(flag);
    await assert.rejects(tileSums(kernel, images, tilesOf(N)[0]!, flag), { code: 'cancelled' });
  });
});

describe('tiles', () => {
  it('hold every pair once', () => {
    for (const count of [1, 2, 8, 9, 30]) {
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
      const bag = Float32Array.from(expected.embeddings.slice(i * M * D, (i + 1) * M * D));
      return [...weightedAverage(bag, patchWeights(row, expected.temperature))];
    });
    assertClose(average, expected.average, 1e-6);
  });

  it('stay finite at temperatures far from the distances', () => {
    for (const temperature of [1e-9, 1e9]) {
      const weights = patchWeights(rows[0]!, temperature);
      assert.ok(Math.abs(weights.reduce((a, b) => a + b) - 1) < 1e-9);
    }
  });

  it('take three quarters of the standard deviation of the distances as the automatic temperature', () => {
    assert.ok(Math.abs(automaticTemperature(rows) - 0.75 * expected.deviation) < 1e-7);
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
