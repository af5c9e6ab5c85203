// What a run hands on: JSON with a schema, tables and folders, a page that compares, counts by what is known beside the pixels.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { loadAnalysis, readScale } from '../../worker/analysis/stored';
import type { ReportData } from '../../worker/api/report-data';
import { clusterOutputSchema, type ClusterOutput } from '../../worker/terminal/json-output';
import { auroc } from '../../worker/evaluation/auroc';
import { parseLabels } from '../../worker/labels';
import { makeSample } from '../../worker/sample';
import { Cache } from '../../worker/store/cache';
import { cli, dist } from '../tools/paths';

describe('handing on', () => {
  let work = '';
  let folder = '';
  let output: ClusterOutput;
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [cli, ...args], {
      encoding: 'utf8',
      env: { ...process.env, ANOMALY_CLUSTERING_CACHE: join(work, 'cache') },
      maxBuffer: 1 << 26,
    });
  const labelFile = () => join(folder, 'anomaly-clusters.json');

  before(async () => {
    work = mkdtempSync(join(tmpdir(), 'handing-on-'));
    folder = join(work, 'parts');
    await makeSample(folder, { imagesPerClass: 5 });
    const { images } = { images: readdirSync(join(folder, 'test', 'crack')) };
    const lines = images.map((name, i) => `test/crack/${name},2026-11-${10 + (i % 2)} 08:00,L${i % 2}`);
    writeFileSync(join(folder, 'metadata.csv'), ['path,time,line', ...lines, ''].join('\n'));
    const { stdout, stderr, status } = run(
      'cluster',
      folder,
      '--clusters',
      '5',
      '--report',
      join(work, 'page.html'),
      '--json',
    );
    assert.equal(status, 0, stderr);
    output = clusterOutputSchema.strict().parse(JSON.parse(stdout));
  });
  after(() => rmSync(work, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }));

  it('prints JSON as its schema says, with every image', () => {
    const labels = parseLabels(readFileSync(labelFile(), 'utf8'));
    assert.deepEqual(
      output.results.map(({ path, cluster }) => [path, cluster]),
      labels.images.map(({ path, cluster }) => [path, cluster]),
    );
    assert.ok(output.results.every(({ score, truth }) => score !== null && truth !== null));
    const schema = JSON.parse(readFileSync(join(dist, 'cluster-output.schema.json'), 'utf8')) as {
      required: string[];
      properties: object;
    };
    for (const name of schema.required) assert.ok(name in output, name);
    for (const name of Object.keys(output)) assert.ok(name in schema.properties, name);
  });

  it('makes a report that says when, what and where, and nothing of devices', () => {
    const page = readFileSync(join(work, 'page.html'), 'utf8');
    const [, json] = /<script type="application\/json" id="page-data">(.*?)<\/script>/s.exec(page) ?? [];
    const { made, notes, analysis } = JSON.parse(json!) as ReportData;
    assert.ok(Math.abs(Date.parse(made.date) - Date.now()) < 3_600_000);
    assert.match(made.version, /^\d+\.\d+\.\d+$/);
    assert.equal(made.folder, folder);
    assert.ok(notes.some(({ label }) => label === 'Images') && !notes.some(({ label }) => label === 'Devices tried'));
    assert.deepEqual(analysis.metadata?.columns, ['time', 'line']);
    const at = analysis.images.findIndex(({ path }) => path.startsWith('test/crack/'));
    assert.deepEqual(analysis.metadata?.values[at], ['2026-11-10 08:00', 'L0']);
  });

  it('refuses a report into a folder that is not there before any work', () => {
    const { status, stderr } = run('cluster', folder, '--report', join(work, 'nowhere', 'page.html'));
    assert.equal(status, 1);
    assert.match(stderr, /The folder .*nowhere is not there.* Make it, or name another one/);
    assert.ok(!stderr.includes('Reading images'), stderr);
  });

  it('exports a table, and folders as YOLO reads them', () => {
    const { stdout } = run('export', 'csv', folder);
    assert.equal(stdout.trim().split('\n').length, 26);
    for (const line of stdout.trim().split('\n').slice(1)) assert.match(line, /"-?\d+(\.\d{1,6})?","[a-z]+"$/);
    const both = run('export', 'csv', folder, '--json');
    assert.equal(both.status, 2);
    assert.match(both.stderr, /Name a file with --out/);
    const target = join(work, 'yolo');
    const { status, stderr } = run('export', 'yolo-cls', folder, '--out', target);
    assert.equal(status, 0, stderr);
    assert.deepEqual(readdirSync(target).sort(), ['train', 'val']);
    const count = (part: string) =>
      readdirSync(join(target, part)).reduce((sum, name) => sum + readdirSync(join(target, part, name)).length, 0);
    assert.equal(count('train') + count('val'), 25);
    assert.ok(count('train') > count('val'));
    for (const inside of [folder, join(folder, 'sorted')]) {
      const refused = run('export', 'folders', folder, '--out', inside);
      assert.equal(refused.status, 2);
      assert.match(refused.stderr, /is in the clustered folder, where the next run would take/);
    }
    assert.ok(!existsSync(join(folder, 'sorted')));
    const missing = run('export', 'folders', folder);
    assert.equal(missing.status, 2);
    assert.match(missing.stderr, /--out <folder>/);
  });

  it('exports heat maps as pictures of 16 bits, brightest on the defects, and writes over none', async () => {
    const target = join(work, 'maps');
    const { status, stderr, stdout } = run('export', 'heat-maps', folder, '--out', target, '--json');
    assert.equal(status, 0, stderr);
    assert.deepEqual((JSON.parse(stdout) as { placed: number; failures: object[] }).placed, 25);
    const about = JSON.parse(readFileSync(join(target, 'heat-maps.json'), 'utf8')) as {
      scale: { min: number; max: number };
      images: Record<string, { file: string; rows: number }>;
    };
    assert.ok(about.scale.max > about.scale.min);
    // The run found what is usual, so that nobody who opens the gallery waits for it: what older analyses, which lack it, are looked at for.
    const cache = new Cache(join(work, 'cache'));
    const stored = (await loadAnalysis(cache, folder))!;
    const { min, max } = stored.scale;
    assert.deepEqual(stored.scale, await readScale(cache, { ...stored, scale: { min, max } }));
    assert.deepEqual(about.scale, stored.scale);
    const shown = await Promise.all(
      ['000', '001', '002', '003', '004'].map(async (name) => {
        const { file } = about.images[`test/crack/${name}.png`]!;
        assert.equal(file, `test/crack/${name}.png`);
        const { depth, width, height, channels } = await sharp(join(target, file)).metadata();
        assert.deepEqual([depth, width, height, channels], ['ushort', 384, 384, 1]);
        const bytes = await sharp(join(target, file)).toColourspace('grey16').raw({ depth: 'ushort' }).toBuffer();
        const scores = Float32Array.from(new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2));
        const mask = await sharp(join(folder, 'ground_truth', 'crack', `${name}_mask.png`))
          .extractChannel(0)
          .raw()
          .toBuffer();
        return { scores, mask: Uint8Array.from(mask, (value) => Number(value > 127)) };
      }),
    );
    const pixels = auroc(() => shown)!;
    assert.ok(pixels > 0.9, `pixel AUROC ${pixels}`);

    const before = readFileSync(join(target, 'test', 'crack', '000.png'));
    rmSync(join(target, 'test', 'crack', '001.png'));
    const again = run('export', 'heat-maps', folder, '--out', target, '--json');
    const { placed, failures } = JSON.parse(again.stdout) as { placed: number; failures: { reason: string }[] };
    assert.deepEqual([placed, failures.length], [1, 25]);
    assert.ok(failures.every(({ reason }) => reason === 'is there already, and was left as it is'));
    assert.deepEqual(readFileSync(join(target, 'test', 'crack', '000.png')), before);
    const nowhere = run(
      'export',
      'heat-maps',
      join(folder, 'test'),
      '--labels',
      labelFile(),
      '--out',
      join(work, 'none'),
    );
    assert.match(nowhere.stderr, /not on this machine. Cluster the folder again/);
  });

  it('exports heat maps as arrays that NumPy reads', function () {
    const target = join(work, 'arrays');
    const { status, stderr } = run('export', 'npy', folder, '--out', target);
    assert.equal(status, 0, stderr);
    const python = ['/usr/bin/python3', 'python3'].find(
      (name) => spawnSync(name, ['-c', 'import numpy'], { stdio: 'ignore' }).status === 0,
    );
    if (python === undefined) {
      console.log('      skipped, needs python3-numpy');
      this.skip();
    }
    const script =
      'import json, sys, numpy; a = numpy.load(sys.argv[1]); print(json.dumps([str(a.dtype), a.shape, float(a.max())]))';
    const read = spawnSync(python, ['-c', script, join(target, 'test', 'crack', '000.npy')], { encoding: 'utf8' });
    const [type, shape, largest] = JSON.parse(read.stdout) as [string, number[], number];
    const { score } = output.results.find(({ path }) => path === 'test/crack/000.png')!;
    assert.deepEqual([type, shape], ['float32', [32, 32]]);
    assert.ok(Math.abs(largest - score!) < 1e-5, `${largest} for ${score}`);
  });

  it('compares two label files, in words, as JSON and as a page', () => {
    const first = join(work, 'first.json');
    const text = readFileSync(labelFile(), 'utf8');
    const labels = parseLabels(text);
    writeFileSync(first, text.replace('"root": "."', '"root": "parts"'));
    // One image of the first cluster goes to the last.
    const moved = labels.images.find(({ cluster }) => cluster === 1)!.path;
    const second = join(work, 'second.json');
    const line = text.split('\n').find((each) => each.includes(`"${moved}"`))!;
    writeFileSync(second, text.replace(line, line.replace('"cluster": 1', '"cluster": 5')));
    const page = join(work, 'changes.html');
    const { stdout, status, stderr } = run('compare', first, second, '--page', page, '--json');
    assert.equal(status, 0, stderr);
    const found = JSON.parse(stdout) as { version: number; moved: { path: string }[]; agreement: { same: number } };
    assert.deepEqual([found.version, found.moved.map(({ path }) => path), found.agreement.same], [1, [moved], 24 / 25]);
    assert.ok(readFileSync(page, 'utf8').includes('data:image/webp;base64,'));
    assert.match(
      run('compare', first, second).stdout,
      /25 images are in both[\s\S]*96\.0 %[\s\S]*1 image is elsewhere/,
    );
    assert.equal(run('compare', first, join(work, 'none.json')).status, 1);
    assert.ok(!existsSync(join(work, 'none.json')));
  });

  it('puts no picture on the page of a comparison from outside the folder', () => {
    const text = readFileSync(labelFile(), 'utf8').replace('"root": "."', '"root": "parts"');
    const moved = parseLabels(text).images.find(({ cluster }) => cluster === 1)!.path;
    const outside = '../outside.png';
    copyFileSync(join(folder, moved), join(work, 'outside.png'));
    const line = text.split('\n').find((each) => each.includes(`"${moved}"`))!;
    const elsewhere = line.replace(moved, outside);
    const [first, second, page] = ['a.json', 'b.json', 'outside.html'].map((name) => join(work, name));
    writeFileSync(first!, text.replace(line, elsewhere));
    writeFileSync(second!, text.replace(line, elsewhere.replace('"cluster": 1', '"cluster": 5')));
    const { status, stderr } = run('compare', first!, second!, '--page', page!);
    assert.equal(status, 0, stderr);
    const written = readFileSync(page!, 'utf8');
    assert.ok(written.includes(outside));
    assert.ok(!written.includes('data:image/webp;base64,'));
  });
});
