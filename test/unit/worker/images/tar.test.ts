// Tar files of images, as GNU tar and a library write them: where each image lies, and what in them is odd.
import assert from 'node:assert/strict';
import {
  appendFileSync,
  closeSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { ImageFailure } from '../../../../worker/api/requests';
import { fileOf } from '../../../../worker/describe/dataset';
import { locate, withImageFile } from '../../../../worker/images/image-file';
import { classesOf } from '../../../../worker/images/layout';
import { scanFolder } from '../../../../worker/images/scan';
import { addressIn, addressOf } from '../../../../worker/images/tar/address';
import { listTarImages } from '../../../../worker/images/tar/list-images';
import { bitmap } from '../../../tools/bitmap';
import { hasGnuTar, runTar, writeTar } from '../../../tools/tar';
import { tiff } from '../../../tools/tiff';

describe('tar files of images', () => {
  let folder: string;
  const at = (name: string) => join(folder, name);
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'tar-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** Images by their path, and what is told. */
  const list = async (...tars: string[]) => {
    const failures: ImageFailure[] = [];
    const passedOver = new Map<string, number>();
    const places = await listTarImages(folder, tars, { failures, passedOver, isOwn: () => false });
    return { places, paths: [...places.keys()], failures, passedOver: Object.fromEntries(passedOver) };
  };
  const read = (path: string) => withImageFile(path, (bytes) => Promise.resolve(Buffer.from(bytes)));
  const reasons = (failures: readonly ImageFailure[]) => failures.map(({ path, reason }) => `${path} ${reason}`);

  const long = `${'d'.repeat(90)}/${'e'.repeat(120)}/${'f'.repeat(190)}.bmp`;
  for (const format of ['gnu', 'pax', 'ustar', 'v7', 'oldgnu']) {
    it(`give each image its own bytes in the format ${format}`, async function () {
      if (!hasGnuTar) this.skip();
      const isShort = format === 'ustar' || format === 'v7';
      const names = ['./1.bmp', 'scratch/ä b.bmp', 'empty.bmp', ...(isShort ? [`${'g'.repeat(90)}.bmp`] : [long])];
      const images = names.map((name, i) => [name, name === 'empty.bmp' ? '' : bitmap(5 + i, 3, 24)] as const);
      for (const [name, bytes] of images) {
        mkdirSync(dirname(at(name)), { recursive: true });
        writeFileSync(at(name), bytes);
        writeFileSync(at(`${name.slice(0, 1)}.cls`), '1');
      }
      runTar(folder, 'cf', 'a.tar', `--format=${format}`, '--sort=name', ...names, './..cls');
      const { places, paths, failures } = await list('a.tar');
      assert.deepEqual(paths, images.map(([name]) => `a.tar/${name.replace('./', '')}`).sort());
      assert.deepEqual(failures, []);
      for (const [name, bytes] of images) {
        const path = `a.tar/${name.replace('./', '')}`;
        const file = fileOf(folder, path, places.get(path));
        if (bytes === '') await assert.rejects(read(file), { name: 'ImageError', message: 'is empty (0 bytes)' });
        else assert.deepEqual(await read(file), Buffer.from(bytes), name);
      }
    });
  }

  it('of several kinds of headers are what the system unpacks', async function () {
    if (!hasGnuTar) this.skip();
    for (let i = 0; i < 60; i++) {
      const name = `${'x/'.repeat(i)}${'y'.repeat((i * 7) % 150)}${i}.bmp`;
      mkdirSync(dirname(at(`in/${name}`)), { recursive: true });
      writeFileSync(at(`in/${name}`), bitmap(1 + i, 1 + ((i * 31) % 70), 24));
    }
    // A global header, headers of each member, and long names of another kind behind them.
    runTar(folder, 'cf', 'a.tar', '--format=pax', '--pax-option=globexthdr.name=g,comment=all', '-C', 'in', '.');
    mkdirSync(at('out'));
    runTar(folder, 'xf', 'a.tar', '-C', 'out');
    const { places, failures } = await list('a.tar');
    assert.deepEqual(failures, []);
    assert.equal(places.size, 60);
    for (const [path, place] of places)
      assert.deepEqual(await read(fileOf(folder, path, place)), readFileSync(at(path.replace('a.tar', 'out'))), path);
  });

  it('are passed over where a member is no image, and looked at where its name does not say', async () => {
    const bytes = bitmap(4, 4, 24);
    await writeTar(at('a.tar'), [
      { name: '1.bmp', bytes },
      { name: '1.cls', bytes: '0' },
      { name: '1.json', bytes: '{}' },
      { name: '2.input', bytes },
      { name: '3.input', bytes: 'text' },
      { name: '._1.bmp', bytes },
      { name: '.hidden/4.bmp', bytes },
      { name: '__MACOSX/5.bmp', bytes },
      { name: 'folder.bmp', type: 'directory' },
    ]);
    const { paths, failures, passedOver } = await list('a.tar');
    assert.deepEqual(paths, ['a.tar/1.bmp', 'a.tar/2.input']);
    assert.deepEqual(failures, []);
    assert.deepEqual(passedOver, { '.cls': 1, '.json': 1, '.input': 1, '__MACOSX/': 1 });
  });

  it('leave out names that lead elsewhere, and say so', async () => {
    const bytes = bitmap(4, 4, 24);
    const names = ['../out.bmp', 'a/../../out.bmp', '..', '/etc/out.bmp', 'C:out.bmp', '..\\out.bmp', 'a\\b.bmp'];
    await writeTar(at('a.tar'), [
      ...names.map((name) => ({ name, bytes })),
      { name: `${'n'.repeat(201)}.bmp`, bytes },
      { name: 'scan.tif#2', bytes },
      { name: './/sub/./1.bmp', bytes },
    ]);
    const { paths, failures } = await list('a.tar');
    assert.deepEqual(paths, ['a.tar/sub/1.bmp']);
    assert.deepEqual(reasons(failures), [
      'a.tar holds ../out.bmp, and 2 more like it, with a path that leads out of it',
      'a.tar holds /etc/out.bmp, and 1 more like it, with an absolute path',
      'a.tar holds ..\\out.bmp, and 1 more like it, with a backslash or a NUL in its name',
      `a.tar holds ${'n'.repeat(201)}.bmp with a name of more than 200 bytes`,
      'a.tar holds scan.tif#2 with the name of a page of a TIFF',
    ]);
  });

  it('leave out links, devices and what lies below a file', async () => {
    const bytes = bitmap(4, 4, 24);
    await writeTar(at('a.tar'), [
      { name: '1.bmp', bytes },
      { name: '2.bmp', type: 'symlink', linkname: '/etc/passwd' },
      { name: '3.bmp', type: 'link', linkname: '1.bmp' },
      { name: '4.bmp', type: 'fifo' },
      { name: 'scratch', type: 'symlink', linkname: '/tmp' },
      { name: 'scratch/5.bmp', bytes },
      { name: '1.bmp/6.bmp', bytes },
    ]);
    const { paths, failures } = await list('a.tar');
    assert.deepEqual(paths, ['a.tar/1.bmp']);
    assert.deepEqual(reasons(failures), [
      'a.tar/2.bmp is a link, which is not followed. Put the image itself into the tar file',
      'a.tar/3.bmp is a link, which is not followed. Put the image itself into the tar file',
      'a.tar/4.bmp is not a file but a device or a pipe',
      'a.tar holds scratch/5.bmp, and 1 more like it, below a file of that name, where no file can be',
    ]);
  });

  it('take the last of several members of one name, as the system unpacks it, and say so', async () => {
    const [first, last] = [bitmap(4, 4, 24), bitmap(9, 2, 24)];
    await writeTar(at('a.tar'), [
      { name: '1.bmp', bytes: first },
      { name: '2.bmp', bytes: first },
      { name: './1.bmp', bytes: last },
      { name: '2.bmp', type: 'symlink', linkname: '1.bmp' },
    ]);
    const { places, paths, failures } = await list('a.tar');
    assert.deepEqual(paths, ['a.tar/1.bmp']);
    assert.deepEqual(await read(fileOf(folder, 'a.tar/1.bmp', places.get('a.tar/1.bmp'))), Buffer.from(last));
    assert.match(reasons(failures)[0]!, /a\.tar\/2\.bmp is a link/);
    assert.match(reasons(failures)[1]!, /holds \.\/1\.bmp, and 1 more like it, several times: the last one counts/);
  });

  it('leave out sparse files of each kind', async function () {
    if (!hasGnuTar) this.skip();
    writeFileSync(at('2.bmp'), bitmap(2, 2, 24));
    truncateSync(at('2.bmp'), 5_000_000);
    for (const name of ['1.bmp', '3.bmp']) writeFileSync(at(name), bitmap(4, 4, 24));
    runTar(folder, 'cf', 'pax.tar', '--format=pax', '--sparse', '1.bmp', '2.bmp', '3.bmp');
    runTar(folder, 'cf', 'gnu.tar', '--format=gnu', '--sparse', '1.bmp', '2.bmp', '3.bmp');
    const pax = await list('pax.tar');
    assert.deepEqual(pax.paths, ['pax.tar/1.bmp', 'pax.tar/3.bmp']);
    assert.match(reasons(pax.failures).join(), /^pax\.tar\/2\.bmp is a sparse file, which is not read/);
    const gnu = await list('gnu.tar');
    assert.deepEqual(gnu.paths, ['gnu.tar/1.bmp']);
    assert.match(reasons(gnu.failures).join(), /gnu\.tar holds a sparse file, 2\.bmp, behind which nothing is read/);
  });

  it('are read as far as they are whole, and say where they end', async () => {
    const members = [1, 2, 3].map((i) => ({ name: `${i}.bmp`, bytes: bitmap(20, 20 + i, 24) }));
    await writeTar(at('whole.tar'), members);
    const { places } = await list('whole.tar');
    const [second, third] = ['2.bmp', '3.bmp'].map((name) => places.get(`whole.tar/${name}`)!);
    const cut = async (name: string, length: number) => {
      copyFileSync(at('whole.tar'), at(name));
      truncateSync(at(name), length);
      const { paths, failures } = await list(name);
      return [paths.length, ...failures.map(({ reason }) => reason)] as const;
    };
    const [inside, reason] = await cut('inside.tar', second!.offset + 700);
    assert.equal(inside, 1);
    assert.match(reason!, /^ends in the middle of 2\.bmp, which is left out with all behind it/);
    // In a header, between two members, and where only the end is missing: nothing tells which of them it is.
    for (const [length, count] of [
      [third!.offset - 100, 2],
      [third!.offset - 512, 2],
      [third!.offset + third!.size, 3],
    ] as const) {
      const [found, told] = await cut('border.tar', length);
      assert.equal(found, count);
      assert.match(told!, /^has no mark of its end, so more may have been in it/);
    }
  });

  it('that are damaged, packed, put together or no tar files say so', async () => {
    const bytes = bitmap(20, 20, 24);
    await writeTar(
      at('a.tar'),
      ['1.bmp', '2.bmp'].map((name) => ({ name, bytes })),
    );
    const { places } = await list('a.tar');
    const damaged = openSync(at('a.tar'), 'r+');
    writeSync(damaged, 'zzzz', places.get('a.tar/2.bmp')!.offset - 500);
    closeSync(damaged);
    const found = await list('a.tar');
    assert.deepEqual(found.paths, ['a.tar/1.bmp']);
    assert.match(reasons(found.failures).join(), /a\.tar is damaged at byte \d+; what is behind that is left out/);

    await writeTar(at('b.tar'), [{ name: '1.bmp', bytes }]);
    writeFileSync(at('packed.tar'), gzipSync(readFileSync(at('b.tar'))));
    appendFileSync(at('b.tar'), readFileSync(at('b.tar')));
    writeFileSync(at('text.tar'), 'no tar file'.repeat(100));
    writeFileSync(at('short.tar'), 'short');
    writeFileSync(at('none.tar'), '');
    const others = await list('b.tar', 'packed.tar', 'text.tar', 'short.tar', 'none.tar', 'missing.tar');
    assert.deepEqual(others.paths, ['b.tar/1.bmp']);
    const [together, packed, text, short, none, missing] = reasons(others.failures);
    assert.match(together!, /^b\.tar goes on behind the mark of its end/);
    assert.match(packed!, /^packed\.tar is packed by gzip, so that no image in it can be read alone\. Unpack it/);
    assert.equal(text, 'text.tar is no tar file');
    assert.equal(short, 'short.tar is no tar file');
    assert.equal(none, 'none.tar is empty (0 bytes)');
    assert.equal(missing, 'missing.tar is not there');
  });

  it('refuse a member of more than 2 GB, and find what is behind it', async () => {
    const large = 3_000_000_000;
    // Its header, a hole in place of its bytes, and another member.
    await writeTar(at('part.tar'), [{ name: '2.bmp', bytes: bitmap(4, 4, 24) }]);
    await writeTar(at('a.tar'), [{ name: '1.bmp', bytes: '' }]);
    const header = readFileSync(at('a.tar')).subarray(0, 512);
    header.write(`${large.toString(8).padStart(11, '0')} `, 124, 'latin1');
    header.fill(' ', 148, 156);
    header.write(
      `${header
        .reduce((sum, byte) => sum + byte, 0)
        .toString(8)
        .padStart(6, '0')}\0 `,
      148,
      'latin1',
    );
    writeFileSync(at('a.tar'), header);
    truncateSync(at('a.tar'), 512 + Math.ceil(large / 512) * 512);
    appendFileSync(at('a.tar'), readFileSync(at('part.tar')));
    const { places, failures } = await list('a.tar');
    assert.deepEqual([...places.keys()], ['a.tar/1.bmp', 'a.tar/2.bmp']);
    assert.deepEqual(failures, []);
    const [one, two] = [...places].map(([path, place]) => fileOf(folder, path, place));
    const head = openSync(at('a.tar'), 'r+');
    writeSync(head, bitmap(4, 4, 24), 0, undefined, 512);
    closeSync(head);
    await assert.rejects(read(one!), { name: 'ImageError', message: /^is larger than 2 GB/ });
    assert.deepEqual(await read(two!), Buffer.from(bitmap(4, 4, 24)));
  });

  it('refuse a member whose tar file became shorter meanwhile', async () => {
    await writeTar(at('a.tar'), [{ name: '1.bmp', bytes: bitmap(30, 30, 24) }]);
    const { places } = await list('a.tar');
    truncateSync(at('a.tar'), 600);
    const file = fileOf(folder, 'a.tar/1.bmp', places.get('a.tar/1.bmp'));
    await assert.rejects(read(file), { name: 'ImageError', message: /^is cut off: its file is shorter than it was/ });
  });

  it('have pages where a member is a TIFF that has', async () => {
    const page = { width: 2, height: 2, bits: 8, samples: 1, photometric: 1 };
    const pages = [1, 2].map((value) => ({ ...page, data: new Uint8Array(4).fill(value) }));
    writeFileSync(at('scan.tif'), tiff(pages));
    await writeTar(at('a.tar'), [{ name: 'x/scan.tif', bytes: readFileSync(at('scan.tif')) }]);
    const { places } = await list('a.tar');
    const file = fileOf(folder, 'a.tar/x/scan.tif#2', places.get('a.tar/x/scan.tif'));
    assert.deepEqual(await read(file), await read(at('scan.tif#2')));
    assert.notDeepEqual(await read(file), await read(at('scan.tif')));
  });

  it('have addresses that no name of a member and no file makes into another one', async () => {
    const address = addressOf('/photos/A.TAR', { offset: 512, size: 20 }, 'b.tar#1+2/c.png');
    assert.equal(address, '/photos/A.TAR#512+20/b.tar#1+2/c.png');
    assert.deepEqual(addressIn(address), { file: '/photos/A.TAR', offset: 512, size: 20 });
    for (const path of ['/photos/a.tar/b.png', '/photos/a.tar#1+2', '/photos/a.tar#1/b.png', '/a.tar#-1+2/b.png'])
      assert.equal(addressIn(path), undefined, path);
    mkdirSync(at('a.tar#1+2'));
    const bytes = bitmap(4, 4, 24);
    writeFileSync(at('a.tar#1+2/b.bmp'), bytes);
    assert.deepEqual(await locate(at('a.tar#1+2/b.bmp')), { file: at('a.tar#1+2/b.bmp'), page: 1 });
    assert.deepEqual(await read(at('a.tar#1+2/b.bmp')), Buffer.from(bytes));
  });

  it('have the classes and normal images of the folders in them, and masks are none of the images', async () => {
    const member = (name: string) => ({ name, bytes: bitmap(4, 4, 24) });
    await writeTar(at('0.tar'), ['scratch/1.bmp', 'good/2.bmp', 'good/2.seg.png'].map(member));
    await writeTar(at('1.tar'), ['crack/1.bmp'].map(member));
    const { layout, images, masks } = await scanFolder(folder, undefined, { tars: 'all' });
    assert.equal(layout, 'classes');
    assert.deepEqual(images, [
      { path: '0.tar/good/2.bmp', truth: 'good' },
      { path: '0.tar/scratch/1.bmp', truth: 'scratch' },
      { path: '1.tar/crack/1.bmp', truth: 'crack' },
    ]);
    assert.deepEqual([...masks.masks], ['0.tar/good/2.seg.png']);

    await writeTar(at('0.tar'), ['train/good/1.bmp', 'test/good/2.bmp'].map(member));
    await writeTar(at('1.tar'), ['test/cut/1.bmp', 'ground_truth/cut/1_mask.bmp'].map(member));
    const mvtec = await scanFolder(folder, undefined, { tars: 'all' });
    assert.equal(mvtec.layout, 'mvtec');
    assert.deepEqual(mvtec.normals, [at('0.tar/train/good/1.bmp')]);
    assert.deepEqual(
      mvtec.images.map(({ path, truth }) => [path, truth]),
      [
        ['0.tar/test/good/2.bmp', 'good'],
        ['1.tar/test/cut/1.bmp', 'cut'],
      ],
    );
    const train = ['a/train/0.tar/cut/1.png', 'b/test/1.tar/cut/2.png', 'b/test/1.tar/good/images/3.png'];
    assert.deepEqual(Object.fromEntries(classesOf(train)), {
      [train[0]!]: 'cut',
      [train[1]!]: 'cut',
      [train[2]!]: 'good',
    });
    const around = ['cut/0.tar/1.png', 'good/1.tar/images/2.png'];
    assert.deepEqual(Object.fromEntries(classesOf(around)), { [around[0]!]: 'cut', [around[1]!]: 'good' });
    const flat = await scanFolder(folder, undefined, { tars: ['1.tar'] });
    assert.equal(flat.images.length, 1);
  });

  it('are no images of a folder that is clustered as it is', async () => {
    await writeTar(at('a.tar'), [{ name: '1.bmp', bytes: bitmap(4, 4, 24) }]);
    writeFileSync(at('2.bmp'), bitmap(4, 4, 24));
    const { images, passedOver } = await scanFolder(folder);
    assert.deepEqual(images, [{ path: '2.bmp' }]);
    assert.deepEqual(Object.fromEntries(passedOver), { '.tar': 1 });
  });
});
