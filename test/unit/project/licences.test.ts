// What may be shipped: software under permissive licences, with their texts; of the LGPL, libvips alone; nothing under the GPL.
import assert from 'node:assert/strict';
import { librariesInTable, objection, type LicensedPackage } from '../../../scripts/packaging/licences';
import { noticesText } from '../../../scripts/packaging/notices';
import { packageFolder } from '../../../scripts/packaging/stage';
import { isRuntimeFile } from '../../../scripts/packaging/targets';
import { nativeFile } from '../../tools/native';

const text = { heading: 'LICENSE', text: 'Permission is hereby granted …' };
const made = (licence: string, name = 'made-up', texts = [text]): LicensedPackage => ({
  name,
  version: '1.0.0',
  licence,
  texts,
});

describe('a package of others', () => {
  for (const licence of ['MIT', 'ISC', 'BSD-3-Clause', 'Apache-2.0', '0BSD', '(MIT OR Apache-2.0)']) {
    it(`may be shipped under ${licence}`, () => assert.equal(objection(made(licence)), undefined));
  }

  for (const licence of ['GPL-3.0-only', 'AGPL-3.0', 'LGPL-3.0-or-later', 'MIT AND GPL-2.0', 'UNKNOWN', 'MIT*', '']) {
    it(`may not under "${licence}"`, () =>
      assert.match(objection(made(licence)) ?? '', /made-up 1\.0\.0 is under .*not accepted/));
  }

  it('may not without a text', () => {
    assert.match(objection(made('MIT', 'made-up', [])) ?? '', /has no licence text/);
    assert.match(objection(made('MIT', 'made-up', [{ heading: 'LICENSE', text: ' \n' }])) ?? '', /has no licence text/);
  });

  it('may be under the LGPL when it is libvips, a library of its own', () => {
    assert.equal(objection(made('LGPL-3.0-or-later', '@img/sharp-libvips-linux-x64')), undefined);
    assert.equal(objection(made('Apache-2.0 AND LGPL-3.0-or-later', '@img/sharp-win32-arm64')), undefined);
    assert.match(objection(made('GPL-3.0', '@img/sharp-libvips-linux-x64')) ?? '', /not accepted/);
    assert.match(objection(made('LGPL-3.0-or-later', '@img/sharp-libvips-evil')) ?? '', /not accepted/);
  });
});

describe('the notices', () => {
  it('list all packages by name and give each its texts', () => {
    const file = noticesText('Product 1.0.0', 'linux-x64', [made('ISC', 'zebra'), made('MIT', 'ant')]);
    assert.match(file, /- ant 1\.0\.0: MIT\n- zebra 1\.0\.0: ISC\n/);
    assert.equal(file.match(/Permission is hereby granted/g)?.length, 2);
    assert.ok(file.indexOf('ant 1.0.0 (MIT)') < file.indexOf('zebra 1.0.0 (ISC)'));
  });

  it('know the libraries of a table in Markdown', () => {
    const table =
      '| Library | Used under |\n|----|----|\n| cairo | MPL 1.1 |\n| zlib-ng | [zlib](https://x) |\n\nText.';
    assert.deepEqual(librariesInTable(table), ['cairo', 'zlib-ng']);
  });
});

describe('the files of a package', () => {
  it('belong to the innermost npm package', () => {
    assert.equal(packageFolder('node_modules/zod/v4/index.js'), 'node_modules/zod');
    assert.equal(packageFolder('node_modules/@a/b/node_modules/@c/d/e.js'), 'node_modules/@a/b/node_modules/@c/d');
    assert.equal(packageFolder('worker/cli.ts'), undefined);
  });

  it('are those of one platform', () => {
    const bin = 'bin/napi-v6';
    assert.ok(isRuntimeFile(`${bin}/win32/x64/DirectML.dll`, 'win32-x64'));
    assert.ok(!isRuntimeFile(`${bin}/win32/x64/DirectML.dll`, 'win32-arm64'));
    assert.ok(!isRuntimeFile(`${bin}/linux/x64/libonnxruntime.so.1`, 'linux-arm64'));
    assert.ok(isRuntimeFile(`${bin}/darwin/arm64/libonnxruntime.1.dylib`, 'darwin-arm64'));
    assert.ok(!isRuntimeFile(`${bin}/darwin/arm64/libonnxruntime.1.30.0.dylib`, 'darwin-arm64'));
    assert.ok(!isRuntimeFile('script/install.js', 'linux-x64'));
  });
});

describe('the header of a program', () => {
  /** A file of 128 bytes with numbers at places, little-endian. */
  const file = (...numbers: [place: number, value: number, bytes: 2 | 4][]) => {
    const view = new DataView(new ArrayBuffer(128));
    for (const [place, value, bytes] of numbers)
      if (bytes === 2) view.setUint16(place, value, true);
      else view.setUint32(place, value, true);
    return new Uint8Array(view.buffer);
  };
  const elf = 0x464c457f;

  it('tells its system and CPU', () => {
    assert.deepEqual(nativeFile(file([0, elf, 4], [18, 62, 2])), { os: 'linux', cpu: 'x64' });
    assert.deepEqual(nativeFile(file([0, elf, 4], [18, 183, 2])), { os: 'linux', cpu: 'arm64' });
    assert.deepEqual(nativeFile(file([0, 0xfeedfacf, 4], [4, 0x0100000c, 4])), { os: 'darwin', cpu: 'arm64' });
    const pe = (machine: number) => file([0, 0x5a4d, 2], [0x3c, 64, 4], [64, 0x4550, 4], [68, machine, 2]);
    assert.deepEqual(nativeFile(pe(0x8664)), { os: 'win32', cpu: 'x64' });
    assert.deepEqual(nativeFile(pe(0xaa64)), { os: 'win32', cpu: 'arm64' });
    assert.equal(
      nativeFile(
        new TextEncoder().encode(
          'MZ is how this text begins, and it goes on for some while, to be as long as it takes.',
        ),
      ),
      undefined,
    );
  });
});
