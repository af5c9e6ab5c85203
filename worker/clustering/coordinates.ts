// Principal coordinates: vectors with so few numbers that the gallery page can measure distances between all images itself.
import type { Coordinates } from '../api/analysis';
import { Product } from '../algebra/product';
import { principalProjection } from '../algebra/projection';

/** Distances among 32 coordinates are those among the descriptors, but for what hardly varies over the folder. */
const largestDimensions = 32;

/**
 * Coordinates along the directions in which the images vary most.
 * @param vectors (count, dimensions)
 */
export async function principalCoordinates(
  vectors: Float32Array | Float64Array,
  count: number,
  dimensions: number,
): Promise<Coordinates> {
  const size = Math.min(largestDimensions, dimensions);
  const mean = new Float64Array(dimensions);
  for (let i = 0; i < vectors.length; i++) mean[i % dimensions]! += vectors[i]! / count;
  const centred = Float32Array.from(vectors, (value, i) => value - mean[i % dimensions]!);
  const { directions } = await principalProjection(centred, dimensions, size, '');
  const values = new Float32Array(count * size);
  await (await Product.open()).multiply(centred, directions, dimensions, values);
  return { dimensions: size, values };
}
