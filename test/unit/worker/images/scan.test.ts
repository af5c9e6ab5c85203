// Folder layouts: what is an image, what is its class, what is a mask, what is normal.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { scanFolder } from '../../../../worker/images/scan';

let folder: string;

async function touch(...paths: string[]): Promise<void> {
  for (const path of paths) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), '');
  }
}

describe('a scanned folder', () => {
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'scan-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('flat: every image is unlabelled; other files, hidden files and own outputs are passed over', async () => {
    await touch(
      'b.png',
      'a.JPG',
      'notes.txt',
      '.hidden.png',
      '.cache/x.png',
      'anomaly-clusters.json',
      'node_modules/i.png',
    );
    const { layout, images } = await scanFolder(folder);
    assert.equal(layout, 'flat');
    assert.deepEqual(images, [{ path: 'a.JPG' }, { path: 'b.png' }]);
  });

  it('folder per class: the first folder is the true class', async () => {
    await touch('scratch/1.png', 'scratch/deep/2.png', 'good/1.png');
    const { layout, images, normals } = await scanFolder(folder);
    assert.equal(layout, 'classes');
    assert.deepEqual(images, [
      { path: 'good/1.png', truth: 'good' },
      { path: 'scratch/1.png', truth: 'scratch' },
      { path: 'scratch/deep/2.png', truth: 'scratch' },
    ]);
    assert.deepEqual(normals, [], 'a class called good is clustered like any other');
  });

  it('MVTec AD: test is clustered, train/good is normal, masks are no images', async () => {
    await touch(
      'train/good/000.png',
      'test/good/000.png',
      'test/cut/000.png',
      'test/combined/000.png',
      'ground_truth/cut/000_mask.png',
    );
    const { layout, images, normals } = await scanFolder(folder);
    assert.equal(layout, 'mvtec');
    assert.deepEqual(images, [
      { path: 'test/combined/000.png', truth: 'combined', mask: 'ground_truth/combined/000_mask.png' },
      { path: 'test/cut/000.png', truth: 'cut', mask: 'ground_truth/cut/000_mask.png' },
      { path: 'test/good/000.png', truth: 'good' },
    ]);
    assert.deepEqual(normals, [join(folder, 'train/good/000.png')]);
  });

  it('Magnetic Tile: the .png beside a .jpg is its mask', async () => {
    await touch('MT_Crack/Imgs/a.jpg', 'MT_Crack/Imgs/a.png', 'MT_Free/Imgs/b.jpg', 'MT_Free/Imgs/b.png');
    const { layout, images } = await scanFolder(folder);
    assert.equal(layout, 'magnetic-tile');
    assert.deepEqual(images, [
      { path: 'MT_Crack/Imgs/a.jpg', truth: 'Crack', mask: 'MT_Crack/Imgs/a.png' },
      { path: 'MT_Free/Imgs/b.jpg', truth: 'Free', mask: 'MT_Free/Imgs/b.png' },
    ]);
  });

  it('with a normal folder: its images are the bank and are not clustered', async () => {
    await touch('ok/1.png', 'bad/2.png', 'bad/3.png');
    const { images, normals } = await scanFolder(folder, join(folder, 'ok'));
    assert.deepEqual(
      images.map(({ path }) => path),
      ['bad/2.png', 'bad/3.png'],
    );
    assert.deepEqual(normals, [join(folder, 'ok/1.png')]);
  });

  it('Magnetic Tile with a normal folder: masks of normal tiles are no images either', async () => {
    await touch('MT_Crack/Imgs/a.jpg', 'MT_Crack/Imgs/a.png', 'MT_Free/Imgs/b.jpg', 'MT_Free/Imgs/b.png');
    const { images, normals } = await scanFolder(folder, join(folder, 'MT_Free'));
    assert.deepEqual(
      images.map(({ path }) => path),
      ['MT_Crack/Imgs/a.jpg'],
    );
    assert.deepEqual(normals, [join(folder, 'MT_Free/Imgs/b.jpg')]);
  });

  it('with links: a loop ends, a linked file is read, a dead link is passed over', async () => {
    await touch('a/1.png');
    await symlink(folder, join(folder, 'a', 'loop'));
    await symlink(join(folder, 'a'), join(folder, 'again'));
    await symlink(join(folder, 'a', '1.png'), join(folder, 'a', '2.png'));
    await symlink(join(folder, 'nowhere.png'), join(folder, 'a', '3.png'));
    const { images } = await scanFolder(folder);
    assert.deepEqual(
      images.map(({ path }) => path),
      ['a/1.png', 'a/2.png'],
    );
  });

  it('keeps names with spaces, quotes, emoji and letters of any script', async () => {
    const names = ['it\'s a "test" 1.png', 'Kratzer größer.png', '傷 ✂️.png'];
    await touch(...names);
    assert.deepEqual((await scanFolder(folder)).images.map(({ path }) => path).sort(), [...names].sort());
  });

  it('that does not exist is said with its path', async () => {
    await assert.rejects(scanFolder(join(folder, 'missing')), { code: 'folder-not-found', message: /missing/ });
  });
});
