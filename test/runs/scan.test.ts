// `scan`: a folder as people have them, told before it is clustered.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import type { Note } from '../../worker/api/requests';
import type { PhotoQuality } from '../../worker/survey/photo-quality';
import type { Survey } from '../../worker/survey/survey';
import { cli } from '../tools/paths';

describe('a scan', () => {
  const work = mkdtempSync(join(tmpdir(), 'scan-'));
  const folder = join(work, 'part');
  after(() => rmSync(work, { recursive: true, force: true }));

  const write = (path: string, content: string | Uint8Array) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  };
  const photo = (shade: number, side = 32) =>
    sharp({ create: { width: side, height: side, channels: 3, background: { r: shade, g: 90, b: 40 } } });

  before(async () => {
    for (let i = 0; i < 5; i++)
      write(
        `test/cut/${i}.png`,
        await photo(100 + i)
          .png()
          .toBuffer(),
      );
    write('test/cut/large.png', await photo(200, 48).png().toBuffer());
    write('test/good/0.jpg', await photo(50).jpeg().toBuffer());
    write('test/good/copy.jpg', await photo(50).jpeg().toBuffer());
    write('train/good/0.png', await photo(51).png().toBuffer());
    write('ground_truth/cut/0_mask.png', await photo(0).png().toBuffer());
    write('test/cut/raw.dng', 'FUJIFILMCCD-RAW');
    write('test/cut/broken.png', 'not a png');
    write('readme.txt', 'MVTec AD');
    write('test/@eaDir/0.jpg', await photo(50).jpeg().toBuffer());
  });

  const scan = (...more: string[]) =>
    spawnSync(process.execPath, [cli, 'scan', folder, ...more], {
      encoding: 'utf8',
      env: { ...process.env, ANOMALY_CLUSTERING_CACHE: join(work, 'cache') },
    });

  it('counts what is there, and what is left out and why', () => {
    const { status, stdout, stderr } = scan('--json');
    assert.equal(status, 0, stderr);
    const { notes, leftOut, photos, ...survey } = JSON.parse(stdout) as Survey & {
      version: number;
      notes: Note[];
      photos: PhotoQuality;
    };
    // First: where an image is missing below, its reason stands here.
    assert.deepEqual(
      leftOut.sort((a, b) => (a.path < b.path ? -1 : 1)),
      [
        {
          path: 'test/cut/broken.png',
          reason: 'is not an image that can be read (PNG, JPEG, TIFF, WebP, AVIF, GIF, BMP, PGM or PPM)',
        },
        {
          path: 'test/cut/raw.dng',
          reason: 'is a camera raw file, which is not read. Export it as TIFF, PNG or JPEG',
        },
      ],
    );
    assert.deepEqual(survey, {
      version: 1,
      images: 8,
      normals: 1,
      kinds: [
        { name: 'png', images: 6 },
        { name: 'jpg', images: 2 },
      ],
      sizes: [
        { name: '32×32', images: 7 },
        { name: '48×48', images: 1 },
      ],
      deep: 0,
      classes: [
        { name: 'cut', images: 6 },
        { name: 'good', images: 2 },
      ],
      oddSizes: ['test/cut/large.png'],
      copies: [['test/good/0.jpg', 'test/good/copy.jpg']],
    });
    // One colour each, of which that of the cuts differs by less than JPEG does.
    assert.deepEqual(photos.nearCopies, [[0, 1, 2, 3, 4].map((i) => `test/cut/${i}.png`)]);
    const values = new Map(notes.map(({ label, value }) => [label, value]));
    assert.equal(values.get('One colour'), 'test/cut/0.png and 7 more are nothing but one colour. Look at the file');
    assert.equal(values.get('Layout'), 'MVTec AD');
    assert.equal(values.get('Masks'), '1, not clustered');
    assert.deepEqual(values.get('Not looked at')?.split(', ').sort(), ['1 .txt', '1 @eaDir/']);
  });

  it('says it in lines, and writes nothing into the folder', () => {
    const { stdout } = scan();
    for (const line of ['Images: 8 (6 png, 2 jpg)', 'Not 32×32: test/cut/large.png', 'Classes: 6 cut, 2 good'])
      assert.ok(stdout.includes(`${line}\n`), stdout);
    assert.match(stdout, /^Left out: test\/cut\/broken\.png is not an image/m);
    assert.equal(existsSync(join(folder, 'anomaly-clusters.json')), false);
  });
});
