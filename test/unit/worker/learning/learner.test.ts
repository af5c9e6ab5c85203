// Learning from decisions: on points whose classes a person can see.
import assert from 'node:assert/strict';
import { createRandom } from '../../../../worker/base/random';
import { condensedEuclidean } from '../../../../worker/algebra/condensed';
import { linkage } from '../../../../worker/clustering/linkage';
import { neighbourhoodOf, outlierFactor } from '../../../../worker/algebra/neighbourhood';
import { assignNew } from '../../../../worker/learning/assign';
import { certainty, estimate, learn, moves, ranking, type Situation } from '../../../../worker/learning/learner';
import { nextQuestion } from '../../../../worker/learning/questions';
import { naming, review } from '../../../checks/simulated-person';

const dimensions = 4;
const size = 20;
/** Three clouds around corners far apart: 20 points each. */
const random = createRandom(1);
const vectors = Array.from({ length: 3 * size }, (_, i) =>
  Array.from({ length: dimensions }, (_, d) => (d === Math.floor(i / size) ? 5 : 0) + random.normal()),
).flat();
const truth = Array.from({ length: 3 * size }, (_, i) => 'abc'[Math.floor(i / size)]!);
const merges = linkage(condensedEuclidean(Float32Array.from(vectors), 3 * size, dimensions), 3 * size, 'ward');

/** All in one cluster but for the third cloud. */
function situation(): Situation & { clusters: (number | undefined)[]; decided: boolean[] } {
  return {
    vectors,
    dimensions,
    clusters: truth.map((name) => (name === 'c' ? 2 : 1)),
    decided: truth.map(() => false),
  };
}

describe('what is learnt from decisions', () => {
  it('moves nothing before anything is decided', () => {
    const before = situation();
    assert.deepEqual(moves(before, learn(before)!), []);
  });

  it('moves the images that are like those that a person put elsewhere, and no decided one', () => {
    const now = situation();
    // One of the first cloud stays, one of the second gets a cluster of its own; two are decided against their looks.
    for (const [row, cluster] of [
      [0, 1],
      [size, 3],
      [1, 3],
      [2, 2],
    ] as const) {
      now.clusters[row] = cluster;
      now.decided[row] = true;
    }
    const found = moves(now, learn(now)!);
    assert.ok(found.every(({ row }) => !now.decided[row]));
    const toThird = found.filter(({ cluster }) => cluster === 3).map(({ row }) => truth[row]);
    assert.ok(toThird.filter((name) => name === 'b').length >= size - 3, toThird.join(''));
    for (const { row, cluster, probability } of found) {
      assert.equal(ranking(learn(now)!, row)[0]!.cluster, cluster);
      assert.ok(probability > 0.3);
    }
  });

  it('learns from the components beyond those that images are grouped by', () => {
    // Two kinds that are alike in everything that images are grouped by.
    const kind = (row: number) => (row % 2 === 0 ? 1 : 2);
    const now: Situation = {
      ...situation(),
      clusters: truth.map((_, row) => (row < 6 ? kind(row) : 1)),
      decided: truth.map((_, row) => row < 6),
    };
    const values = Float32Array.from(truth, (_, row) => (kind(row) === 1 ? -4 : 4) + random.normal());
    const rightOf = (each: Situation) => {
      const clusters = [...each.clusters];
      for (const { row, cluster } of moves(each, learn(each)!)) clusters[row] = cluster;
      return clusters.filter((cluster, row) => cluster === kind(row)).length / clusters.length;
    };
    assert.equal(rightOf({ ...now, further: { dimensions: 1, values } }), 1);
    assert.ok(rightOf(now) < 0.8);
  });

  it('leaves a cluster in which nobody has decided anything as it is, unless it is sure', () => {
    const now = situation();
    [now.decided[0], now.decided[size], now.clusters[size]] = [true, true, 3];
    const learned = learn(now)!;
    // Two decisions, three clusters: .5 + .4 · (1 + 2/3)⁻³, as docs/method.md has it.
    const sure = 0.5 + 0.4 * (1 + 2 / 3) ** -3;
    const isSure = (row: number) =>
      ranking(learned, row)[0]!.cluster !== 2 && ranking(learned, row)[0]!.probability >= sure;
    const third = [...truth.keys()].filter((row) => truth[row] === 'c');
    const moved = new Set(moves(now, learned).map(({ row }) => row));
    for (const row of third) assert.equal(moved.has(row), isSure(row), String(row));
    assert.ok(
      third.some((row) => ranking(learned, row)[0]!.cluster !== 2 && !isSure(row)),
      'some would go, were it not for that',
    );
  });

  it('lets a name stand for the images of its cluster until more was decided than that', () => {
    // Each cloud is a cluster; of the first a person decides on the one that is nearest to the second.
    const now = situation();
    for (const [row, name] of truth.entries()) now.clusters[row] = { a: 1, b: 2, c: 3 }[name];
    const towards = (row: number) => vectors[row * dimensions + 1]! - vectors[row * dimensions]!;
    const first = [...truth.keys()].filter((row) => truth[row] === 'a').sort((a, b) => towards(b) - towards(a));
    const second = [...truth.keys()].filter((row) => truth[row] === 'b').sort((a, b) => towards(a) - towards(b));
    for (const row of [first[0]!, second[0]!]) now.decided[row] = true;
    const rightOf = (each: Situation) => {
      const learned = learn(each)!;
      return [...truth.keys()].filter((row) => ranking(learned, row)[0]!.cluster === now.clusters[row]).length;
    };
    const named = { ...now, named: new Set([1, 2, 3]) };
    assert.ok(rightOf(named) > rightOf(now), `${rightOf(named)} with names, ${rightOf(now)} without`);
    // A name that nobody gave changes nothing.
    assert.equal(rightOf({ ...now, named: new Set([9]) }), rightOf(now));
  });

  it('is certain of what was decided, and knows the share of right labels about', () => {
    const now = situation();
    for (const row of [0, 5, size, size + 5, 2 * size]) now.decided[row] = true;
    for (let row = size; row < 2 * size; row++) now.clusters[row] = 3;
    const learned = learn(now)!;
    assert.equal(certainty(now, learned)[5], 1);
    const { share, low, high } = estimate(now, learned);
    // All labels are right now.
    assert.ok(share > 0.75 && low < share && high >= 0.95, `${low} ${share} ${high}`);
  });
});

describe('the next question', () => {
  const ask = (now: Situation, passedOver?: ReadonlySet<number>) =>
    nextQuestion(merges, now, certainty(now, learn(now)!), passedOver);

  it('is about each cloud once before it is about one twice', () => {
    const now = situation();
    const asked: string[] = [];
    for (let i = 0; i < 3; i++) {
      const { row } = ask(now)!;
      asked.push(truth[row]!);
      now.decided[row] = true;
    }
    assert.deepEqual(asked.sort(), ['a', 'b', 'c']);
  });

  it('is another where one was passed over, and comes to an end', () => {
    const now = situation();
    const { row } = ask(now)!;
    assert.notEqual(ask(now, new Set([row]))!.row, row);
    assert.equal(ask({ ...now, decided: truth.map(() => true) }), undefined);
  });

  it('takes a person who knows the classes to all of them with few answers', () => {
    const assignment = situation().clusters.map((cluster) => cluster!);
    const [after] = review({ vectors, dimensions, truth, merges, assignment }, [6]);
    assert.equal(after!.right, 1);
    assert.ok(naming({ vectors, dimensions, truth, merges, assignment }, [4])[0]! > 0.95);
  });
});

describe('new images', () => {
  it('get the cluster of those that they are like; what is unlike all gets none', () => {
    const clusters: (number | undefined)[] = truth.map((name) => ({ a: 1, b: 2, c: 3 })[name]);
    // Each tenth is new, and one that is far from everything.
    const fresh = [...truth.keys()].filter((row) => row % 10 === 0);
    for (const row of fresh) clusters[row] = undefined;
    const all = [...vectors, -9, -9, -9, -9];
    clusters.push(undefined);
    const rows = [...clusters.keys()];
    const known = rows.filter((row) => clusters[row] !== undefined);
    const point = (row: number) => Float32Array.from(all.slice(row * dimensions, (row + 1) * dimensions));
    const around = neighbourhoodOf(known.map(point));
    const unlikeness = rows.map((row) => {
      const at = known.indexOf(row);
      return at < 0 ? outlierFactor(point(row), around) : around.factors[at];
    });
    const placed = assignNew({ vectors: all, dimensions, clusters, decided: clusters.map(() => false) }, unlikeness);
    assert.deepEqual(
      placed.map(({ row }) => row),
      [...fresh, 3 * size],
    );
    for (const { row, best, cluster } of placed.slice(0, -1)) {
      assert.equal(best, { a: 1, b: 2, c: 3 }[truth[row]!]);
      assert.ok(cluster === best || cluster === undefined);
    }
    // One in twenty of the known ones themselves would be told to be unlike the others.
    assert.ok(placed.filter(({ cluster }) => cluster === undefined).length <= 2);
    assert.equal(placed.at(-1)!.cluster, undefined);
  });
});
