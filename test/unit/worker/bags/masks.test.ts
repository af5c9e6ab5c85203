// Shares of a mask in the patches of awkward grids, against scipy (expected/pixels.py), and what counts as marked.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { maskShares, maskWeights } from '../../../../worker/bags/mask-weights';
import { readMask } from '../../../../worker/images/masks';
import expected from '../../expected/pixels.json';

describe('the shares of a mask', () => {
  for (const { name, grid, width, height, mask, shares } of expected.grids) {
    const values = Uint8Array.from(mask);

    it(`are averages over the cells' area: ${name}`, () => {
      const actual = maskShares({ width, height, values }, grid);
      assert.equal(actual.length, shares.length);
      for (const [i, share] of shares.entries()) assert.ok(Math.abs(actual[i]! - share) < 1e-9, `patch ${i}`);
    });

    it(`are one in every patch where all is marked: ${name}`, () => {
      const full = maskShares({ width, height, values: values.map(() => 1) }, grid);
      for (const share of full) assert.ok(Math.abs(share - 1) < 1e-12);
    });

    it(`sum to one as weights: ${name}`, () => {
      const sum = maskWeights({ width, height, values }, grid).reduce((a, b) => a + b, 0);
      assert.ok(Math.abs(sum - 1) < 1e-12);
    });
  }
});

describe('a mask file', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'mask-files-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  it('marks what is brighter than half, so soft edges do not widen the defect', async () => {
    const file = join(folder, 'soft.png');
    const row = Uint8Array.of(0, 1, 64, 127, 128, 200, 254, 255);
    const pixels = Uint8Array.from({ length: 16 * 16 }, (_, i) => row[i % 8]!);
    await sharp(pixels, { raw: { width: 16, height: 16, channels: 1 } })
      .png()
      .toFile(file);
    const mask = await readMask({ files: [file], width: 16, height: 16 });
    assert.deepEqual([...mask!.values.subarray(0, 8)], [0, 0, 0, 0, 1, 1, 1, 1]);
  });

  it('means the same as one bit a pixel and as colours', async () => {
    const pixels = Uint8Array.from({ length: 16 * 16 }, (_, i) => (i % 3 === 0 ? 255 : 0));
    const image = sharp(pixels, { raw: { width: 16, height: 16, channels: 1 } });
    const files = { bit: join(folder, 'bit.png'), rgb: join(folder, 'rgb.png'), tiff: join(folder, 'mask.tif') };
    await image.clone().png({ palette: true, colours: 2 }).toFile(files.bit);
    await image.clone().toColourspace('srgb').png().toFile(files.rgb);
    await image.clone().tiff().toFile(files.tiff);
    for (const file of Object.values(files)) {
      const mask = await readMask({ files: [file], width: 16, height: 16 });
      assert.deepEqual(
        mask!.values,
        pixels.map((value) => (value > 0 ? 1 : 0)),
        file,
      );
    }
  });
});
