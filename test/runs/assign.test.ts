// New images in a clustered folder, and the clusters of one folder on the images of another: by the command line.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { changeLabels, parseLabels, serializeLabels, type LabelDocument } from '../../worker/labels';
import { makeSample } from '../../worker/sample';
import { cli } from '../tools/paths';

describe('assigning new images', () => {
  const work = mkdtempSync(join(tmpdir(), 'assign-'));
  const env = { ...process.env, ANOMALY_CLUSTERING_CACHE: join(work, 'cache') };
  const [folder, next] = [join(work, 'week46'), join(work, 'week47')];
  const file = join(folder, 'anomaly-clusters.json');
  const kinds = ['crack', 'good', 'pore', 'scratch', 'stain'];
  const tryRun = (...args: string[]) => spawnSync(process.execPath, [cli, ...args], { encoding: 'utf8', env });
  const run = (...args: string[]) => {
    const { status, stdout, stderr } = tryRun(...args);
    assert.equal(status, 0, stderr);
    return stdout;
  };
  const assign = (...args: string[]) =>
    JSON.parse(run('assign', ...args, '--json')) as {
      added: { path: string; cluster: number; title: string }[];
      unlike: string[];
      missing: string[];
    };
  const kindOf = (path: string) => path.split('/')[1]!;
  let labelled: string;

  before(async function () {
    await makeSample(join(work, 'a'), { imagesPerClass: 12 });
    await makeSample(join(work, 'b'), { imagesPerClass: 3, seed: 2 });
    cpSync(join(work, 'a', 'test'), join(folder, 'test'), { recursive: true });
    cpSync(join(work, 'b', 'test'), join(next, 'test'), { recursive: true });
    run('cluster', folder, '--clusters', '5');
    // Each cluster is called by its kind, as the sample is found to the image.
    let document = parseLabels(readFileSync(file, 'utf8'));
    for (const { id } of document.clusters) {
      const name = kindOf(document.images.find(({ cluster }) => cluster === id)!.path);
      document = changeLabels(document, { kind: 'rename', cluster: id, name });
    }
    document = changeLabels(document, { kind: 'judge', cluster: 1, ok: true });
    labelled = serializeLabels(document);
  });
  beforeEach(() => {
    rmSync(folder, { recursive: true, force: true });
    cpSync(join(work, 'a', 'test'), join(folder, 'test'), { recursive: true });
    writeFileSync(file, labelled);
  });
  after(() => rmSync(work, { recursive: true, force: true }));

  it('gives them the clusters of their kind, and changes no line that was there', () => {
    for (const kind of kinds) {
      for (const name of readdirSync(join(next, 'test', kind)))
        copyFileSync(join(next, 'test', kind, name), join(folder, 'test', kind, `0-${name}`));
    }
    const { added, missing } = assign(folder);
    assert.equal(added.length, 15);
    const right = added.filter(({ path, title }) => title === kindOf(path) || title.startsWith('New'));
    assert.ok(right.length >= 14, JSON.stringify(added));
    assert.ok(added.filter(({ title }) => title.startsWith('New')).length <= 3);
    assert.deepEqual(missing, []);
    // The last of a list gets a comma where another one follows.
    const linesOf = (text: string) => text.split('\n').map((line) => line.replace(/,$/, ''));
    const lines = new Set(linesOf(readFileSync(file, 'utf8')));
    assert.deepEqual(
      linesOf(labelled).filter((line) => !lines.has(line)),
      [],
    );
    // Once they are known there is nothing left to do.
    const text = readFileSync(file, 'utf8');
    assert.deepEqual(assign(folder).added, []);
    assert.equal(readFileSync(file, 'utf8'), text);
  });

  it('puts what is unlike all others apart', async () => {
    const odd = 'test/odd/noise.png';
    mkdirSync(join(folder, 'test', 'odd'), { recursive: true });
    await sharp({
      create: {
        width: 256,
        height: 256,
        channels: 3,
        background: 'red',
        noise: { type: 'gaussian', mean: 128, sigma: 90 },
      },
    })
      .png()
      .toFile(join(folder, odd));
    const { added, unlike } = assign(folder);
    assert.deepEqual(unlike, [odd]);
    assert.deepEqual(
      added.map(({ path, title }) => [path, title]),
      [[odd, 'New, unlike the others']],
    );
  });

  it('takes the clusters of another folder, with their names and OK marks', () => {
    const { added } = assign(next, '--from', file);
    assert.equal(added.length, 15);
    const right = added.filter(({ path, title }) => title === kindOf(path));
    assert.ok(right.length >= 12, JSON.stringify(added));
    const own = parseLabels(readFileSync(join(next, 'anomaly-clusters.json'), 'utf8'));
    const known = parseLabels(labelled);
    for (const cluster of known.clusters)
      assert.deepEqual(
        own.clusters.find(({ id }) => id === cluster.id),
        cluster,
      );
    assert.ok(own.images.every(({ path }) => existsSync(join(next, path))));
    assert.equal(readFileSync(file, 'utf8'), labelled);
    const { status, stderr } = tryRun('assign', next, '--from', file);
    assert.equal(status, 1);
    assert.match(stderr, /is there already\. .*Nothing was written/);
    rmSync(join(next, 'anomaly-clusters.json'));
  });

  it('takes the clusters of a catalogue, whose images are not there any more', () => {
    // Of each kind a person decided on some images.
    let document = parseLabels(labelled);
    for (const { path, cluster } of document.images.filter((_, i) => i % 3 === 0))
      document = changeLabels(document, { kind: 'move', paths: [path], cluster });
    writeFileSync(file, serializeLabels(document));
    const catalogue = join(work, 'catalogue.json');
    const written = JSON.parse(run('catalogue', folder, '--out', catalogue, '--json')) as Record<string, unknown>;
    assert.deepEqual(written, { version: 1, file: catalogue, clusters: 5, examples: 60 });
    assert.equal(readFileSync(file, 'utf8'), serializeLabels(document));
    rmSync(folder, { recursive: true });
    const { added } = assign(next, '--from', catalogue);
    assert.equal(added.length, 15);
    const right = added.filter(({ path, title }) => title === kindOf(path));
    assert.ok(right.length >= 12, JSON.stringify(added));
    const own = parseLabels(readFileSync(join(next, 'anomaly-clusters.json'), 'utf8'));
    for (const cluster of document.clusters)
      assert.deepEqual(
        own.clusters.find(({ id }) => id === cluster.id),
        cluster,
      );
    rmSync(join(next, 'anomaly-clusters.json'));
    // What it says of a part of each image is told where the whole counts.
    const ofArea = join(work, 'of-area.json');
    writeFileSync(
      ofArea,
      readFileSync(catalogue, 'utf8').replace('"method": {', '"method": {"area":"anomaly-area.json",'),
    );
    assert.match(run('assign', next, '--from', ofArea), /^Catalogue: made with an area \(anomaly-area.json\)/m);
    assert.equal(parseLabels(readFileSync(join(next, 'anomaly-clusters.json'), 'utf8')).method.area, undefined);
    rmSync(join(next, 'anomaly-clusters.json'));
    const other = readFileSync(catalogue, 'utf8').replace(/"network": "../, '"network": "zz');
    writeFileSync(catalogue, other);
    const network = tryRun('assign', next, '--from', catalogue);
    assert.equal(network.status, 1);
    assert.match(network.stderr, /another version of the network .* Export it again.* Nothing was written/);
    writeFileSync(catalogue, other.slice(0, 1000));
    const cut = tryRun('assign', next, '--from', catalogue);
    assert.equal(cut.status, 1);
    assert.match(cut.stderr, /catalogue\.json: .*Nothing was written/);
    assert.equal(existsSync(join(next, 'anomaly-clusters.json')), false);
  });

  it('makes no catalogue of clusters that say nothing', () => {
    const catalogue = join(work, 'none.json');
    const document = parseLabels(labelled);
    const unnamed = document.clusters.map(({ id, color }) => ({
      id,
      name: '',
      ...(color === undefined ? {} : { color }),
    }));
    writeFileSync(file, serializeLabels({ ...document, clusters: unnamed }));
    assert.match(
      tryRun('catalogue', folder, '--out', catalogue).stderr,
      /No cluster has a name yet.*Nothing was written/,
    );
    writeFileSync(file, serializeLabels({ ...document, method: { ...document.method, weights: 'normal' } }));
    assert.match(tryRun('catalogue', folder, '--out', catalogue).stderr, /by the default method only/);
    assert.match(tryRun('catalogue', next, '--out', catalogue).stderr, /There is no label file/);
    assert.equal(existsSync(catalogue), false);
  });

  it('says what is missing: labels, or vectors to compare', () => {
    const empty = tryRun('assign', next);
    assert.equal(empty.status, 1);
    assert.match(empty.stderr, /There is no label file .*Cluster the folder first/);
    const elsewhere = tryRun('assign', next, '--from', join(work, 'nowhere.json'));
    assert.match(elsewhere.stderr, /There is no label file or catalogue/);
    const document = JSON.parse(labelled) as LabelDocument;
    writeFileSync(file, serializeLabels({ ...document, method: { ...document.method, weights: 'mask' } }));
    const masks = tryRun('assign', next, '--from', file);
    assert.match(masks.stderr, /ground-truth masks cannot be taken over/);
    assert.equal(existsSync(join(next, 'anomaly-clusters.json')), false);
    const paper: LabelDocument['method'] = {
      ...document.method,
      distance: 'max-min-mean',
      aggregate: 'mean',
      temperature: 'auto',
    };
    delete paper.name;
    writeFileSync(file, serializeLabels({ ...document, method: paper }));
    copyFileSync(join(next, 'test', 'crack', '000.png'), join(folder, 'test', 'crack', 'new.png'));
    const hausdorff = tryRun('assign', folder);
    assert.notEqual(hausdorff.status, 0);
    assert.match(hausdorff.stderr, /Hausdorff/);
  });
});
