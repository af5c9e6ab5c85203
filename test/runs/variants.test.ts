// Variants of the method from the command line: what is refused, and the benchmark over all of them. (option-effects: what each does.)
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { benchmarkParts, type BenchmarkResults } from '../../worker/benchmark/tables/results';
import { encodeOnnx } from '../../worker/onnx/encode';
import { makeSample } from '../../worker/sample';
import { makeCategories } from '../categories/categories';
import { cli } from '../tools/paths';

let work: string;
let sample: string;

function run(...args: string[]) {
  const env = { ...process.env, ANOMALY_CLUSTERING_CACHE: join(work, 'cache') };
  return spawnSync(process.execPath, [cli, ...args], { encoding: 'utf8', env });
}

/** A sample and a cache for the suite that calls this. */
function useSample(): void {
  before(async () => {
    work = mkdtempSync(join(tmpdir(), 'variants-'));
    sample = join(work, 'sample');
    await makeSample(sample, { imagesPerClass: 3 });
  });
  after(() => rmSync(work, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }));
}

describe('variants of the method', () => {
  useSample();

  it('give the same bytes again', () => {
    const files = ['one.json', 'two.json'].map((name) => join(work, name));
    for (const file of files) {
      assert.equal(
        run('cluster', sample, '--out', file, '--distance', 'max-hausdorff', '--clusterer', 'spectral').status,
        0,
      );
    }
    assert.equal(readFileSync(files[1]!, 'utf8'), readFileSync(files[0]!, 'utf8'));
  });
});

describe('what cannot be clustered', () => {
  useSample();
  /** Nothing may be written: the file that is there stays as it is. */
  function assertRefused(folder: string, args: string[], status: number, message: RegExp): void {
    const file = join(folder, 'anomaly-clusters.json');
    const before = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
    const result = run('cluster', folder, ...args);
    assert.equal(result.status, status, result.stdout + result.stderr);
    assert.match(result.stderr, message);
    assert.equal(existsSync(file) ? readFileSync(file, 'utf8') : undefined, before);
  }

  it('is told before anything is written, with what to do', () => {
    assert.equal(run('cluster', sample).status, 0);
    const cases: [args: string[], status: number, message: RegExp][] = [
      [['--clusters', '16'], 2, /16 clusters cannot be made of 15 images/],
      [['--weights', 'normal'], 1, /"normal" \(Eq\. 6\) need normal images\. Name their folder/],
      [
        ['--clusterer', 'kmeans', '--distance', 'max-hausdorff'],
        2,
        /"kmeans" needs one vector an image.*another clusterer/,
      ],
      [['--weights', 'hard', '--hard-patches', '2000'], 2, /cannot choose 2000 of 1024 patches/],
      [['--weights', 'soft'], 2, /Allowed choices are auto, uniform/],
    ];
    for (const [args, status, message] of cases) assertRefused(sample, args, status, message);
  });

  it('has no masks where masks are asked for', () => {
    const flat = join(work, 'flat');
    mkdirSync(flat);
    for (const type of ['crack', 'good'])
      copyFileSync(join(sample, 'test', type, '000.png'), join(flat, `${type}.png`));
    assertRefused(flat, ['--weights', 'mask'], 2, /need ground-truth masks.*There are none/);
  });

  it('has a mask of another size than its image', async () => {
    const folder = join(work, 'other-size');
    cpSync(join(sample, 'test'), join(folder, 'test'), { recursive: true });
    cpSync(join(sample, 'ground_truth'), join(folder, 'ground_truth'), { recursive: true });
    const mask = join(folder, 'ground_truth', 'crack', '001_mask.png');
    const smaller = await sharp(mask).resize(100, 80).toBuffer();
    writeFileSync(mask, smaller);
    assertRefused(folder, ['--weights', 'mask'], 1, /001_mask\.png has 100×80 pixels and its image 384×384/);
  });

  it('is one image, or the same image again and again', () => {
    for (const copies of [1, 3]) {
      const folder = join(work, `copies-${copies}`);
      mkdirSync(folder);
      for (let i = 0; i < copies; i++) copyFileSync(join(sample, 'test', 'crack', '000.png'), join(folder, `${i}.png`));
      assertRefused(folder, [], 1, copies === 1 ? /only one image to cluster/ : /At least two different images/);
    }
  });

  it('is embedded by a network that gives no numbers', () => {
    // The logarithm of pixels that are below zero after normalisation.
    const model = join(work, 'broken.onnx');
    const bytes = encodeOnnx({
      name: 'broken',
      inputs: [{ name: 'image', type: 'float32', shape: [1, 3, 256, 256] }],
      outputs: [{ name: 'map', type: 'float32', shape: [1, 3, 'rows', 'columns'] }],
      nodes: [
        {
          operator: 'AveragePool',
          inputs: ['image'],
          outputs: ['small'],
          attributes: { kernel_shape: [16, 16], strides: [16, 16] },
        },
        { operator: 'Log', inputs: ['small'], outputs: ['map'] },
      ],
    });
    writeFileSync(model, bytes);
    assertRefused(sample, ['--model', model], 1, /broken\.onnx gives numbers that are not finite for .*\.png/);
  });
});

describe('a benchmark', () => {
  useSample();
  let categories: string;

  before(async () => {
    categories = join(work, 'categories');
    await makeCategories(categories, { names: ['flange', 'capsule'], imagesPerClass: 3, trainImages: 3 });
  });

  it('fills every table and figure of two categories, and writes them in every form', () => {
    const out = join(work, 'results');
    const { status, stdout, stderr } = run('benchmark', categories, '--table', 'all', '--out', out);
    assert.equal(status, 0, stderr);
    assert.match(stdout, /## Table 1: distances/);
    for (const name of ['index.html', 'tables.md', 'tables.csv', 'curves.csv'])
      assert.ok(existsSync(join(out, name)), name);
    assert.doesNotMatch(readFileSync(join(out, 'index.html'), 'utf8'), /(src|href)="(https?:)?\/\//);
    const results = JSON.parse(readFileSync(join(out, 'results.json'), 'utf8')) as BenchmarkResults;
    assert.deepEqual(results.parts, [...benchmarkParts]);
    assert.equal(results.datasets.length, 2);
    for (const dataset of results.datasets) {
      // Five defects and good; combined is clustered, but does not count.
      assert.deepEqual(
        [dataset.images, dataset.counted, dataset.k, dataset.normals, dataset.group],
        [21, 18, 6, 3, 'object'],
      );
      const missing = dataset.measurements.filter(({ value }) => value === null);
      assert.ok(
        missing.every(({ method }) => /^(kmeans|gmm), max-hausdorff$/.test(method)),
        JSON.stringify(missing[0]),
      );
      assert.ok(dataset.measurements.every(({ value }) => value === null || (value >= -1 && value <= 1)));
      assert.equal(dataset.figures.purityCurves?.[0]?.purity.length, 18);
      assert.equal(dataset.figures.clusters?.clusters.length, 16);
      assert.equal(dataset.figures.temperatureSweep?.series.length, 2);
      assert.deepEqual(
        dataset.figures.normalImagesSweep?.series[0]?.points.map(([normals]) => normals),
        [1, 2, 3],
      );
    }
  });

  it('has dashes where a dataset has neither normal images nor masks', () => {
    const folder = join(work, 'classes');
    cpSync(join(sample, 'test'), folder, { recursive: true });
    const out = join(work, 'class-results');
    assert.equal(run('benchmark', folder, '--table', '1,masks', '--out', out).status, 0);
    const table = readFileSync(join(out, 'tables.md'), 'utf8');
    assert.match(table, /\| weighted average, with normals \| – \|/);
    assert.match(table, /\| weighted average, with masks \| – \|/);
    assert.match(table, /\| weighted average, unsupervised \| (\*\*)?[.\d]+/);
  });

  it('refuses a folder without classes, and tables that do not exist', () => {
    const flat = join(work, 'no-classes');
    mkdirSync(flat);
    for (const type of ['crack', 'good'])
      copyFileSync(join(sample, 'test', type, '000.png'), join(flat, `${type}.png`));
    const without = run('benchmark', flat, '--out', join(work, 'none'));
    assert.equal(without.status, 1);
    assert.match(without.stderr, /no true classes to compare with/);
    assert.ok(!existsSync(join(work, 'none')));
    const unknown = run('benchmark', sample, '--table', '9');
    assert.equal(unknown.status, 2);
    assert.match(unknown.stderr, /no table "9"/);
  });
});
