// The most typical member of a cluster.

/** Above this many members the one nearest to the centroid stands in: the exact search is quadratic. */
const exactMembers = 2000;

/**
 * The member with the smallest sum of Euclidean distances to the others; the first of equals.
 * @param vectors (N, dimensions)
 * @param members rows of `vectors`, at least one
 */
export function medoid(vectors: Float32Array | Float64Array, dimensions: number, members: readonly number[]): number {
  const targets = members.length > exactMembers ? [centroid(vectors, dimensions, members)] : members.map(row);
  let best = members[0]!;
  let least = Infinity;
  for (const member of members) {
    const own = row(member);
    let sum = 0;
    for (const target of targets) sum += distance(own, target);
    if (sum < least) [best, least] = [member, sum];
  }
  return best;

  function row(member: number): Float32Array | Float64Array {
    return vectors.subarray(member * dimensions, (member + 1) * dimensions);
  }
}

function centroid(vectors: Float32Array | Float64Array, dimensions: number, members: readonly number[]): Float64Array {
  const sum = new Float64Array(dimensions);
  for (const member of members) {
    for (let d = 0; d < dimensions; d++) sum[d]! += vectors[member * dimensions + d]! / members.length;
  }
  return sum;
}

function distance(a: Float32Array | Float64Array, b: Float32Array | Float64Array): number {
  let sum = 0;
  for (let d = 0; d < a.length; d++) sum += (a[d]! - b[d]!) ** 2;
  return Math.sqrt(sum);
}
