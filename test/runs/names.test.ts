// Names as people's cameras and scripts make them: everything takes them as they are, and a terminal shows them without obeying them.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { parseLabels } from '../../worker/labels';
import { toCsv } from '../../worker/export/label-formats';
import { placeInFolders } from '../../worker/export/folders';
import { makeSample } from '../../worker/sample';
import { cli } from '../tools/paths';

/** Windows refuses several of them. */
const names = [
  ...['-dash.png', '100%.png', '%20.png', 'a#b.png', 'what?.png', 'line\nfeed.png', 'tab\t.png', 'back\\slash.png'],
  ...[
    ' spaces .png',
    '<b>bold&amp;.png',
    '=1+1.png',
    '@cmd.png',
    'emoji 👍🏽.png',
    'esc\u001B[2J.png',
    'rtl\u202Egnp.png',
  ],
  ...['"quoted", comma.png', "'apostrophe'.png", '__proto__.png', 'constructor.png'],
];

describe('odd names', () => {
  const work = mkdtempSync(join(tmpdir(), 'names-'));
  const folder = join(work, '-odd \u001B[31m#100%');
  after(() => rmSync(work, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }));
  before(async function () {
    if (process.platform === 'win32') this.skip();
    const sample = join(work, 'sample');
    await makeSample(sample, { imagesPerClass: 4 });
    mkdirSync(folder);
    for (const [i, name] of names.entries()) {
      const kind = ['scratch', 'pore', 'crack', 'stain', 'good'][i % 5]!;
      copyFileSync(join(sample, 'test', kind, `00${Math.floor(i / 5)}.png`), join(folder, name));
    }
  });
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [cli, ...args], {
      encoding: 'utf8',
      env: { ...process.env, ANOMALY_CLUSTERING_CACHE: join(work, 'cache') },
    });

  it('are in the label file, the table and the folders as they are, and twice the same', async () => {
    const { status, stderr } = run('cluster', folder, '--report', join(work, 'report.html'));
    assert.equal(status, 0, stderr);
    const text = readFileSync(join(folder, 'anomaly-clusters.json'), 'utf8');
    const labels = parseLabels(text);
    assert.deepEqual(labels.images.map(({ path }) => path).sort(), [...names].sort());
    run('cluster', folder);
    assert.equal(readFileSync(join(folder, 'anomaly-clusters.json'), 'utf8'), text);

    const csv = toCsv(labels, null);
    const rows = parse<{ path: string }>(csv, { columns: true });
    // A formula gets an apostrophe, which spreadsheets take for "this is text".
    assert.deepEqual(rows.map(({ path }) => path.replace(/^'(?=[=+\-@\t\r])/, '')).sort(), [...names].sort());
    assert.ok(rows.every(({ path }) => !/^[=+\-@]/.test(path)));

    const placed = await placeInFolders(labels, folder, join(work, 'sorted'), 'copy');
    assert.deepEqual([placed.placed, placed.failures], [names.length, []]);
    const html = readFileSync(join(work, 'report.html'), 'utf8');
    assert.ok(!html.includes('<b>bold&amp;'), 'markup in a name stays text');
  });

  it('are shown by the terminal and not obeyed', () => {
    const printed = [
      run('cluster', folder, '--clusters', String(names.length), '--regroup'),
      run('cluster', join(folder, 'not\u001B[2Jthere')),
      run('evaluate', folder),
    ].map(({ stdout, stderr }) => stdout + stderr);
    for (const text of printed) assert.ok(!/\p{Cc}|\u202E/u.test(text.replaceAll('\n', '')), text);
    assert.match(printed[0]!, /esc␛\[2J\.png/);
    assert.ok(!existsSync(join(folder, 'not\u001B[2Jthere')));
  });

  it('that are not UTF-8 are told of, and the others are clustered', function () {
    // Only Linux has such names.
    if (process.platform !== 'linux') this.skip();
    const other = join(work, 'latin');
    mkdirSync(other);
    const photos = join(work, 'sample', 'test');
    for (const [i, kind] of ['scratch', 'pore', 'crack'].entries()) {
      copyFileSync(join(photos, kind, '000.png'), join(other, `${i}.png`));
    }
    const latin = Buffer.concat([Buffer.from(join(other, 'gr')), Buffer.of(0xfc), Buffer.from('n.png')]);
    copyFileSync(join(photos, 'pore', '001.png'), latin);
    const { status, stdout, stderr } = run('cluster', other);
    assert.equal(status, 0, stderr);
    assert.match(stdout + stderr, /gr\ufffdn\.png has a name that is not UTF-8\. Rename it/);
    assert.equal(parseLabels(readFileSync(join(other, 'anomaly-clusters.json'), 'utf8')).images.length, 3);
  });
});
