// The command line as a person runs it: the built program in a process of its own.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { parseLabels } from '../../worker/labels';
import { makeSample } from '../../worker/sample';
import { eventually } from '../tools/eventually';
import { bitmap } from '../tools/bitmap';
import { cli, dist, root } from '../tools/paths';

let work: string;
let env: NodeJS.ProcessEnv;

function run(...args: string[]) {
  return spawnSync(process.execPath, [cli, ...args], { encoding: 'utf8', env });
}

describe('the command line', () => {
  beforeEach(() => {
    work = mkdtempSync(join(tmpdir(), 'cli-'));
    env = { ...process.env, ANOMALY_CLUSTERING_CACHE: join(work, 'cache') };
  });
  afterEach(() => rmSync(work, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }));

  it('tells its version and its commands', () => {
    assert.match(run('--version').stdout, /^\d+\.\d+\.\d+\n$/);
    const { stdout, status } = run('--help');
    assert.equal(status, 0);
    for (const command of ['cluster', 'evaluate', 'features']) assert.match(stdout, new RegExp(command));
  });

  it('ends with 2 after wrong usage, and says what is right', () => {
    const cases: [args: string[], message: RegExp][] = [
      [['cluster'], /missing required argument/],
      [['cluster', '.', '--clusters', 'many'], /Use a whole number from 1/],
      [['cluster', '.', '--temperature', '-1'], /Use "auto" or a number above 0/],
      [['cluster', '.', '--colour', 'red'], /unknown option/],
      [['paint', '.'], /unknown command/],
    ];
    for (const [args, message] of cases) {
      const { status, stderr } = run(...args);
      assert.equal(status, 2, args.join(' '));
      assert.match(stderr, message);
    }
  });

  it('goes on where nobody reads what it says any more', async () => {
    const folder = join(work, 'parts');
    await makeSample(folder, { imagesPerClass: 2 });
    const child = spawn(process.execPath, [cli, 'cluster', folder], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text) => (said += text));
    // Before the first line: all that is printed meets a closed pipe.
    child.stdout.destroy();
    const [status] = (await once(child, 'close')) as [number | null];
    assert.equal(status, 0, said);
    assert.doesNotMatch(said, /EPIPE/);
    assert.equal(parseLabels(readFileSync(join(folder, 'anomaly-clusters.json'), 'utf8')).images.length, 10);
  });

  it('ends with 1 when it failed, and names the folder or the model', () => {
    const empty = join(work, 'empty');
    mkdirSync(empty);
    const cases: [args: string[], message: RegExp][] = [
      [['cluster', join(work, 'nowhere')], /no folder .*nowhere/],
      [['cluster', empty], /no images to cluster in .*empty/],
      [['cluster', empty, '--model', 'resnet9000'], /no model "resnet9000".*patchnet-s/],
      [['evaluate', empty], /no label file .*empty/],
    ];
    for (const [args, message] of cases) {
      const { status, stderr } = run(...args);
      assert.equal(status, 1, stderr);
      assert.match(stderr, message);
    }
  });

  it('clusters, evaluates, and gives the same bytes again', async () => {
    const folder = join(work, 'sample');
    await makeSample(folder, { imagesPerClass: 4 });
    assert.equal(run('cluster', folder, '--clusters', '5').status, 0);
    const file = join(folder, 'anomaly-clusters.json');
    const first = readFileSync(file, 'utf8');
    assert.equal(parseLabels(first).images.length, 20);
    assert.equal(run('cluster', folder, '--clusters', '5').status, 0);
    assert.equal(readFileSync(file, 'utf8'), first);
    const evaluation = JSON.parse(run('evaluate', folder, '--json').stdout) as Record<string, unknown>;
    assert.deepEqual(Object.keys(evaluation).slice(0, 8), [
      'version',
      'images',
      'clusters',
      'nmi',
      'ari',
      'f1Micro',
      'f1Macro',
      'purity',
    ]);
    assert.deepEqual([evaluation['images'], evaluation['clusters']], [20, 5]);
    // A cache that is gone costs time, nothing else.
    rmSync(join(work, 'cache'), { recursive: true });
    assert.equal(run('cluster', folder, '--clusters', '5').status, 0);
    assert.equal(readFileSync(file, 'utf8'), first);
  });

  it('does not overwrite a label file that does not parse', async () => {
    const folder = join(work, 'sample');
    await makeSample(folder, { imagesPerClass: 1 });
    const file = join(folder, 'anomaly-clusters.json');
    writeFileSync(file, '{ "version": 1,');
    const { status, stderr } = run('cluster', folder);
    assert.equal(status, 1);
    assert.match(stderr, /anomaly-clusters\.json:1:\d+: .*Nothing was overwritten/);
    assert.equal(readFileSync(file, 'utf8'), '{ "version": 1,');
  });

  it('writes a report that holds its pictures and asks for nothing else', async () => {
    const folder = join(work, 'sample');
    await makeSample(folder, { imagesPerClass: 2 });
    const report = join(work, 'report.html');
    assert.equal(run('cluster', folder, '--report', report).status, 0);
    const html = readFileSync(report, 'utf8');
    assert.equal(html.match(/data:image\/webp;base64,/g)?.length, 10);
    assert.doesNotMatch(html, /(src|href)="(https?:)?\/\//);
  });

  it('uses normal images when they are named, and does not cluster them', async () => {
    const folder = join(work, 'sample');
    await makeSample(folder, { imagesPerClass: 3 });
    const { status, stdout } = run('cluster', folder, '--normal', join(folder, 'test', 'good'));
    assert.equal(status, 0);
    assert.match(stdout, /compared with 3 normal images \(Eq\. 6\)/);
    const labels = parseLabels(readFileSync(join(folder, 'anomaly-clusters.json'), 'utf8'));
    assert.equal(labels.images.length, 12);
    assert.equal(labels.method.weights, 'normal');
  });

  it('names each file that it cannot use with its reason, and clusters all others', async () => {
    const folder = join(work, 'mixed');
    mkdirSync(join(folder, 'more'), { recursive: true });
    const noise = (seed: number) =>
      sharp({
        create: {
          width: 200,
          height: 160,
          channels: 3,
          background: { r: 90 + seed, g: 90, b: 90 },
          noise: { type: 'gaussian', mean: 110 + seed, sigma: 25 },
        },
      });
    const put = (name: string, bytes: Uint8Array) => writeFileSync(join(folder, name), bytes);
    const jpeg = await noise(1).jpeg().toBuffer();
    put('truncated.jpg', jpeg.subarray(0, jpeg.length / 2));
    put('text.png', Buffer.from('I am no image.'));
    put('zero.png', new Uint8Array());
    const grey = new Uint16Array(200 * 160).map((_, i) => (i * 37) % 4096);
    put(
      'twelve bits.png',
      await sharp(grey, { raw: { width: 200, height: 160, channels: 1 } })
        .toColourspace('grey16')
        .png()
        .toBuffer(),
    );
    put('camera.bmp', bitmap(200, 160, 24));
    put('print.jpg', await noise(4).toColourspace('cmyk').jpeg().toBuffer());
    put('it\'s "odd" ✂️ größer 傷.png', await noise(5).png().toBuffer());
    put('more/plain.png', await noise(6).png().toBuffer());
    symlinkSync(folder, join(folder, 'more', 'loop'));

    const { status, stdout } = run('cluster', folder, '--clusters', '2', '--json');
    assert.equal(status, 0);
    const { failures } = JSON.parse(stdout) as { failures: { path: string; reason: string }[] };
    assert.deepEqual(
      failures.map(({ path }) => path),
      ['text.png', 'truncated.jpg', 'zero.png'],
    );
    assert.match(failures[0]!.reason, /not an image/);
    assert.match(failures[1]!.reason, /damaged or cut short/);
    assert.match(failures[2]!.reason, /empty/);
    const labels = parseLabels(readFileSync(join(folder, 'anomaly-clusters.json'), 'utf8'));
    assert.deepEqual(
      labels.images.map(({ path }) => path),
      ['camera.bmp', 'it\'s "odd" ✂️ größer 傷.png', 'more/plain.png', 'print.jpg', 'twelve bits.png'],
    );
  });

  it('stops at Ctrl-C, without a crash, and goes on from the cache', async () => {
    const folder = join(work, 'sample');
    await makeSample(folder, { imagesPerClass: 8 });
    const child = spawn(process.execPath, [cli, 'cluster', folder], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (output += text.toString()));
    const ended = new Promise<{ code: number | null; signal: string | null }>((resolve) =>
      child.once('exit', (code, signal) => resolve({ code, signal })),
    );
    await eventually('the stage that compares', () => output.includes('Comparing'));
    child.kill('SIGINT');
    assert.deepEqual(await ended, { code: 1, signal: null });
    assert.ok(!existsSync(join(folder, 'anomaly-clusters.json')), 'It ran to its end.');
    assert.match(output, /Cancelled\. The next run goes on from here\./);
    assert.ok(readdirSync(join(work, 'cache', 'bags')).length > 0);
    assert.equal(run('cluster', folder).status, 0);
  });

  it('keeps what somebody changes in the label file while it runs', async () => {
    const folder = join(work, 'sample');
    await makeSample(folder, { imagesPerClass: 4 });
    assert.equal(run('cluster', folder, '--clusters', '3').status, 0);
    const file = join(folder, 'anomaly-clusters.json');
    rmSync(join(work, 'cache'), { recursive: true });
    const child = spawn(process.execPath, [cli, 'cluster', folder, '--clusters', '3', '--seed', '1'], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (output += text.toString()));
    const ended = once(child, 'close');
    await eventually('the stage that compares', () => output.includes('Comparing'));
    writeFileSync(file, readFileSync(file, 'utf8').replace('"name": ""', '"name": "crack"'));
    assert.deepEqual(await ended, [0, null]);
    assert.match(output, /was changed meanwhile/);
    const { clusters, method } = parseLabels(readFileSync(file, 'utf8'));
    assert.ok(clusters.some(({ name }) => name === 'crack'));
    assert.equal(method.seed, 1);
  });

  it('ends at once at a second Ctrl-C, whatever it is doing', async () => {
    // Nothing reads this program's own loop, so the first Ctrl-C alone would never end it.
    const program = join(work, 'endless.mts');
    const withRun = JSON.stringify(join(root, 'worker', 'terminal', 'with-run'));
    writeFileSync(
      program,
      `import { withRun } from ${withRun};
      const paths = { dist: ${JSON.stringify(dist)}, reportPage: '', benchmarkPage: '', comparePage: '' };
      await withRun(paths, false, async () => {
        setInterval(() => undefined, 1000);
        console.log('at work');
        await new Promise(() => undefined);
      });`,
    );
    const child = spawn(process.execPath, ['--import', 'tsx', program], {
      cwd: root,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (output += text.toString()));
    const ended = once(child, 'close');
    await eventually('work', () => output.includes('at work'));
    // Signals that come together count as one, so it takes another when it was understood.
    await eventually('the end', () => child.kill('SIGINT') === false || child.signalCode !== null);
    assert.deepEqual(await ended, [null, 'SIGKILL']);
    assert.match(output, /Ended at once/);
  });

  it('writes patch embeddings for NumPy', async () => {
    const folder = join(work, 'sample');
    await makeSample(folder, { imagesPerClass: 2 });
    const at = (name: string) => join(work, name);
    const files = ['--out', at('f.npy'), '--list', at('images.txt'), '--labels', at('labels.txt')];
    assert.equal(run('features', folder, ...files, '--limit', '4').status, 0);
    const npy = readFileSync(at('f.npy'));
    assert.match(
      npy.subarray(0, 128).toString('latin1'),
      /'descr': '<f4', 'fortran_order': False, 'shape': \(4, 1024, 128\)/,
    );
    assert.equal(npy.length, 128 + 4 * 1024 * 128 * 4);
    assert.equal(readFileSync(at('images.txt'), 'utf8').trim().split('\n').length, 4);
    assert.equal(readFileSync(at('labels.txt'), 'utf8').trim().split('\n').length, 4);
  });
});
