// The search by candidates beside the exact one, on patches whose nearest neighbours it can and cannot miss.
import { strict as assert } from 'node:assert';
import { CandidateSearch } from '../../../../worker/bags/candidates';
import { distance, NearestPatchKernel } from '../../../../worker/bags/kernel';
import { exactSearch } from '../../../../worker/bags/pairs';
import { allocateBags, bagsView, distancesToReferences, exactBlocks } from '../../../../worker/bags/search';
import { createCancelFlag } from '../../../../worker/base/cancel';
import { principalProjection, projectionSize } from '../../../../worker/algebra/projection';
import { createRandom } from '../../../../worker/base/random';

/** Unit vectors (count, D) in a subspace of `rank` dimensions, with noise outside of it. */
function patches(count: number, dimensions: number, rank: number, noise: number, seed: number): Float32Array {
  const shape = createRandom(0);
  const basis = Array.from({ length: rank }, () => Array.from({ length: dimensions }, () => shape.normal()));
  const random = createRandom(seed);
  const all = new Float32Array(count * dimensions);
  for (let m = 0; m < count; m++) {
    const vector = new Float64Array(dimensions);
    for (const direction of basis) {
      const weight = random.normal();
      for (let d = 0; d < dimensions; d++) vector[d]! += weight * direction[d]!;
    }
    for (let d = 0; d < dimensions; d++) vector[d]! += noise * random.normal();
    const length = Math.hypot(...vector);
    for (let d = 0; d < dimensions; d++) all[m * dimensions + d] = vector[d]! / length;
  }
  return all;
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  assert.equal(a.length, b.length);
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
}

describe('Candidates for the nearest patch', () => {
  // Neither M nor the number of images is a multiple of the vectors' width; 4 is the smallest M.
  for (const M of [4, 5, 37, 256]) {
    it(`are the nearest ones where the projection loses nothing, both ways, M = ${M}`, async () => {
      const [D, rank] = [64, 12];
      const [rows, columns] = [patches(3 * M, D, rank, 0, 1), patches(5 * M, D, rank, 0, 2)];
      const search = await CandidateSearch.open(await principalProjection(rows, D, 16, 'test'));
      const exact = await NearestPatchKernel.open();
      // The second time the memory is larger than needed and holds what was there before.
      for (const [a, b] of [
        [rows, columns],
        [rows, rows],
      ] as const) {
        const expected = exactSearch(exact, a, b, M * D, D);
        const found = await search.load(a, b, M, D, 4);
        for (const [row, column, count] of [
          [0, 1, 1],
          [2, 0, 2],
          [1, b === rows ? 0 : 1, b === rows ? 3 : 4],
        ] as const) {
          const [fast, slow] = [await found.nearest(row, column, count), await expected.nearest(row, column, count)];
          assert.ok(largestDifference(fast.forward, slow.forward) < 1e-5);
          assert.ok(largestDifference(fast.backward, slow.backward) < 1e-5);
        }
      }
    });
  }

  it('find the distances of Eq. 6 and 7 where the projection loses nothing', async () => {
    const [M, D, rank, count] = [37, 64, 12, 6];
    const all = patches(count * M, D, rank, 0, 1);
    const references = allocateBags(count, M, D);
    bagsView(references, 0, count).set(all);
    const search = await CandidateSearch.open(await principalProjection(all, D, 16, 'test'));
    const projected = { projection: await principalProjection(all, D, 16, 'test'), bags: allocateBags(count, M, 16) };
    for (let slot = 0; slot < count; slot++) {
      bagsView(projected.bags, slot).set(await search.projectBag(bagsView(references, slot), D));
    }
    const kernel = await NearestPatchKernel.open();
    for (const [bag, own, aggregate] of [
      [patches(M, D, rank, 0, 2), -1, 'min'],
      [bagsView(references, 2).slice(), 2, 'mean'],
      [bagsView(references, 5).slice(), 5, 'max'],
    ] as const) {
      const rest = [references, own, aggregate, createCancelFlag()] as const;
      const fast = await distancesToReferences(await search.loadImage(bag, references, projected, 4), ...rest);
      const exact = await distancesToReferences(exactBlocks(kernel, bag, references), ...rest);
      assert.ok(exact.every((value) => value > 0.01));
      assert.ok(largestDifference(fast, exact) < 1e-5);
    }
  });

  it('are real patches: a distance is never too small, and rarely too large', async () => {
    const [M, D] = [256, 256];
    const bags = patches(6 * M, D, 40, 0.5, 3);
    const search = await CandidateSearch.open(await principalProjection(bags, D, projectionSize(M, D)!, 'test'));
    const found = await (await search.load(bags, bags, M, D, 4)).nearest(0, 2, 4);
    const exact = await exactSearch(await NearestPatchKernel.open(), bags, bags, M * D, D).nearest(0, 2, 4);
    let missed = 0;
    for (const direction of ['forward', 'backward'] as const) {
      for (const [i, square] of found[direction].entries()) {
        const excess = distance(square) - distance(exact[direction][i]!);
        assert.ok(excess > -1e-4, `${excess}`);
        if (excess > 1e-4) missed++;
        assert.ok(excess < 0.1, `${excess}`);
      }
    }
    assert.ok(missed < 0.2 * 8 * M, `${missed} of ${8 * M}`);
  });

  it('are used where they save work and vectors fit', () => {
    assert.equal(projectionSize(1024, 384), 144);
    assert.equal(projectionSize(1024, 512), 176);
    assert.equal(projectionSize(1024, 128), undefined);
    assert.equal(projectionSize(1024, 514), undefined);
    assert.equal(projectionSize(3, 512), undefined);
  });
});
