// Images in tar files, as WebDataset writes them, on several machines: the groups are those of the same images as files.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { watch } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative, sep } from 'node:path';
import { gzipSync } from 'node:zlib';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { parseLabels } from '../../worker/labels';
import { makeSample } from '../../worker/sample';
import { cli } from '../tools/paths';
import { writeTar, type Member } from '../tools/tar';

/** Of killing a shard while it is at work. */
const attempts = 10;

describe('images in tar files', () => {
  const work = mkdtempSync(join(tmpdir(), 'tar-files-'));
  const at = (...names: string[]) => join(work, ...names);
  const [tars, shared] = [at('tars'), at('shared')];
  /** Bytes of each image by the path that it has in the label file. */
  const images = new Map<string, Buffer>();
  let expected: string;
  after(() => rmSync(work, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }));

  const environment = (cache: string) => ({ ...process.env, ANOMALY_CLUSTERING_CACHE: at(cache) });
  const start = (args: string[], cache: string) =>
    spawnSync(process.execPath, [cli, ...args], { encoding: 'utf8', env: environment(cache) });
  const succeed = (args: string[], cache: string) => {
    const { status, stderr, stdout } = start(args, cache);
    assert.equal(status, 0, stderr);
    return stdout;
  };
  const fail = (args: string[]) => {
    const { status, stderr } = start(args, 'failing');
    assert.notEqual(status, 0);
    return stderr;
  };
  const filesBelow = (folder: string) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8', withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll(sep, '/'))
      .sort();
  /** What the shards found, by path. */
  const found = () =>
    new Map(
      filesBelow(shared)
        .filter((path) => /shard-\d+\/\d+\.bin$/.test(path))
        .map((path) => [path, readFileSync(join(shared, path), 'base64')] as const),
    );

  before(async () => {
    await makeSample(at('sample'), { imagesPerClass: 3 });
    const photos = filesBelow(at('sample', 'test'));
    const members: Member[][] = [[], []];
    for (const [i, path] of photos.entries()) {
      const bytes = readFileSync(at('sample', 'test', path));
      const key = path.replace('.png', '');
      const beside = [
        { name: `${key}.cls`, bytes: String(i) },
        { name: `${key}.json`, bytes: '{}' },
      ];
      members[i % 2]!.push({ name: path, bytes }, ...beside);
      images.set(`${i % 2 === 0 ? 'train-000000.tar' : 'more/train-000001.tar'}/${path}`, bytes);
    }
    // Of the same content as one in the other tar file, and what must not come out of it.
    const [first, bytes] = [...images][0]!;
    const copy = `${first.split('/')[1]}/${'long-'.repeat(25)}/copy.png`;
    members[1]!.push(
      { name: copy, bytes },
      { name: '../../out.png', bytes },
      { name: '/out.png', bytes },
      { name: 'link.png', type: 'symlink', linkname: '/etc/passwd' },
    );
    images.set(`more/train-000001.tar/${copy}`, bytes);
    mkdirSync(join(tars, 'more'), { recursive: true });
    await writeTar(join(tars, 'train-000000.tar'), members[0]!);
    await writeTar(join(tars, 'more', 'train-000001.tar'), members[1]!);
    writeFileSync(join(tars, 'notes.txt'), 'no image');
    for (const [path, content] of images) {
      mkdirSync(dirname(at('files', path)), { recursive: true });
      writeFileSync(at('files', path), content);
    }
    succeed(['cluster', at('files'), '--out', at('single.json')], 'single');
    expected = readFileSync(at('single.json'), 'utf8').replace('"root": "files"', '"root": "images"');
    succeed(['plan', tars, '--shards', '2', '--work', shared], 'planning');
  });

  it('give the label file of the same images as files, and pictures where it points to', () => {
    for (const index of ['0', '1']) succeed(['shard', '--work', shared, '--index', index], 'node');
    cpSync(shared, at('copy of shared'), { recursive: true });
    const output = succeed(['merge', '--work', shared], 'merging');
    assert.equal(readFileSync(join(shared, 'anomaly-clusters.json'), 'utf8'), expected);
    assert.deepEqual(filesBelow(join(shared, 'images')), [...images.keys()].sort());
    for (const [path, bytes] of images) assert.deepEqual(readFileSync(join(shared, 'images', path)), bytes, path);
    const bytes = [...images.values()].reduce((sum, { length }) => sum + length, 0);
    assert.ok(output.includes(`Out of the tar files: ${images.size} images, ${(bytes / 1e6).toFixed(1)} MB`), output);
    assert.match(output, /Left out: more\/train-000001\.tar holds \.\.\/\.\.\/out\.png with a path that leads out/);
    assert.match(output, /Left out: more\/train-000001\.tar holds \/out\.png with an absolute path/);
    assert.match(output, /Left out: more\/train-000001\.tar\/link\.png is a link/);
    assert.deepEqual(
      filesBelow(work).filter((path) => path.endsWith('out.png') || path.endsWith('link.png')),
      [],
    );
  });

  it('are described again where a shard was killed, with the same results', async () => {
    const whole = found();
    const own = [...whole.keys()].filter((path) => path.includes('shard-00000'));
    assert.ok(own.length > 1);
    // On a busy machine a shard may be done before it hears of it.
    let wasAtWork = false;
    for (let attempt = 0; attempt < attempts && !wasAtWork; attempt++) {
      for (const path of own) rmSync(join(shared, path), { force: true });
      await killAtFirstFile(dirname(join(shared, own[0]!)), `killed ${attempt}`);
      const now = found();
      for (const [path, bytes] of now) assert.equal(bytes, whole.get(path), path);
      wasAtWork = now.size < whole.size;
    }
    assert.ok(wasAtWork, 'it was done before it was killed');
    succeed(['shard', '--work', shared, '--index', '0'], 'node');
    assert.deepEqual(found(), whole);
  });

  /** A shard, until something comes into its folder. */
  async function killAtFirstFile(folder: string, cache: string): Promise<void> {
    const looking = new AbortController();
    const changes = watch(folder, { signal: looking.signal });
    const child = spawn(process.execPath, [cli, 'shard', '--work', shared, '--index', '0'], {
      env: environment(cache),
    });
    const closed = once(child, 'close').finally(() => looking.abort());
    try {
      for await (const { eventType } of changes) if (eventType) child.kill('SIGKILL');
    } catch (error) {
      assert.equal((error as Error).name, 'AbortError');
    }
    const [, signal] = (await closed) as [number | null, NodeJS.Signals | null];
    assert.equal(signal, 'SIGKILL');
  }

  it('are all in the tables, and only those become pictures that the label file lists', async () => {
    const copy = at('copy of shared');
    succeed(['merge', '--work', copy, '--lines', '5'], 'merging');
    const { root, images: lines } = parseLabels(readFileSync(join(copy, 'anomaly-clusters.json'), 'utf8'));
    assert.equal(root, 'images');
    assert.ok(lines.length < images.size);
    assert.deepEqual(filesBelow(join(copy, 'images')), lines.map(({ path }) => path).sort());
    const rows = (await parquetReadObjects({
      file: await asyncBufferFromFile(join(copy, 'images.parquet')),
    })) as { path: string }[];
    assert.deepEqual(rows.map(({ path }) => path).sort(), [...images.keys()].sort());
    assert.match(fail(['assign', '--work', at('none')]), /There is no plan/);
    succeed(['assign', '--work', copy], 'merging');
  });

  it('keep what a person decided in the label file, whatever becomes of the tar files', () => {
    const file = join(shared, 'anomaly-clusters.json');
    const before = readFileSync(file, 'utf8');
    writeFileSync(file, before.replace('"name": ""', '"name": "dull"'));
    const moved = at('moved.tar');
    renameSync(join(tars, 'train-000000.tar'), moved);
    assert.match(
      fail(['merge', '--work', shared]),
      /train-000000\.tar#\d+\+\d+\/.*cannot be read here \(ENOENT\).*"merge --no-pictures" goes without/,
    );
    succeed(['merge', '--work', shared, '--no-pictures'], 'merging');
    assert.equal(readFileSync(file, 'utf8'), before.replace('"name": ""', '"name": "dull"'));
    renameSync(moved, join(tars, 'train-000000.tar'));
  });

  it('are known by their classes in the gallery, by the names of the folders in them', () => {
    const labels = join(shared, 'anomaly-clusters.json');
    const output = succeed(['evaluate', join(shared, 'images'), '--labels', labels], 'merging');
    assert.match(output, new RegExp(`^${images.size} images, 5 classes, `, 'm'));
  });

  it('are not taken for those that were planned where they are others by now', () => {
    const file = join(tars, 'train-000000.tar');
    const bytes = readFileSync(file);
    const changed = Buffer.from(bytes);
    const [image] = images.values();
    changed[bytes.indexOf(image!) + image!.length - 20]! ^= 1;
    writeFileSync(file, changed);
    assert.match(fail(['merge', '--work', shared]), /was changed after it was planned/);
    writeFileSync(file, bytes);
    succeed(['merge', '--work', shared], 'merging');
  });

  it('may be one tar file or a list of them, of which one is cut off', () => {
    type Planned = { id: string; files: number };
    const plan = (source: string) =>
      JSON.parse(succeed(['plan', source, '--shards', '1', '--work', at('other'), '--json'], 'planning')) as Planned;
    const ofFirst = [...images.keys()].filter((path) => path.startsWith('train-000000.tar')).length;
    assert.equal(plan(join(tars, 'train-000000.tar')).files, ofFirst);
    const cut = readFileSync(join(tars, 'more', 'train-000001.tar'));
    writeFileSync(join(tars, 'cut.tar'), cut.subarray(0, cut.length / 2));
    writeFileSync(join(tars, 'list.txt'), 'train-000000.tar\n\nmore/../cut.tar\n');
    const { id, files } = plan(join(tars, 'list.txt'));
    assert.ok(files > ofFirst && files < images.size);
    const [failure] = readFileSync(at('other', id, 'failures.jsonl'), 'utf8').split('\n');
    assert.match(failure!, /"cut\.tar","reason":"ends in the middle of .*, which is left out with all behind it/);
    rmSync(join(tars, 'cut.tar'));
  });

  it('say what cannot be planned', () => {
    const plan = (source: string) => fail(['plan', source, '--shards', '1', '--work', at('none')]);
    writeFileSync(join(tars, 'train-000000.tar.gz'), gzipSync(readFileSync(join(tars, 'train-000000.tar'))));
    assert.match(plan(join(tars, 'train-000000.tar.gz')), /train-000000\.tar\.gz is packed by gzip, so that no image/);
    writeFileSync(join(tars, 'list.txt'), 'train-000000.tar\nphoto.png\n');
    assert.match(plan(join(tars, 'list.txt')), /names tar files and photo\.png, which is none/);
    mkdirSync(at('empty'));
    writeFileSync(at('empty', 'a.tar'), '');
    assert.match(plan(at('empty')), /There are no images to cluster in .*empty\. a\.tar is empty \(0 bytes\)/);
    assert.match(plan(at('nowhere')), /There is no folder .*nowhere/);
  });
});
