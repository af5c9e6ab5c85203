// Folder layouts: what is an image, what is its class, what is a mask, what is normal.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
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
      'anomaly-area.json',
      'anomaly-area.png',
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
      { path: 'test/combined/000.png', truth: 'combined' },
      { path: 'test/cut/000.png', truth: 'cut', masks: ['ground_truth/cut/000_mask.png'] },
      { path: 'test/good/000.png', truth: 'good' },
    ]);
    assert.deepEqual(normals, [join(folder, 'train/good/000.png')]);
  });

  it('Magnetic Tile: the .png beside a .jpg is its mask', async () => {
    await touch('MT_Crack/Imgs/a.jpg', 'MT_Crack/Imgs/a.png', 'MT_Free/Imgs/b.jpg', 'MT_Free/Imgs/b.png');
    const { layout, images } = await scanFolder(folder);
    assert.equal(layout, 'magnetic-tile');
    assert.deepEqual(images, [
      { path: 'MT_Crack/Imgs/a.jpg', truth: 'Crack', masks: ['MT_Crack/Imgs/a.png'] },
      { path: 'MT_Free/Imgs/b.jpg', truth: 'Free', masks: ['MT_Free/Imgs/b.png'] },
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

  it('with images under other names, or none: their first bytes say what they are', async () => {
    const png = await sharp({ create: { width: 20, height: 20, channels: 3, background: 'red' } })
      .png()
      .toBuffer();
    await touch('1.jfif', '2.JPE', '3.pgm', 'notes.txt', 'data.csv', 'broken.dat', 'Thumbs.db');
    for (const name of ['camera', 'part.v2', 'photo.image']) await writeFile(join(folder, name), png);
    const { images, passedOver } = await scanFolder(folder);
    assert.deepEqual(
      images.map(({ path }) => path),
      ['1.jfif', '2.JPE', '3.pgm', 'camera', 'part.v2', 'photo.image'],
    );
    assert.deepEqual([...passedOver].sort(), [
      ['.csv', 1],
      ['.dat', 1],
      ['.txt', 1],
    ]);
  });

  it('leaves out what systems keep in folders, and says so', async () => {
    await touch('1.jpg', '@eaDir/1.jpg/SYNOPHOTO_THUMB_M.jpg', '#recycle/2.jpg', '$RECYCLE.BIN/3.jpg', '._1.jpg');
    await touch('lost+found/4.jpg', '#snapshot/5.jpg', '.stversions/6.jpg', '__MACOSX/7.jpg');
    const { images, passedOver } = await scanFolder(folder);
    assert.deepEqual(images, [{ path: '1.jpg' }]);
    assert.equal(passedOver.get('@eaDir/'), 1);
    assert.equal(passedOver.get('#recycle/'), 1);
  });

  it('with normal images named through a link: they are not clustered', async () => {
    await touch('ok/1.png', 'bad/2.png', 'bad/3.png');
    const outside = await mkdtemp(join(tmpdir(), 'linked-'));
    try {
      await symlink(folder, join(outside, 'link'));
      const { images } = await scanFolder(folder, join(outside, 'link', 'ok'));
      assert.deepEqual(
        images.map(({ path }) => path),
        ['bad/2.png', 'bad/3.png'],
      );
    } finally {
      await rm(outside, { recursive: true });
    }
  });
});
