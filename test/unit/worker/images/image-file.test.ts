// The way to an image file: what a label file names can neither lead out of its folder nor at anything but a file.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withImageFile } from '../../../../worker/images/image-file';
import { fileInside } from '../../../../worker/images/inside';
import { bitmap } from '../../../tools/bitmap';

/** What it reads. */
const readImageFile = (file: string) => withImageFile(file, (bytes) => Promise.resolve(bytes));

describe('a path of a label file', () => {
  const folder = join(tmpdir(), 'photos');

  it('leads to a file of the folder', () => {
    for (const path of ['a.png', 'x/y/a.png', './a.png', '..a.png', 'x/../a.png', '-rf.png', 'a\nb.png', ' a.png ']) {
      assert.equal(fileInside(folder, path), join(folder, path), path);
    }
  });

  it('is refused where it leads anywhere else', () => {
    for (const path of [
      '',
      '.',
      '..',
      '../a.png',
      'x/../../a.png',
      '/etc/passwd',
      'a\0.png',
      '../photos2/a.png',
      'x/..',
    ]) {
      assert.equal(fileInside(folder, path), undefined, JSON.stringify(path));
    }
  });
});

describe('an image file', () => {
  let folder: string;
  const at = (name: string) => join(folder, name);
  before(() => (folder = mkdtempSync(join(tmpdir(), 'image-file-'))));
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('is read as it is, also through a link of the folder', async () => {
    const bytes = bitmap(21, 17, 24);
    writeFileSync(at('a.bmp'), bytes);
    symlinkSync(at('a.bmp'), at('link'));
    for (const name of ['a.bmp', 'link'])
      assert.deepEqual(Buffer.from(await readImageFile(at(name))), Buffer.from(bytes));
  });

  it('that is empty is refused with that reason', async () => {
    writeFileSync(at('empty.png'), '');
    await assert.rejects(readImageFile(at('empty.png')), { name: 'ImageError', message: 'is empty (0 bytes)' });
  });

  it('of another kind is refused by its first bytes, however large it is', async () => {
    writeFileSync(at('large.png'), '<svg xmlns="http://www.w3.org/2000/svg">');
    truncateSync(at('large.png'), 2 ** 31 - 1);
    await assert.rejects(readImageFile(at('large.png')), { name: 'ImageError', message: /^is an SVG drawing/ });
    truncateSync(at('large.png'), 2 ** 31);
    await assert.rejects(readImageFile(at('large.png')), { name: 'ImageError', message: /^is larger than 2 GB/ });
  });

  it('is neither a folder nor a pipe nor a device', async function () {
    mkdirSync(at('folder.png'));
    await assert.rejects(readImageFile(at('folder.png')), { name: 'ImageError', message: /^is a folder/ });
    if (process.platform === 'win32') return this.skip();
    symlinkSync('/dev/zero', at('zero.png'));
    await assert.rejects(readImageFile(at('zero.png')), { name: 'ImageError', message: /pipe or a device/ });
    if (spawnSync('mkfifo', [at('pipe.png')]).status !== 0) return;
    await assert.rejects(readImageFile(at('pipe.png')), { name: 'ImageError', message: /pipe or a device/ });
  });
});
