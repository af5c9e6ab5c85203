// The parts of the descriptor on their own: distances inside an image, blocks, components.
import assert from 'node:assert/strict';
import { fitComponents, project } from '../../../../worker/algebra/components';
import { Product } from '../../../../worker/algebra/product';
import { blockCount, describeBlocks } from '../../../../worker/bags/blocks';
import { insideDistances } from '../../../../worker/bags/inside';
import { createRandom } from '../../../../worker/base/random';

const near = (actual: number, wanted: number, bound = 1e-6) =>
  assert.ok(Math.abs(actual - wanted) <= bound, `${actual} is not ${wanted}`);

describe('distances inside an image', () => {
  let product: Product;
  before(async () => {
    product = await Product.open();
  });

  it('are the means of the ten nearest that are not around a patch', async () => {
    const [rows, columns, dimensions] = [7, 9, 5];
    const random = createRandom(1);
    const patches = Array.from({ length: rows * columns }, () => {
      const vector = Array.from({ length: dimensions }, () => random.normal());
      return vector.map((value) => value / Math.hypot(...vector));
    });
    const distances = await insideDistances(product, Float32Array.from(patches.flat()), { rows, columns });
    for (const [m, patch] of patches.entries()) {
      const others = patches
        .filter((_, n) => {
          const down = Math.abs(Math.floor(m / columns) - Math.floor(n / columns));
          return Math.max(down, Math.abs((m % columns) - (n % columns))) > 2;
        })
        .map((other) => Math.hypot(...patch.map((value, d) => value - other[d]!)))
        .sort((a, b) => a - b)
        .slice(0, 10);
      near(distances[m]!, others.reduce((sum, value) => sum + value, 0) / others.length, 1e-5);
    }
  });

  it('are those of fewer patches, or none, in small images', async () => {
    // In a row of four only the first and the last are far enough apart: √2.
    const row = Float32Array.of(1, 0, 1, 0, 1, 0, 0, 1);
    const distances = await insideDistances(product, row, { rows: 1, columns: 4 });
    for (const [m, wanted] of [Math.SQRT2, 0, 0, Math.SQRT2].entries()) near(distances[m]!, wanted);
    assert.deepEqual([...(await insideDistances(product, row, { rows: 2, columns: 2 }))], [0, 0, 0, 0]);
  });
});

describe('the blocks of an image', () => {
  it('are means and deviations of all patches, and of those that stand out: by hand', () => {
    const bag = Float32Array.of(0, 1, 0, 3);
    // The last patch is two deviations ahead: at 0.7 it has e^(2/0.7) times the weight of the others.
    const blocks = describeBlocks(bag, Float32Array.of(0, 0, 0, 2), 1);
    assert.equal(blocks.length, blockCount);
    near(blocks[0]!, 1);
    near(blocks[1]!, Math.sqrt(10 / 4 - 1));
    for (const [i, temperature] of [0.7, 0.35].entries()) {
      const ahead = Math.exp(2 / temperature);
      const mean = (1 + 3 * ahead) / (3 + ahead);
      near(blocks[2 + 2 * i]!, mean);
      near(blocks[3 + 2 * i]!, Math.sqrt((1 + 9 * ahead) / (3 + ahead) - mean * mean), 1e-5);
    }
  });

  it('of an image that is the same everywhere have no deviations, whatever the score', () => {
    const blocks = describeBlocks(new Float32Array(8).fill(0.25), Float32Array.of(0, 1, 2, 3, 4, 5, 6, 7), 0);
    for (const [i, value] of blocks.entries()) near(value, i % 2 === 0 ? 0.25 : 0);
  });
});

describe('components', () => {
  const random = createRandom(3);
  const vectors = Array.from({ length: 20 }, () =>
    Float32Array.from({ length: 12 }, (_, d) => (d < 6 ? 100 : 1) * random.normal() + d),
  );

  it('have the products of the centred unit blocks, where all of them are kept and the whitening is undone', () => {
    for (const count of [20, 8]) {
      const some = vectors.slice(0, count);
      const fitted = fitComponents(some, 6, 12);
      const coordinates = some.map((vector) => project(vector, fitted));
      const units = centredUnits(some, 6);
      // X Xᵀ = U S² Uᵀ, and a coordinate is u √s: the squared length of a column of coordinates is its singular value.
      const singular = fitted.directions.map((_, c) => coordinates.reduce((sum, each) => sum + each[c]! ** 2, 0));
      for (let i = 0; i < count; i++) {
        for (let j = 0; j < count; j++) {
          const product = coordinates[i]!.reduce(
            (sum, value, c) => sum + value * coordinates[j]![c]! * singular[c]!,
            0,
          );
          near(
            product,
            units[i]!.reduce((sum, value, d) => sum + value * units[j]![d]!, 0),
            1e-5,
          );
        }
      }
    }
  });

  it('do not depend on the scale of a block, nor on the order of the vectors', () => {
    const fitted = fitComponents(vectors, 6, 4);
    const scaled = vectors.map((vector) => vector.map((value, d) => (d < 6 ? value / 50 : value)));
    const other = fitComponents([...scaled].reverse(), 6, 4);
    const distance = (a: Float32Array, b: Float32Array) => Math.hypot(...a.map((value, c) => value - b[c]!));
    for (const j of [1, 5, 19]) {
      const wanted = distance(project(vectors[0]!, fitted), project(vectors[j]!, fitted));
      near(distance(project(scaled[0]!, other), project(scaled[j]!, other)), wanted, 1e-4);
    }
  });

  it('are as many as there are directions', () => {
    const flat = [0, 1, 2, 3].map((x) => Float32Array.of(x, 2 * x));
    assert.equal(fitComponents(flat, 2, 32).directions.length, 1);
    const equal = [1, 1, 1].map((x) => Float32Array.of(x, x));
    assert.equal(fitComponents(equal, 2, 32).directions.length, 0);
  });
});

/** As the definition has it, without eigenvectors. */
function centredUnits(vectors: readonly Float32Array[], blockSize: number): number[][] {
  const center = (rows: readonly ArrayLike<number>[]) =>
    rows.map((row) =>
      Array.from(row, (value, d) => value - rows.reduce((sum, each) => sum + each[d]!, 0) / rows.length),
    );
  const units = center(vectors).map((row) =>
    row.map((value, d) => {
      const from = Math.floor(d / blockSize) * blockSize;
      return value / Math.hypot(...row.slice(from, from + blockSize));
    }),
  );
  return center(units);
}
