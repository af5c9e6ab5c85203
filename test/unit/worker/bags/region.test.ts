// A region's patches and where they are found: against numbers worked out by hand, and against every pair of patches and every window.
import assert from 'node:assert/strict';
import type { PatchGrid } from '../../../../worker/api/analysis';
import { boxOf, cutBox, placeOf, type PatchBox } from '../../../../worker/bags/patch-box';
import { Product } from '../../../../worker/algebra/product';
import { findRegion } from '../../../../worker/bags/region';
import { cancel, createCancelFlag } from '../../../../worker/base/cancel';
import { createRandom } from '../../../../worker/base/random';

/** A stride of 8 with the first centre at half a pixel, and an input that is wider than high: centres at x = 0.5, 8.5 … 32.5. */
const grid: PatchGrid = { rows: 3, columns: 5, stride: 8, origin: 0.5, inputWidth: 48, inputHeight: 32 };

/** A region from pixels of the network's input. */
function pixels(left: number, top: number, right: number, bottom: number) {
  return { left: left / 48, top: top / 32, width: (right - left) / 48, height: (bottom - top) / 32 };
}

describe('the patches of a region', () => {
  it('are those whose centres lie in it', () => {
    assert.deepEqual(boxOf(pixels(8, 0, 25, 9), grid), { column: 1, columns: 3, row: 0, rows: 2 });
    assert.deepEqual(boxOf(pixels(9, 1, 24, 17), grid), { column: 2, columns: 1, row: 1, rows: 2 });
    assert.deepEqual(boxOf(pixels(0, 0, 48, 32), grid), { column: 0, columns: 5, row: 0, rows: 3 });
  });

  it('are at least the nearest one, along each side', () => {
    assert.deepEqual(boxOf(pixels(9, 0, 11, 32), grid), { column: 1, columns: 1, row: 0, rows: 3 });
    assert.deepEqual(boxOf(pixels(13, 13, 14, 14), grid), { column: 2, columns: 1, row: 2, rows: 1 });
    // Beyond the last centres, which are at 32.5 and 16.5; and without any size.
    assert.deepEqual(boxOf(pixels(47, 31, 47, 31), grid), { column: 4, columns: 1, row: 2, rows: 1 });
  });

  it('have a place that ends with the image and holds the same patches', () => {
    assert.deepEqual(placeOf({ row: 0, column: 1, rows: 2, columns: 2 }, grid), pixels(4.5, 0, 20.5, 12.5));
    for (const box of boxes(grid)) assert.deepEqual(boxOf(placeOf(box, grid), grid), box);
  });

  it('are cut out row by row', () => {
    const bag = Float32Array.from({ length: 3 * 5 * 2 }, (_, i) => i);
    const box = { row: 1, column: 3, rows: 2, columns: 2 };
    assert.deepEqual([...cutBox(bag, box, grid)], [16, 17, 18, 19, 26, 27, 28, 29]);
  });
});

describe('looking for a region', () => {
  let product: Product;
  before(async () => {
    product = await Product.open();
  });
  const flag = createCancelFlag();

  /** Unit vectors in the plane, a row of them. Two at an angle φ are 2 sin(φ / 2) apart. */
  const atAngles = (...degrees: number[]) =>
    Float32Array.from(
      degrees.flatMap((angle) => [Math.cos((angle * Math.PI) / 180), Math.sin((angle * Math.PI) / 180)]),
    );
  const row: PatchGrid = { rows: 1, columns: 4, stride: 8, origin: 4, inputWidth: 32, inputHeight: 8 };
  const pair: PatchBox = { row: 0, column: 0, rows: 1, columns: 2 };

  it('gives the mean distance to the nearest patches, and the window that suits best: by hand', async () => {
    const patches = atAngles(0, 90);
    const region = { patches, box: pair };
    // 0° is nearest to 60° (1), 90° to 60° or 120° (2 sin 15°); the last window has them both.
    const found = await findRegion(product, region, atAngles(180, 150, 120, 60), row, flag);
    assert.ok(Math.abs(found.distance - (1 + 2 * Math.sin(Math.PI / 12)) / 2) < 1e-6);
    assert.deepEqual(found.box, { row: 0, column: 2, rows: 1, columns: 2 });
    // Both patches are there, but apart: [90°, 60°] costs 0 + 1, less than [180°, 0°] with 0 + √2 or [60°, 180°] with 1 + 2 sin 15°.
    const apart = await findRegion(product, region, atAngles(90, 60, 180, 0), row, flag);
    assert.deepEqual(apart, { distance: 0, box: { row: 0, column: 0, rows: 1, columns: 2 } });
  });

  it('looks only at what counts of an image', async () => {
    const region = { patches: atAngles(0, 90), box: pair };
    const bag = atAngles(0, 90, 120, 60);
    assert.deepEqual(await findRegion(product, region, bag, row, flag), { distance: 0, box: pair });
    const found = await findRegion(product, region, bag, row, flag, Uint16Array.of(2, 3));
    assert.ok(Math.abs(found.distance - (1 + 2 * Math.sin(Math.PI / 12)) / 2) < 1e-6);
    assert.deepEqual(found.box, { row: 0, column: 2, rows: 1, columns: 2 });
  });

  it('gives what all pairs of patches and all windows give', async () => {
    const size = { ...grid, rows: 11, columns: 13 };
    const dimensions = 6;
    const random = createRandom(5);
    const randomBag = () => unitVectors(11 * 13, dimensions, () => random.normal());
    const [from, to] = [randomBag(), randomBag()];
    // The last ones have more patches than one product takes.
    for (const [row, column, rows, columns] of [
      [0, 0, 1, 1],
      [3, 2, 2, 5],
      [10, 4, 1, 9],
      [1, 1, 10, 12],
      [0, 0, 11, 13],
    ] as const) {
      const box = { row, column, rows, columns };
      const patches = cutBox(from, box, size);
      const found = await findRegion(product, { patches, box }, to, size, flag);
      const expected = bruteForce(patches, to, box, size, dimensions);
      assert.ok(Math.abs(found.distance - expected.distance) < 1e-6, `${found.distance} is not ${expected.distance}`);
      assert.deepEqual(found.box, expected.box);
    }
  });

  it('finds a region in its own image, at its own place, at distance 0', async () => {
    const random = createRandom(6);
    const bag = unitVectors(15, 8, () => random.normal());
    for (const box of boxes(grid)) {
      const found = await findRegion(product, { patches: cutBox(bag, box, grid), box }, bag, grid, flag);
      assert.deepEqual(found, { distance: 0, box });
    }
  });

  it('finds a region in an image of another shape, which may have fewer rows than the region', async () => {
    const upright: PatchGrid = { ...row, rows: 4, columns: 1, inputWidth: 8, inputHeight: 32 };
    const region = { patches: atAngles(0, 90), box: pair };
    // In one column a window holds one patch: both of the region's are nearest to the same one, 45° away from either.
    const found = await findRegion(product, region, atAngles(180, 225, 45, 225), upright, flag);
    assert.deepEqual(found.box, { row: 2, column: 0, rows: 1, columns: 1 });
    assert.ok(Math.abs(found.distance - 2 * Math.sin(Math.PI / 8)) < 1e-6);
  });

  it('can be cancelled', async () => {
    const cancelled = createCancelFlag();
    cancel(cancelled);
    const region = { patches: atAngles(0, 90), box: pair };
    await assert.rejects(findRegion(product, region, atAngles(0, 1, 2, 3), row, cancelled), { code: 'cancelled' });
  });
});

function boxes({ rows, columns }: PatchGrid): PatchBox[] {
  const spans = (count: number) =>
    Array.from({ length: count }, (_, first) =>
      Array.from({ length: count - first }, (_, more) => [first, more + 1] as const),
    ).flat();
  return spans(rows).flatMap(([row, high]) =>
    spans(columns).map(([column, wide]) => ({ row, column, rows: high, columns: wide })),
  );
}

/** (count, dimensions) */
function unitVectors(count: number, dimensions: number, next: () => number): Float32Array {
  const vectors = Array.from({ length: count }, () => Array.from({ length: dimensions }, next));
  return Float32Array.from(vectors.flatMap((vector) => vector.map((value) => value / Math.hypot(...vector))));
}

/** By the definition alone: every patch with every other, and every window. */
function bruteForce(
  patches: Float32Array,
  bag: Float32Array,
  box: PatchBox,
  { rows, columns }: PatchGrid,
  dimensions: number,
): { distance: number; box: PatchBox } {
  const vectors = (values: Float32Array) =>
    Array.from({ length: values.length / dimensions }, (_, m) => [
      ...values.subarray(m * dimensions, (m + 1) * dimensions),
    ]);
  const others = vectors(bag);
  const between = vectors(patches).map((a) => others.map((b) => Math.hypot(...a.map((value, d) => value - b[d]!))));
  const meanOfNearest = (isCounted: (n: number) => boolean) =>
    between.reduce((sum, distances) => sum + Math.min(...distances.filter((_, n) => isCounted(n))), 0) / between.length;
  const windows = boxes({ ...grid, rows, columns }).filter(
    (window) => window.rows === box.rows && window.columns === box.columns,
  );
  const costs = windows.map(({ row, column }) =>
    meanOfNearest((n) => {
      const [down, right] = [Math.floor(n / columns) - row, (n % columns) - column];
      return down >= 0 && down < box.rows && right >= 0 && right < box.columns;
    }),
  );
  return { distance: meanOfNearest(() => true), box: windows[costs.indexOf(Math.min(...costs))]! };
}
