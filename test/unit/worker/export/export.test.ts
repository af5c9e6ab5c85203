// Exports: what other tools are to read, and folders of images in which nothing is overwritten.
import assert from 'node:assert/strict';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { placeInFolders } from '../../../../worker/export/folders';
import { toCocoImages } from '../../../../worker/export/coco';
import { toCsv, toFiftyOne } from '../../../../worker/export/label-formats';
import type { LabelDocument } from '../../../../worker/labels';
import { labelMethod } from '../../../tools/label-method';

const labels: LabelDocument = {
  version: 1,
  root: '.',
  method: labelMethod,
  clusters: [
    { id: 1, name: 'scratch, "deep"' },
    { id: 4, name: 'a/b' },
    { id: 7, name: 'A:B' },
  ],
  images: [
    { path: 'x/0.png', cluster: 1 },
    { path: 'y/0.png', cluster: 1, pinned: true },
    { path: '=cmd.png', cluster: 4 },
    { path: 'z.tar.png', cluster: 7 },
  ],
};

describe('exports', () => {
  it('write a table that spreadsheets read and do not run', () => {
    const analysis = { images: [{ path: 'x/0.png', score: 0.5, truth: 'crack' }] };
    assert.equal(
      toCsv(labels, analysis),
      [
        '"path","cluster","name","pinned","anomaly_score","ground_truth"',
        '"x/0.png","1","scratch, ""deep""","false","0.5","crack"',
        '"y/0.png","1","scratch, ""deep""","true",,',
        '"\'=cmd.png","4","a/b","false",,',
        '"z.tar.png","7","A:B","false",,',
        '',
      ].join('\n'),
    );
  });

  it('write COCO categories and FiftyOne labels that belong together', () => {
    const coco = JSON.parse(toCocoImages(labels)) as {
      images: { id: number; file_name: string }[];
      categories: { id: number; name: string }[];
      annotations: { image_id: number; category_id: number }[];
    };
    const named = coco.annotations.map(({ image_id, category_id }) => [
      coco.images.find(({ id }) => id === image_id)!.file_name,
      coco.categories.find(({ id }) => id === category_id)!.name,
    ]);
    assert.deepEqual(named[2], ['=cmd.png', 'a/b']);
    const fiftyOne = JSON.parse(toFiftyOne(labels)) as { classes: string[]; labels: Record<string, number> };
    assert.equal(fiftyOne.classes[fiftyOne.labels['z.tar']!], 'A:B');
    assert.equal(fiftyOne.classes[fiftyOne.labels['y/0']!], 'scratch, "deep"');
  });

  it('place images in folders, by copies and links, and leave what is there', async () => {
    const work = mkdtempSync(join(tmpdir(), 'export-'));
    try {
      const folder = join(work, 'images');
      for (const sub of ['x', 'y']) mkdirSync(join(folder, sub), { recursive: true });
      for (const { path } of labels.images) writeFileSync(join(folder, path), path);
      const target = join(work, 'out');
      assert.deepEqual(await placeInFolders(labels, folder, target, 'copy'), { placed: 4, failures: [] });
      assert.deepEqual(readdirSync(target).sort(), ['A_B (7)', 'a_b (4)', 'scratch, _deep_']);
      const scratch = join(target, 'scratch, _deep_');
      assert.deepEqual(readdirSync(scratch).sort(), ['0.png', 'y__0.png']);
      assert.equal(readFileSync(join(scratch, 'y__0.png'), 'utf8'), 'y/0.png');

      writeFileSync(join(scratch, '0.png'), 'precious');
      const again = await placeInFolders(labels, folder, target, 'copy');
      assert.equal(again.placed, 0);
      assert.match(again.failures[0]!.reason, /is there already/);
      assert.equal(readFileSync(join(scratch, '0.png'), 'utf8'), 'precious');

      await placeInFolders(labels, folder, join(work, 'hard'), 'hard link');
      const linked = statSync(join(work, 'hard', 'scratch, _deep_', '0.png')).ino;
      assert.equal(linked, statSync(join(folder, 'x', '0.png')).ino);
      rmSync(join(folder, 'z.tar.png'));
      const soft = await placeInFolders(labels, folder, join(work, 'soft'), 'symbolic link');
      assert.ok(lstatSync(join(work, 'soft', 'scratch, _deep_', '0.png')).isSymbolicLink());
      assert.deepEqual(soft, { placed: 3, failures: [{ path: 'z.tar.png', reason: 'is no longer there' }] });
      assert.ok(!existsSync(join(work, 'soft', 'A_B (7)', 'z.tar.png')));
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  });

  it('place nothing from outside the folder', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'confined-'));
    writeFileSync(join(folder, 'secret.txt'), 'secret');
    mkdirSync(join(folder, 'photos'));
    const images = ['../secret.txt', join(folder, 'secret.txt'), 'x/../../secret.txt'].map((path) => ({
      path,
      cluster: 1,
    }));
    for (const placing of ['copy', 'hard link', 'symbolic link'] as const) {
      const target = join(folder, placing);
      const { placed, failures } = await placeInFolders({ ...labels, images }, join(folder, 'photos'), target, placing);
      assert.equal(placed, 0);
      assert.deepEqual(
        failures.map(({ path, reason }) => [path, /leads out of the clustered folder/.test(reason)]),
        images.map(({ path }) => [path, true]),
      );
      assert.ok(!existsSync(target));
    }
    rmSync(folder, { recursive: true });
  });

  it('give every cluster a folder of its own, whatever the names are', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'export-names-'));
    try {
      const names = ['crack (4)', 'a/b', 'A:B', 'crack', 'Crack', 'con', 'line\nfeed', 'line feed', '...', ''];
      const clusters = names.map((name, i) => ({ id: i + 1, name }));
      const images = clusters.map(({ id }) => ({ path: `${id}.png`, cluster: id }));
      for (const { path } of images) writeFileSync(join(folder, path), path);
      const target = join(folder, 'export');
      const { placed, failures } = await placeInFolders({ ...labels, clusters, images }, folder, target, 'copy');
      assert.deepEqual({ placed, failures }, { placed: names.length, failures: [] });
      const folders = readdirSync(target);
      assert.equal(new Set(folders.map((name) => name.toLowerCase())).size, names.length);
      for (const name of folders) assert.equal(readdirSync(join(target, name)).length, 1, name);
      assert.ok(folders.includes('crack (4)'));
      assert.ok(!folders.some((name) => /^con$/i.test(name)));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('give every image a name of its own, also where a path looks like another one', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'export-images-'));
    try {
      const paths = ['x/0.png', 'y/0.png', 'y__0.png', 'z/0.PNG'];
      for (const path of paths) {
        mkdirSync(join(folder, path, '..'), { recursive: true });
        writeFileSync(join(folder, path), path);
      }
      const images = paths.map((path) => ({ path, cluster: 1 }));
      const target = join(folder, 'export');
      const { placed, failures } = await placeInFolders({ ...labels, images }, folder, target, 'copy');
      assert.deepEqual({ placed, failures }, { placed: 4, failures: [] });
      const own = join(target, readdirSync(target)[0]!);
      assert.deepEqual(
        readdirSync(own)
          .map((name) => readFileSync(join(own, name), 'utf8'))
          .sort(),
        [...paths].sort(),
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('refuse what FiftyOne cannot tell apart', () => {
    const images = ['a.png', 'a.jpg'].map((path) => ({ path, cluster: 1 }));
    assert.throws(() => toFiftyOne({ ...labels, images }), { code: 'invalid-setting', message: /a\.png and a\.jpg/ });
  });
});
