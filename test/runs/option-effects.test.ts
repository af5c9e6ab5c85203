// What each option of the method does, from the command line to the numbers: heat maps, trees and clusters of real runs beside what a
// plain calculation over all patches gives (written here, and ml-hclust for the linkages).
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { agnes, type AgglomerationMethod } from 'ml-hclust';
import type { ClustererName } from '../../worker/api/settings';
import { group } from '../../worker/clustering/clusterers';
import { parseLabels, type LabelDocument } from '../../worker/labels';
import { makeSample } from '../../worker/sample';
import { loadAnalysis, readHeatMaps } from '../../worker/analysis/stored';
import { Cache } from '../../worker/store/cache';
import { cli } from '../tools/paths';

/** Of the largest number: runs keep bags in half precision, and look for the nearest patches in eight bits. */
const tolerance = 1.2e-2;

interface Bags {
  paths: string[];
  /** (patches · dimensions) of each image. */
  values: Float32Array[];
  patches: number;
}

interface Outcome {
  labels: LabelDocument;
  /** As the analysis of the run has them. */
  paths: string[];
  heatMaps: Map<string, Float32Array>;
  temperature: number;
  /** Of the tree's merges. */
  heights: number[];
}

/** A folder of sample images and a cache, for one suite. */
class Workplace {
  readonly work = mkdtempSync(join(tmpdir(), 'option-effects-'));
  readonly folder = join(this.work, 'sample');
  readonly cache = join(this.work, 'cache');

  run(...args: string[]): void {
    const env = { ...process.env, ANOMALY_CLUSTERING_CACHE: this.cache };
    const { status, stderr } = spawnSync(process.execPath, [cli, ...args], { encoding: 'utf8', env });
    assert.equal(status, 0, stderr);
  }

  async cluster(...args: string[]): Promise<Outcome> {
    const out = join(this.work, 'labels.json');
    rmSync(out, { force: true });
    this.run('cluster', this.folder, '--device', 'cpu', '--out', out, ...args);
    const cache = new Cache(this.cache);
    const analysis = (await loadAnalysis(cache, this.folder))!;
    const paths = analysis.images.map(({ path }) => path);
    const maps = await readHeatMaps(cache, analysis, paths);
    return {
      labels: parseLabels(readFileSync(out, 'utf8')),
      paths,
      heatMaps: new Map(maps.map(({ path, distances }) => [path, distances])),
      temperature: analysis.temperature,
      heights: analysis.merges.map(([, , height]) => height),
    };
  }

  bags(): Bags {
    const [out, list] = [join(this.work, 'features.npy'), join(this.work, 'paths.txt')];
    this.run('features', this.folder, '--device', 'cpu', '--out', out, '--list', list);
    const bytes = readFileSync(out);
    const header = bytes.subarray(10, 10 + bytes.readUInt16LE(8)).toString('latin1');
    const [images, patches, dimensions] = /\((\d+), (\d+), (\d+)\)/.exec(header)!.slice(1).map(Number) as [
      number,
      number,
      number,
    ];
    const start = 10 + bytes.readUInt16LE(8);
    const all = new Float32Array(Uint8Array.from(bytes.subarray(start)).buffer);
    const length = patches * dimensions;
    return {
      paths: readFileSync(list, 'utf8').trim().split('\n'),
      values: Array.from({ length: images }, (_, i) => all.subarray(i * length, (i + 1) * length)),
      patches,
    };
  }

  remove(): void {
    rmSync(this.work, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

describe('the options of the method', () => {
  let place: Workplace;
  let bags: Bags;
  /** Of each patch of image i (row) to its nearest one of image j (column). */
  let nearest: Float64Array[][];
  /** Mean distance of all pairs of patches. */
  let meanOfAll: number[][];
  before(async () => {
    place = new Workplace();
    await makeSample(place.folder, { imagesPerClass: 1 });
    bags = place.bags();
    ({ nearest, meanOfAll } = compareAll(bags));
  });
  after(() => place.remove());

  const mean = (values: ArrayLike<number>) => Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
  const largest = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => Math.max(a, b), -Infinity);
  const least = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => Math.min(a, b), Infinity);
  /** Aggregated distance of each patch of an image to others. */
  const toOthers = (i: number, others: readonly number[], aggregate: (values: number[]) => number) =>
    Array.from({ length: bags.patches }, (_, m) =>
      aggregate(others.filter((j) => j !== i).map((j) => nearest[i]![j]![m]!)),
    );
  /** Mean distance of each patch to its ten nearest of the same image, two rows and columns around it left out. */
  const toItself = (i: number) => {
    const [side, bag] = [Math.sqrt(bags.patches), bags.values[i]!];
    const length = bag.length / bags.patches;
    return Array.from({ length: bags.patches }, (_, m) => {
      const distances: number[] = [];
      for (let n = 0; n < bags.patches; n++) {
        const isNear =
          Math.abs(Math.floor(m / side) - Math.floor(n / side)) <= 2 && Math.abs((m % side) - (n % side)) <= 2;
        if (isNear) continue;
        let square = 0;
        for (let d = 0; d < length; d++) square += (bag[m * length + d]! - bag[n * length + d]!) ** 2;
        distances.push(Math.sqrt(square));
      }
      return mean(distances.sort((a, b) => a - b).slice(0, 10));
    });
  };
  const everyImage = () => [...bags.paths.keys()];
  const assertHeatMaps = ({ heatMaps }: Outcome, expected: (i: number) => number[]) => {
    assert.equal(heatMaps.size, bags.paths.length);
    for (const [i, path] of bags.paths.entries()) assertClose(heatMaps.get(path)!, expected(i), tolerance);
  };
  /** Ward's (or another) tree over these vectors, as ml-hclust makes it. */
  const assertTree = ({ heights, paths }: Outcome, vectors: number[][], method: AgglomerationMethod = 'ward2') => {
    const ordered = paths.map((path) => vectors[bags.paths.indexOf(path)]!);
    assertTreeOf(
      heights,
      ordered.map((a) => ordered.map((b) => Math.hypot(...a.map((value, d) => value - b[d]!)))),
      method,
    );
  };
  const assertTreeOf = (heights: number[], distances: number[][], method: AgglomerationMethod = 'ward2') => {
    const expected: number[] = [];
    agnes(distances, { method, isDistanceMatrix: true }).traverse(
      ({ isLeaf, height }) => !isLeaf && expected.push(height),
    );
    assertClose(
      [...heights].sort((a, b) => a - b),
      expected.sort((a, b) => a - b),
      tolerance,
    );
  };
  const weighted = (weights: (i: number) => number[]) => bags.values.map((bag, i) => averageOf(bag, weights(i)));
  const softmax = (distances: number[], temperature: number) => {
    const exponentials = distances.map((distance) => Math.exp((distance - largest(distances)) / temperature));
    const sum = mean(exponentials) * exponentials.length;
    return exponentials.map((value) => value / sum);
  };

  it('none: what stands out among the images and inside each, both standardised and added', async () => {
    const { heatMaps, labels } = await place.cluster();
    const { method } = labels;
    assert.deepEqual([method.name, method.weights, method.references], ['blocks', 'unsupervised', bags.paths.length]);
    for (const key of ['distance', 'aggregate', 'temperature']) assert.ok(!(key in method), `${key} is not of it`);
    const standard = (maps: number[][]) => {
      const all = maps.flat();
      const center = mean(all);
      const spread = Math.sqrt(mean(all.map((value) => (value - center) ** 2)));
      return maps.map((map) => map.map((value) => (value - center) / spread));
    };
    const among = standard(everyImage().map((i) => toOthers(i, everyImage(), mean)));
    const inside = standard(everyImage().map(toItself));
    for (const [i, path] of bags.paths.entries()) {
      const expected = among[i]!.map((value, m) => value + inside[i]![m]!);
      // Standardised, errors of distances are divided by their spread.
      assertClose(heatMaps.get(path)!, expected, 100 * tolerance);
    }
  });

  for (const [name, aggregate] of Object.entries({ mean, max: largest, min: least })) {
    it(`--aggregate ${name}: over the other images, and into weights and tree (Eq. 5, 1)`, async () => {
      const outcome = await place.cluster('--method', 'paper', '--aggregate', name);
      assert.equal(outcome.labels.method.aggregate, name);
      const distances = everyImage().map((i) => toOthers(i, everyImage(), aggregate));
      assertHeatMaps(outcome, (i) => distances[i]!);
      // docs/method.md: 0.35 standard deviations.
      const all = distances.flat();
      const center = mean(all);
      const spread = Math.sqrt(mean(all.map((value) => (value - center) ** 2)));
      assertClose([outcome.temperature], [0.35 * spread], 1e-2);
      assertTree(
        outcome,
        weighted((i) => softmax(distances[i]!, outcome.temperature)),
      );
    });
  }

  it('--temperature: how sharp the weights are', async () => {
    const distances = everyImage().map((i) => toOthers(i, everyImage(), mean));
    for (const temperature of [0.01, 10]) {
      const outcome = await place.cluster('--temperature', String(temperature));
      assert.equal(outcome.temperature, temperature);
      assertTree(
        outcome,
        weighted((i) => softmax(distances[i]!, temperature)),
      );
    }
  });

  it('--references and --seed: so many images are compared with, and others for another seed (Eq. 7)', async () => {
    const samples = subsetsOf(everyImage(), 3);
    const used = new Set<string>();
    for (const seed of ['0', '1', '2']) {
      const { heatMaps, labels } = await place.cluster('--method', 'paper', '--references', '3', '--seed', seed);
      assert.deepEqual([labels.method.references, labels.method.seed], [3, Number(seed)]);
      const fitting = samples.filter((sample) =>
        bags.paths.every((path, i) => deviation(heatMaps.get(path)!, toOthers(i, sample, mean)) < tolerance),
      );
      assert.equal(fitting.length, 1, 'just one choice of three images explains all heat maps');
      used.add(String(fitting[0]));
    }
    assert.ok(used.size > 1, 'seeds choose');
  });

  it('--weights normal with --normal: the nearest of all normal patches (Eq. 6)', async () => {
    const outcome = await place.cluster('--weights', 'normal', '--normal', join(place.folder, 'test', 'good'));
    const normal = bags.paths.indexOf('test/good/000.png');
    const rest = everyImage().filter((i) => i !== normal);
    assert.deepEqual([...outcome.paths].sort(), rest.map((i) => bags.paths[i]!).sort());
    for (const i of rest) assertClose(outcome.heatMaps.get(bags.paths[i]!)!, [...nearest[i]![normal]!], tolerance);
  });

  it('--weights hard, --hard-patches: the same for those that stand out most (A.1)', async () => {
    for (const count of [4, 64]) {
      const outcome = await place.cluster('--weights', 'hard', '--hard-patches', String(count));
      assert.equal(outcome.labels.method.hardPatches, count);
      const vectors = weighted((i) => {
        const distances = toOthers(i, everyImage(), mean);
        const bound = [...distances].sort((a, b) => b - a)[count - 1]!;
        return distances.map((distance) => (distance >= bound ? 1 / count : 0));
      });
      assertTree(outcome, vectors);
    }
  });

  it('--weights mask: the tree is of the defects alone, and not that of other weights', async () => {
    const masked = await place.cluster('--weights', 'mask');
    const uniform = await place.cluster('--weights', 'uniform');
    assert.ok(deviation(masked.heights, uniform.heights) > 0.01);
    // What lies under a mask is far from the average of an image: all defects lie further apart than whole images.
    assert.ok(largest(masked.heights) > largest(uniform.heights));
  });

  const directions = (i: number, j: number, over: (values: Float64Array) => number) =>
    [over(nearest[i]![j]!), over(nearest[j]![i]!)] as const;
  const hausdorff: Record<string, (i: number, j: number) => number> = {
    'max-hausdorff': (i, j) => Math.max(...directions(i, j, largest)),
    'max-min-mean': (i, j) => mean(directions(i, j, largest)),
    'min-min': (i, j) => Math.min(...directions(i, j, least)),
    'mean-min-max': (i, j) => Math.max(...directions(i, j, mean)),
    'mean-min-mean': (i, j) => mean(directions(i, j, mean)),
    'mean-mean': (i, j) => meanOfAll[i]![j]!,
  };
  for (const [name, between] of Object.entries(hausdorff)) {
    it(`--distance ${name}: of all patches of two images (Eq. 2, 3, Table 5)`, async () => {
      const { heights, paths, labels } = await place.cluster('--distance', name, '--clusterer', 'average');
      assert.deepEqual([labels.method.distance, labels.method.weights], [name, 'none']);
      const rows = paths.map((path) => bags.paths.indexOf(path));
      assertTreeOf(
        heights,
        rows.map((i) => rows.map((j) => (i === j ? 0 : between(i, j)))),
        'average',
      );
    });
  }

  for (const [clusterer, method] of [
    ['ward', 'ward2'],
    ['complete', 'complete'],
    ['average', 'average'],
    ['single', 'single'],
  ] as const) {
    it(`--weights uniform, --clusterer ${clusterer}: its own tree of plain averages`, async () => {
      const outcome = await place.cluster('--weights', 'uniform', '--clusterer', clusterer);
      assertTree(
        outcome,
        weighted(() => new Array<number>(bags.patches).fill(1 / bags.patches)),
        method,
      );
    });
  }

  it('--distance holistic: one pooled vector an image, of its own', async () => {
    const [pooled, weightedAverage] = [await place.cluster('--distance', 'holistic'), await place.cluster()];
    assert.ok(deviation(pooled.heights, weightedAverage.heights) > 0.01);
  });

  it('--clusters: so many', async () => {
    for (const count of [2, 4]) {
      const { labels } = await place.cluster('--clusters', String(count));
      assert.equal(labels.clusters.length, count);
      assert.equal(new Set(labels.images.map(({ cluster }) => cluster)).size, count);
    }
  });
});

describe('the clusterers', () => {
  let place: Workplace;
  let vectors: Float32Array;
  let paths: string[];
  let dimensions: number;
  before(async () => {
    place = new Workplace();
    await makeSample(place.folder, { imagesPerClass: 4 });
    const bags = place.bags();
    paths = bags.paths;
    const uniform = new Array<number>(bags.patches).fill(1 / bags.patches);
    const averages = bags.values.map((bag) => averageOf(bag, uniform));
    dimensions = averages[0]!.length;
    vectors = Float32Array.from(averages.flat());
  });
  after(() => place.remove());

  /** Clusters as sets of paths, in any order. */
  const partition = (clusterOf: (path: string, i: number) => number) => {
    const members = new Map<number, string[]>();
    for (const [i, path] of paths.entries())
      members.set(clusterOf(path, i), [...(members.get(clusterOf(path, i)) ?? []), path]);
    return [...members.values()].map((each) => each.sort().join(' ')).sort();
  };

  for (const clusterer of ['kmeans', 'gmm', 'kmedoids', 'spectral', 'single'] as const satisfies ClustererName[]) {
    it(`--clusterer ${clusterer} groups the images' vectors, and not as Ward does`, async () => {
      const compared = { count: paths.length, vectors, dimensions };
      const by = (name: ClustererName, k: number) => {
        const labels = group(compared, name, k, { seed: 0 });
        return partition((_, i) => labels[i]!);
      };
      const different = [2, 3, 4, 5, 6, 7, 8, 9].find((k) => String(by(clusterer, k)) !== String(by('ward', k)));
      assert.ok(different !== undefined);
      const { labels } = await place.cluster(
        ...['--weights', 'uniform', '--clusters', String(different), '--clusterer', clusterer],
      );
      assert.equal(labels.method.clusterer, clusterer);
      const clusters = new Map(labels.images.map(({ path, cluster }) => [path, cluster]));
      assert.deepEqual(
        partition((path) => clusters.get(path)!),
        by(clusterer, different),
      );
    });
  }
});

/** Every patch with every other, one after the other. */
function compareAll({ values, patches }: Bags): { nearest: Float64Array[][]; meanOfAll: number[][] } {
  const dimensions = values[0]!.length / patches;
  const nearest = values.map(() => values.map(() => new Float64Array(patches).fill(Infinity)));
  const meanOfAll = values.map(() => values.map(() => 0));
  for (let i = 0; i < values.length; i++) {
    for (let j = i + 1; j < values.length; j++) {
      const [a, b] = [values[i]!, values[j]!];
      const [forward, backward] = [nearest[i]![j]!, nearest[j]![i]!];
      let sum = 0;
      for (let m = 0; m < patches; m++) {
        for (let n = 0; n < patches; n++) {
          let squares = 0;
          for (let d = 0; d < dimensions; d++) squares += (a[m * dimensions + d]! - b[n * dimensions + d]!) ** 2;
          const distance = Math.sqrt(squares);
          sum += distance;
          if (distance < forward[m]!) forward[m] = distance;
          if (distance < backward[n]!) backward[n] = distance;
        }
      }
      meanOfAll[i]![j] = meanOfAll[j]![i] = sum / patches ** 2;
    }
  }
  return { nearest, meanOfAll };
}

/** Σ weight_m · z_m */
function averageOf(bag: Float32Array, weights: readonly number[]): number[] {
  const dimensions = bag.length / weights.length;
  return Array.from({ length: dimensions }, (_, d) =>
    weights.reduce((sum, weight, m) => sum + weight * bag[m * dimensions + d]!, 0),
  );
}

function subsetsOf(items: readonly number[], size: number): number[][] {
  if (size === 0) return [[]];
  return items.flatMap((item, i) => subsetsOf(items.slice(i + 1), size - 1).map((rest) => [item, ...rest]));
}

function deviation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  assert.equal(a.length, b.length);
  return Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
}

/** @param tolerance of the largest expected number */
function assertClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  const scale = Array.from(expected).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const off = deviation(actual, expected);
  assert.ok(off <= tolerance * scale, `off by ${off} of ${scale}`);
}
