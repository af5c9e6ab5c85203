// What a run hands on: JSON with a schema, tables and folders, a page that compares, counts by what is known beside the pixels.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ReportData } from '../../worker/api/report-data';
import { clusterOutputSchema, type ClusterOutput } from '../../worker/terminal/json-output';
import { parseLabels } from '../../worker/labels';
import { makeSample } from '../../worker/sample';
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
    const missing = run('export', 'folders', folder);
    assert.equal(missing.status, 2);
    assert.match(missing.stderr, /--out <folder>/);
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
