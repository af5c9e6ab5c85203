// Which of a great many images people look at, and what they decide for all.
import assert from 'node:assert/strict';
import { createRandom } from '../../../../../worker/base/random';
import { simplifiedSilhouette } from '../../../../../worker/clustering/many/silhouette';
import { treeAmong } from '../../../../../worker/clustering/many/tree-among';
import { twoLevelWard } from '../../../../../worker/clustering/many/two-level';
import { buildTree, cutTree } from '../../../../../worker/clustering/tree';
import { chooseImages } from '../../../../../worker/fleet/many/choose-images';
import { idsOfAll } from '../../../../../worker/fleet/many/place-all';
import type { WholeSet } from '../../../../../worker/fleet/many/whole-set';

const dimensions = 4;
const count = 600;

/** Three clouds of 200 vectors: 0, 1, 2, 0, 1, 2, … */
function clouds(apart: number): Float32Array {
  const random = createRandom(3);
  return Float32Array.from(
    { length: count * dimensions },
    (_, i) => (i % dimensions === Math.floor(i / dimensions) % 3 ? apart : 0) + random.normal(),
  );
}
const kinds = Int32Array.from({ length: count }, (_, i) => i % 3);

describe('the images that people look at', () => {
  it('are of every cluster, typical ones and those nearest to another cluster', async () => {
    const vectors = clouds(10);
    const { branchOf, tree } = await twoLevelWard(vectors, count, dimensions, {
      ...{ seed: 0, threads: 1, largestPart: 100, branches: 40 },
    });
    const silhouette = simplifiedSilhouette(vectors, dimensions, kinds, 3);
    const chosen = chooseImages({ vectors, dimensions, assignment: kinds, branchOf, silhouette }, 60);
    assert.ok(chosen.length > 30 && chosen.length <= 60, `${chosen.length} images`);
    for (const kind of [0, 1, 2]) {
      const own = [...kinds.keys()].filter((i) => kinds[i] === kind);
      const border = own.sort((a, b) => silhouette[a]! - silhouette[b]!).slice(0, 10);
      for (const i of border) assert.ok(chosen.includes(i));
    }
    // They hang together as they do among all.
    const among = cutTree(buildTree(treeAmong(tree, chosen), chosen.length), 3);
    assert.deepEqual(
      [...among]
        .map((label, place) => `${label} ${kinds[chosen[place]!]}`)
        .filter((pair, i, all) => all.indexOf(pair) === i).length,
      3,
    );
  });

  it('have a silhouette near 1 in the middle of a cluster, and below 0 in a wrong one', () => {
    const vectors = Float32Array.of(0, 0, 0.1, 0, 10, 0, 10.1, 0, 9.9, 0.1);
    const silhouette = simplifiedSilhouette(vectors, 2, [0, 0, 1, 1, 0], 2);
    // Centres: (10/3, .0333) and (10.05, 0).
    assert.ok(Math.abs(silhouette[0]! - (1 - Math.hypot(10 / 3, 0.1 / 3) / 10.05)) < 1e-6);
    assert.ok(silhouette[4]! < -0.9);
    assert.deepEqual([...simplifiedSilhouette(vectors, 2, [0, 0, 0, 0, 0], 1)], [1, 1, 1, 1, 1]);
  });
});

describe('what people decide on some images', () => {
  const set = (apart: number): WholeSet => ({
    ...{ count, width: dimensions, coordinates: clouds(apart), rows: new Int32Array(count) },
    ranges: new Float32Array(2 * count),
  });
  const line = (index: number, cluster: number, pinned = false) => ({ index, cluster, pinned });
  const cluster = (id: number, name = '') => ({ id, name });

  it('counts for all of the same group, whatever that is called', () => {
    const lines = [line(0, 7), line(3, 7), line(1, 4), line(2, 4)];
    const ids = idsOfAll(set(10), kinds, lines, [cluster(4), cluster(7, 'dent')]);
    assert.deepEqual([...ids.slice(0, 6)], [7, 4, 4, 7, 4, 4]);
  });

  it('parts a group that holds two kinds, as the gallery does', () => {
    // Kinds 1 and 2 were one group; a person moved some of kind 2 out of it.
    const groups = kinds.map((kind) => Math.min(kind, 1));
    const lines = Array.from({ length: 90 }, (_, i) =>
      i % 3 === 0 ? line(i, 1, true) : line(i, i % 3 === 1 ? 2 : 3, true),
    );
    const ids = idsOfAll(set(10), groups, lines, [cluster(1), cluster(2), cluster(3, 'pore')]);
    const right = ids.filter((id, i) => id === kinds[i]! + 1).length;
    assert.ok(right > 0.98 * count, `${right} of ${count}`);
    for (const { index, cluster: id } of lines) assert.equal(ids[index], id);
  });
});
