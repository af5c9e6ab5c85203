// Stacks and series: TIFFs whose pages are images of their own.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { createRandom } from '../../worker/base/random';
import { placeInFolders } from '../../worker/export/folders';
import type { LabelDocument } from '../../worker/labels';
import { cli } from '../tools/paths';
import { tiff, type Page } from '../tools/tiff';

const side = 96;
const series = 4;

/** Grain; on page 2 a dark disc, on page 3 a bright bar. */
function page(number: number, seed: number, extra: Partial<Page> = {}): Page {
  const random = createRandom(seed);
  const [x, y] = [random.integer(25, side - 25), random.integer(25, side - 25)];
  const data = Uint8Array.from({ length: side * side }, (_, i) => {
    const [dx, dy] = [(i % side) - x, Math.floor(i / side) - y];
    if (number === 2 && Math.hypot(dx, dy) < 12) return 20;
    if (number === 3 && Math.abs(dx) < 3 && Math.abs(dy) < 22) return 240;
    return 120 + 5 * random.normal();
  });
  return { width: side, height: side, bits: 8, samples: 1, photometric: 1, data, ...extra };
}

describe('TIFFs of several pages', () => {
  const work = mkdtempSync(join(tmpdir(), 'pages-'));
  const folder = join(work, 'series');
  after(() => rmSync(work, { recursive: true, force: true }));

  before(() => {
    mkdirSync(folder);
    for (let i = 0; i < series; i++) {
      // A preview first, which is no page, and the other byte order in between.
      const preview = page(1, 50 + i, { subfile: 1 });
      const pages = [1, 2, 3].map((number) => page(number, 10 * i + number, { subfile: 0 }));
      writeFileSync(join(folder, `scan${i}.tif`), tiff([preview, ...pages], i % 2 === 0 ? 'II' : 'MM'));
    }
  });

  const run = (...args: string[]) =>
    spawnSync(process.execPath, [cli, ...args], {
      encoding: 'utf8',
      env: { ...process.env, ANOMALY_CLUSTERING_CACHE: join(work, 'cache') },
    });
  const cluster = (...more: string[]): LabelDocument => {
    const { status, stderr } = run('cluster', folder, '--device', 'cpu', ...more);
    assert.equal(status, 0, stderr);
    return JSON.parse(readFileSync(join(folder, 'anomaly-clusters.json'), 'utf8')) as LabelDocument;
  };
  const clusterOf = ({ images }: LabelDocument, path: string) => images.find((image) => image.path === path)?.cluster;

  it('are their first pages, which is told with the remedy', () => {
    const { stdout } = run('cluster', folder, '--device', 'cpu');
    assert.match(stdout, /^Pages: only the first of 3 in scan0\.tif and 3 more is read\. "--pages all"/m);
    const { images, method } = cluster();
    assert.deepEqual([images.length, method.pages], [series, undefined]);
    rmSync(join(folder, 'anomaly-clusters.json'));
  });

  it('are as many images as they have pages, where that is asked for, and stay so', () => {
    const labels = cluster('--pages', 'all', '--clusters', '3');
    assert.equal(labels.method.pages, 'all');
    const paths = ['', '#2', '#3'].map((suffix) => Array.from({ length: series }, (_, i) => `scan${i}.tif${suffix}`));
    assert.deepEqual(labels.images.map(({ path }) => path).sort(), paths.flat().sort());
    for (const own of paths) assert.equal(new Set(own.map((path) => clusterOf(labels, path))).size, 1, own.join());
    assert.equal(new Set(paths.map(([path]) => clusterOf(labels, path!))).size, 3);
    assert.deepEqual(cluster().images, labels.images);
    assert.match(run('remove-missing', folder).stdout, /^All images of the label file are there/);
  });

  it('have pictures in the report, and are copied page by page', async () => {
    const report = join(work, 'report.html');
    cluster('--report', report);
    assert.equal(readFileSync(report, 'utf8').match(/data:image\/webp/g)!.length, 3 * series);
    const target = join(work, 'export');
    const labels = cluster();
    const links = await placeInFolders(labels, folder, join(work, 'links'), 'symbolic link');
    assert.deepEqual([links.placed, links.failures.length], [series, 2 * series]);
    assert.deepEqual(await placeInFolders(labels, folder, target, 'copy'), { placed: 3 * series, failures: [] });
    const files = readdirSync(target, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.tif'));
    assert.equal(files.length, 3 * series);
    const third = files.find((file) => file.endsWith('scan1 (page 3).tif'))!;
    const pixels = await sharp(readFileSync(join(target, third)))
      .extractChannel(0)
      .raw()
      .toBuffer();
    assert.deepEqual([...pixels], [...page(3, 13).data]);
  });
});
