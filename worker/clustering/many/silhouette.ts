// How well each image lies in its cluster, by the clusters' centres: of any number of images in the time that one pass takes.
import { squaredDistance } from '../../algebra/vectors';

/** (k, dimensions): mean of the vectors of each label; zero where there are none. */
export function centresOf(
  vectors: Float32Array,
  dimensions: number,
  labels: ArrayLike<number>,
  k: number,
): { centres: Float64Array; sizes: Int32Array } {
  const centres = new Float64Array(k * dimensions);
  const sizes = new Int32Array(k);
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!;
    sizes[label]!++;
    for (let d = 0; d < dimensions; d++) centres[label * dimensions + d]! += vectors[i * dimensions + d]!;
  }
  for (let i = 0; i < centres.length; i++) centres[i]! /= Math.max(1, sizes[Math.floor(i / dimensions)]!);
  return { centres, sizes };
}

/**
 * (b − a) / max(a, b), where a is the distance to the centre of the image's own cluster and b that to the nearest other: 1 in the middle, 0 between
 * two, below 0 where another centre is nearer. The simplified silhouette of Hruschka, Campello & Castro, 2006; 1 where there is one cluster.
 * @param vectors (N, dimensions)
 * @param labels (N), 0..k−1
 * @returns (N)
 */
export function simplifiedSilhouette(
  vectors: Float32Array,
  dimensions: number,
  labels: ArrayLike<number>,
  k: number,
): Float32Array {
  const { centres, sizes } = centresOf(vectors, dimensions, labels, k);
  const silhouette = new Float32Array(labels.length);
  for (let i = 0; i < labels.length; i++) {
    const own = squaredDistance(vectors, i * dimensions, centres, labels[i]! * dimensions, dimensions);
    let other = Infinity;
    for (let centre = 0; centre < k; centre++) {
      if (centre === labels[i] || sizes[centre] === 0) continue;
      other = Math.min(other, squaredDistance(vectors, i * dimensions, centres, centre * dimensions, dimensions));
    }
    const [a, b] = [Math.sqrt(own), Math.sqrt(other)];
    silhouette[i] = b === Infinity ? 1 : a === b ? 0 : (b - a) / Math.max(a, b);
  }
  return silhouette;
}
