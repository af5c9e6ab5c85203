// Decisions of a person through runs of the command line: names, merges, splits, pins and missing images, whatever happens to the folder.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClusterResult } from '../../worker/api/requests';
import { changeLabels, parseLabels, serializeLabels, type LabelChange, type LabelDocument } from '../../worker/labels';
import { makeSample } from '../../worker/sample';
import { cli } from '../tools/paths';

describe('a run after decisions', () => {
  const work = mkdtempSync(join(tmpdir(), 'decisions-'));
  const env = { ...process.env, ANOMALY_CLUSTERING_CACHE: join(work, 'cache') };
  const folder = join(work, 'images');
  const file = join(folder, 'anomaly-clusters.json');
  const image = (path: string) => join(folder, path);
  const read = () => parseLabels(readFileSync(file, 'utf8'));
  const decide = (...changes: LabelChange[]) => {
    writeFileSync(file, serializeLabels(changes.reduce(changeLabels, read())));
  };
  const tryRun = (...args: string[]) => spawnSync(process.execPath, [cli, ...args], { encoding: 'utf8', env });
  const run = (...args: string[]): ClusterResult => {
    const { status, stdout, stderr } = tryRun('cluster', folder, '--json', ...args);
    assert.equal(status, 0, stderr);
    return JSON.parse(stdout) as ClusterResult;
  };
  /** The cluster of the images of one kind of defect. */
  const clusterOf = ({ images }: LabelDocument, kind: string) => {
    const ids = new Set(images.filter(({ path }) => path.startsWith(`test/${kind}/`)).map(({ cluster }) => cluster));
    assert.equal(ids.size, 1, `${kind} is in one cluster`);
    return [...ids][0]!;
  };
  const sample = join(work, 'sample');
  let first: string;

  before(async () => {
    await makeSample(sample, { imagesPerClass: 12 });
    layOut();
    run('--clusters', '5');
    first = readFileSync(file, 'utf8');
  });
  /** The images without the normal ones, as they were. */
  const layOut = () => {
    rmSync(folder, { recursive: true, force: true });
    cpSync(join(sample, 'test'), join(folder, 'test'), { recursive: true });
  };
  beforeEach(() => {
    layOut();
    writeFileSync(file, first);
  });
  after(() => rmSync(work, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }));

  it('changes nothing when nothing is new, whatever the settings are: the label file says how', () => {
    const { changes } = run();
    assert.equal(readFileSync(file, 'utf8'), first);
    assert.deepEqual(changes, { added: [], moved: [], renamed: [], lost: [], missing: [], leftOut: [] });
  });

  it('keeps names, a merge, a split and a move, and puts new images among them', () => {
    const [crack, pore, stain] = ['crack', 'pore', 'stain'].map((kind) => clusterOf(read(), kind)) as [
      number,
      number,
      number,
    ];
    decide(
      { kind: 'rename', cluster: crack, name: 'broken' },
      { kind: 'merge', clusters: [pore, stain] },
      {
        kind: 'split',
        cluster: clusterOf(read(), 'scratch'),
        parts: [['test/scratch/000.png'], ['test/scratch/001.png']],
      },
      { kind: 'move', paths: ['test/good/000.png'], cluster: crack },
    );
    const decided = readFileSync(file, 'utf8');
    run();
    assert.equal(readFileSync(file, 'utf8'), decided);

    for (const kind of ['crack', 'pore', 'stain'])
      copyFileSync(image(`test/${kind}/001.png`), image(`test/${kind}/new.png`));
    const { changes } = run();
    const labels = read();
    assert.deepEqual(changes?.added, ['test/crack/new.png', 'test/pore/new.png', 'test/stain/new.png']);
    assert.deepEqual(changes?.moved, []);
    const of = (path: string) => labels.images.find((each) => each.path === path)?.cluster;
    assert.deepEqual(changes?.added.map(of), [crack, pore, pore]);
    const linesOf = (text: string) => text.split('\n').map((line) => line.replace(/,$/, ''));
    const lines = linesOf(readFileSync(file, 'utf8'));
    assert.deepEqual(
      linesOf(decided).filter((line) => !lines.includes(line)),
      [],
      'no line that was there changed',
    );
  });

  it('refuses to end a cluster that has a name, and does it when told', () => {
    for (const { id } of read().clusters) decide({ kind: 'rename', cluster: id, name: `kind ${id}` });
    const decided = readFileSync(file, 'utf8');
    const refused = tryRun('cluster', folder, '--clusters', '2');
    assert.equal(refused.status, 1);
    assert.match(
      refused.stderr,
      /would end clusters that have names: "kind \d", "kind \d", "kind \d"\. Nothing was written\. .*--regroup/,
    );
    assert.equal(readFileSync(file, 'utf8'), decided);
    const { changes } = run('--clusters', '2', '--regroup');
    assert.equal(changes?.lost.length, 3);
    assert.equal(read().clusters.length, 2);
    assert.ok(
      read().clusters.every(({ name }) => name.startsWith('kind ')),
      'the names of those that stay',
    );
  });

  it('knows an image that was renamed, or moved with its folder, and one that is not there for some time', () => {
    const crack = clusterOf(read(), 'crack');
    decide(
      { kind: 'pin', paths: ['test/crack/000.png'], pinned: true },
      { kind: 'rename', cluster: crack, name: 'broken' },
    );
    mkdirSync(image('later'));
    renameSync(image('test/crack'), image('later/cracks'));
    renameSync(image('test/pore/000.png'), join(work, 'away.png'));
    const { changes } = run();
    assert.equal(changes?.renamed.length, 12);
    assert.deepEqual(changes.missing, ['test/pore/000.png']);
    assert.deepEqual([changes.added, changes.moved, changes.lost], [[], [], []]);
    assert.deepEqual(
      read().images.find(({ path }) => path === 'later/cracks/000.png'),
      {
        ...{ path: 'later/cracks/000.png', cluster: crack, pinned: true },
      },
    );
    // It comes back under another name: the run in between did not see it, and remembers its content.
    renameSync(join(work, 'away.png'), image('test/pore/back.png'));
    assert.deepEqual(run().changes?.renamed, [{ from: 'test/pore/000.png', to: 'test/pore/back.png' }]);
  });

  it('keeps the lines of images that were not fetched: dead links, and pointers of Git LFS', function () {
    if (process.platform === 'win32') return this.skip();
    for (const { id } of read().clusters) decide({ kind: 'rename', cluster: id, name: `kind ${id}` });
    decide({ kind: 'pin', paths: ['test/pore/000.png', 'test/pore/001.png'], pinned: true });
    const decided = readFileSync(file, 'utf8');
    for (const name of ['000.png', '001.png']) renameSync(image(`test/pore/${name}`), join(work, name));
    symlinkSync('../../.git/annex/objects/nowhere.png', image('test/pore/000.png'));
    writeFileSync(
      image('test/pore/001.png'),
      'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n',
    );
    const { changes, failures } = run();
    assert.equal(readFileSync(file, 'utf8'), decided);
    assert.deepEqual(changes?.missing, ['test/pore/000.png']);
    assert.deepEqual(
      failures.map(({ path }) => path),
      ['test/pore/001.png'],
    );
    assert.match(failures[0]!.reason, /Git LFS/);

    // Only a person takes lines away.
    const { stdout, status } = tryRun('remove-missing', folder);
    assert.equal(status, 0);
    assert.match(stdout, /Removed: test\/pore\/000\.png\n1 image is not there\. Removed from the labels\.\n/);
    const lines = decided.split('\n').filter((line) => !line.includes('test/pore/000.png'));
    assert.equal(readFileSync(file, 'utf8'), lines.join('\n'));
    assert.match(tryRun('remove-missing', folder).stdout, /All images of the label file are there/);
  });

  it('compares with the same normal images again, and says what is missing when they are gone', () => {
    renameSync(image('test/good'), join(work, 'good'));
    run('--normal', join(work, 'good'));
    const compared = readFileSync(file, 'utf8');
    assert.deepEqual([read().method.weights, read().method['normal']], ['normal', '../good']);
    run();
    assert.equal(readFileSync(file, 'utf8'), compared);
    renameSync(join(work, 'good'), image('test/good'));
    const { status, stderr } = tryRun('cluster', folder);
    assert.equal(status, 1);
    assert.match(stderr, /no folder .*good/);
    assert.equal(readFileSync(file, 'utf8'), compared);
  });
});
