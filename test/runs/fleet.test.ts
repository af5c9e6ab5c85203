// One folder on several machines: whatever happens to the shards, the result is that of one process.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { createRandom } from '../../worker/base/random';
import { parseLabels, serializeLabels } from '../../worker/labels';
import { makeSample } from '../../worker/sample';
import { cli } from '../tools/paths';

const kills = 20;

/** Which images are together, whatever their clusters are called. */
function partsOf(images: readonly { path: string; cluster: number }[]): string[] {
  const parts = new Map<number, string[]>();
  for (const { path, cluster } of images) parts.set(cluster, [...(parts.get(cluster) ?? []), path]);
  return [...parts.values()].map((paths) => paths.sort().join(' ')).sort();
}

describe('a folder that several machines share', () => {
  const work = mkdtempSync(join(tmpdir(), 'fleet-'));
  const folder = join(work, 'sample');
  const shared = join(work, 'shared');
  const single = join(work, 'single.json');
  after(() => rmSync(work, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }));

  const environment = (cache: string, more: NodeJS.ProcessEnv = {}) => ({
    ...process.env,
    ANOMALY_CLUSTERING_CACHE: join(work, cache),
    ...more,
  });
  const start = (args: string[], cache: string, more: NodeJS.ProcessEnv = {}) =>
    spawnSync(process.execPath, [cli, ...args], { encoding: 'utf8', env: environment(cache, more) });
  const succeed = (args: string[], cache: string, more: NodeJS.ProcessEnv = {}) => {
    const { status, stderr, stdout } = start(args, cache, more);
    assert.equal(status, 0, stderr);
    return stdout;
  };
  /** How `merge` grouped very many images. */
  const merged = 'groups.bin';
  /** What the shards found, by path: every file but those for people, and what was merged. */
  const found = () =>
    new Map(
      readdirSync(shared, { recursive: true, encoding: 'utf8', withFileTypes: true })
        .filter(
          (entry) =>
            entry.isFile() && entry.name.endsWith('.bin') && !entry.name.startsWith('.') && entry.name !== merged,
        )
        .map((entry) => join(entry.parentPath, entry.name))
        .map((file) => [relative(shared, file), readFileSync(file).toString('base64')] as const),
    );
  const merge = (name: string) => {
    succeed(['merge', '--work', shared, '--out', join(work, name)], 'merging');
    return readFileSync(join(work, name), 'utf8');
  };
  /** The rows of the Parquet file, as another program reads them. */
  const table = async () =>
    (await parquetReadObjects({ file: await asyncBufferFromFile(join(shared, 'images.parquet')) })) as {
      path: string;
      cluster: number;
      name: string;
    }[];
  let expected: string;
  let all: Map<string, string>;

  before(async () => {
    await makeSample(folder, { imagesPerClass: 4 });
    // A copy, and what is no image: neither is lost or counted twice.
    const [first] = readdirSync(join(folder, 'test', 'good'));
    writeFileSync(join(folder, 'test', 'good', 'copy.png'), readFileSync(join(folder, 'test', 'good', first!)));
    writeFileSync(join(folder, 'test', 'good', 'empty.png'), '');
    succeed(['cluster', folder, '--out', single], 'single');
    expected = readFileSync(single, 'utf8');
    succeed(['plan', folder, '--shards', '2', '--work', shared], 'planning');
  });

  it('says which shards are missing', () => {
    const { status, stderr } = start(['merge', '--work', shared, '--out', join(work, 'early.json')], 'merging');
    assert.equal(status, 1);
    assert.match(stderr, /Shards 0-1 are not done/);
  });

  it('gives the bytes of one process, with the index of Slurm and of Kubernetes', () => {
    succeed(['shard', '--work', shared], 'node', { SLURM_ARRAY_TASK_ID: '0' });
    succeed(['shard', '--work', shared], 'other node', { JOB_COMPLETION_INDEX: '1' });
    all = found();
    assert.equal(merge('merged.json'), expected);
  });

  it('gives the same clusters where the label file has chosen images only, and a table has all', async () => {
    const chosen = join(work, 'chosen.json');
    succeed(['merge', '--work', shared, '--lines', '10', '--out', chosen], 'merging');
    const { images, clusters } = parseLabels(readFileSync(chosen, 'utf8'));
    const all = parseLabels(expected).images;
    assert.ok(images.length >= clusters.length && images.length < all.length);
    const rows = await table();
    assert.deepEqual(partsOf(rows), partsOf(all));
    for (const line of images) assert.equal(rows.find(({ path }) => path === line.path)?.cluster, line.cluster);
    const [head, ...lines] = readFileSync(join(shared, 'images.csv'), 'utf8').trim().split('\n');
    assert.equal(head, 'path,cluster,name,score,silhouette,listed,decided');
    assert.equal(lines.length, all.length);
  });

  it('brings what people decide on the chosen images to all', async () => {
    const chosen = join(work, 'chosen.json');
    const labels = parseLabels(readFileSync(chosen, 'utf8'));
    const before = new Map((await table()).map(({ path, cluster }) => [path, cluster]));
    // A person merges one cluster into another, as the gallery does, and gives that a name.
    const [first, gone] = labels.clusters.map(({ id }) => id) as [number, number];
    const clusters = labels.clusters.filter(({ id }) => id !== gone);
    Object.assign(clusters[0]!, { name: 'dull', kept: true });
    const images = labels.images.map((line) => (line.cluster === gone ? { ...line, cluster: first } : line));
    writeFileSync(chosen, serializeLabels({ ...labels, clusters, images }));
    succeed(['assign', '--work', shared], 'merging');
    for (const { path, cluster, name } of await table()) {
      assert.equal(cluster, before.get(path) === gone ? first : before.get(path), path);
      assert.equal(name, cluster === first ? 'dull' : '');
    }
    // Another merge keeps what was decided.
    succeed(['merge', '--work', shared, '--lines', '10', '--out', chosen], 'merging');
    const after = parseLabels(readFileSync(chosen, 'utf8')).images;
    for (const { path, cluster } of images.filter((line) => line.cluster === first))
      assert.equal(after.find((line) => line.path === path)?.cluster, cluster, path);
  });

  it('gives the same plan, whose results count, when it is made again', () => {
    succeed(['plan', folder, '--shards', '2', '--work', shared], 'planning');
    assert.deepEqual(found(), all);
    const { known, images } = JSON.parse(succeed(['shard', '--work', shared, '--index', '0', '--json'], 'third')) as {
      known: number;
      images: number;
    };
    assert.equal(known, images);
  });

  it('does a part again whose file was cut off', () => {
    const [name] = [...all.keys()].filter((path) => path.includes('shard-00001'));
    truncateSync(join(shared, name!), 100);
    const { stderr } = start(['merge', '--work', shared, '--out', join(work, 'cut.json')], 'merging');
    assert.match(stderr, /Shard 1 is not done/);
    succeed(['shard', '--work', shared, '--index', '1'], 'other node');
    assert.deepEqual(found(), all);
  });

  it('loses and doubles nothing where a shard runs twice at once', async () => {
    for (const path of all.keys()) if (path.includes('shard-')) rmSync(join(shared, path));
    const run = (cache: string) =>
      spawn(process.execPath, [cli, 'shard', '--work', shared, '--index', '0'], { env: environment(cache) });
    const both = [run('twin'), run('other twin')].map((child) => once(child, 'close'));
    for (const [code] of await Promise.all(both)) assert.equal(code, 0);
    succeed(['shard', '--work', shared, '--index', '1'], 'node');
    assert.deepEqual(found(), all);
  });

  it(`loses and doubles nothing where a shard is killed at ${kills} moments`, async () => {
    const random = createRandom(7);
    for (const path of all.keys()) if (path.includes('shard-')) rmSync(join(shared, path));
    // Caches of their own: each attempt stands for another machine, which has embedded nothing yet.
    const attempt = async (index: number, milliseconds: number) => {
      const child = spawn(process.execPath, [cli, 'shard', '--work', shared, '--index', String(index % 2)], {
        env: environment(`attempt ${index}`),
      });
      const closed = once(child, 'close');
      // eslint-disable-next-line no-restricted-globals -- the moment of the kill is what is meant
      const timer = setTimeout(() => child.kill('SIGKILL'), milliseconds);
      await closed;
      clearTimeout(timer);
      rmSync(join(work, `attempt ${index}`), { recursive: true, force: true });
    };
    const begin = performance.now();
    await attempt(0, 600_000);
    const whole = performance.now() - begin;
    for (const path of all.keys()) if (path.includes('shard-')) rmSync(join(shared, path), { force: true });
    let partly = 0;
    for (let kill = 0; kill < kills; kill++) {
      await attempt(kill, random.between(0, whole));
      const now = found();
      for (const [path, bytes] of now) assert.equal(bytes, all.get(path), `${path} is another one`);
      if (now.size > 1 && now.size < all.size) partly++;
    }
    assert.ok(partly > 0, 'no kill came while a shard was at work');
    for (const index of ['0', '1']) succeed(['shard', '--work', shared, '--index', index], 'node');
    assert.deepEqual(found(), all);
    assert.equal(merge('killed.json'), expected);
  });

  it('takes a list of paths in place of a folder', () => {
    const listed = ['test/crack/000.png', join(folder, 'test', 'good', '000.png'), 'test/good/copy.png', 'none.png'];
    writeFileSync(join(folder, 'list.txt'), listed.join('\n'));
    const command = ['plan', join(folder, 'list.txt'), '--shards', '1', '--work', join(work, 'listed'), '--json'];
    const { files, images } = JSON.parse(succeed(command, 'planning')) as { files: number; images: number };
    rmSync(join(folder, 'list.txt'));
    assert.deepEqual({ files, images }, { files: 3, images: 2 });
  });

  it('tells what is wrong with a work folder and an index', () => {
    const nothing = start(['shard', '--work', join(work, 'nothing'), '--index', '0'], 'node');
    assert.equal(nothing.status, 1);
    assert.match(nothing.stderr, /There is no plan in .*nothing\. Make one first/);
    assert.match(start(['shard', '--work', shared, '--index', '2'], 'node').stderr, /there is no shard 2/);
    const unknown = start(['shard', '--work', shared], 'node', { SLURM_ARRAY_TASK_ID: '', JOB_COMPLETION_INDEX: '' });
    assert.equal(unknown.status, 2);
    assert.match(unknown.stderr, /Which shard\?/);
    assert.match(
      start(['plan', folder, '--shards', '2', '--work', shared, '--method', 'paper'], 'node').stderr,
      /Only the default method/,
    );
  });
});
