// Purity curves, AUROC, upsampled maps and masks against scipy, scikit-learn and torch (expected/evaluation.py).
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import type { PatchGrid } from '../../../../worker/api/analysis';
import type { Merge } from '../../../../worker/clustering/linkage';
import { auroc } from '../../../../worker/evaluation/auroc';
import { purityCurve, recallAt } from '../../../../worker/evaluation/purity';
import { upsample } from '../../../../worker/evaluation/upsample';
import { maskShares, maskWeights } from '../../../../worker/bags/mask-weights';
import { readMask } from '../../../../worker/images/masks';
import expected from '../../expected/evaluation.json';

function assertClose(actual: ArrayLike<number>, wanted: readonly number[], tolerance: number): void {
  assert.equal(actual.length, wanted.length);
  for (const [i, value] of wanted.entries()) {
    assert.ok(Math.abs(actual[i]! - value) <= tolerance, `at ${i}: ${actual[i]} is not ${value}`);
  }
}

/** 4 × 4 cells that cover the input. */
const grid: PatchGrid = { rows: 4, columns: 4, stride: 64, origin: 32, inputWidth: 256, inputHeight: 256 };

describe('the purity curve', () => {
  for (const { name, truth, merges, purity, mAUC, recall } of expected.curves) {
    it(`is that of scipy's cuts: ${name}`, () => {
      const curve = purityCurve(
        merges as Merge[],
        truth.map((each) => each ?? undefined),
      );
      assertClose(curve.purity, purity, 1e-12);
      assert.ok(Math.abs(curve.mAUC - mAUC) < 1e-12);
      for (const [level, value] of Object.entries(recall)) {
        assert.ok(Math.abs(recallAt(curve.purity, Number(level)) - value) < 1e-12, `R@${level}`);
      }
    });
  }

  it('needs an image that counts', () => {
    assert.throws(() => purityCurve([[0, 1, 1, 2]], [undefined, undefined]), RangeError);
  });
});

describe('the AUROC', () => {
  for (const { name, scores, masks, auroc: wanted } of expected.auroc) {
    it(`is scikit-learn's: ${name}`, () => {
      const images = scores.map((each, i) => ({ scores: Float32Array.from(each), mask: Uint8Array.from(masks[i]!) }));
      assert.ok(Math.abs(auroc(() => images)! - wanted) < 1e-9);
    });
  }

  it('of pixels is that of the maps at the size of their masks', () => {
    const { maps, sizes, masks, upsampled, auroc: wanted } = expected.pixels;
    const images = maps.map((map, i) => {
      const [height, width] = sizes[i]! as [number, number];
      const scores = upsample(map, grid, width, height);
      assertClose(scores, upsampled[i]!, 1e-6);
      return { scores, mask: masks[i]!.includes(1) ? Uint8Array.from(masks[i]!) : undefined };
    });
    assert.ok(Math.abs(auroc(() => images)! - wanted) < 1e-9);
  });

  it('does not exist without defects, or without anything else', () => {
    const scores = Float32Array.of(1, 2);
    assert.equal(
      auroc(() => [{ scores }]),
      null,
    );
    assert.equal(
      auroc(() => [{ scores, mask: Uint8Array.of(1, 1) }]),
      null,
    );
  });
});

describe('a mask', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'masks-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  async function maskFile(values: number[], width: number, height: number): Promise<string> {
    const file = join(folder, `${width}x${height}.png`);
    const pixels = Uint8Array.from(values, (value) => value * 255);
    await sharp(pixels, { raw: { width, height, channels: 1 } })
      .png()
      .toFile(file);
    return file;
  }

  for (const { width, height, mask, shares } of expected.shares) {
    it(`covers as much of each patch as it does of its cell: ${width}×${height}`, async () => {
      const read = await readMask({ files: [await maskFile(mask, width, height)], width, height });
      assertClose(maskShares(read!, grid), shares, 1e-9);
      const sum = shares.reduce((a, b) => a + b, 0);
      assertClose(
        maskWeights(read, grid),
        shares.map((share) => share / sum),
        1e-9,
      );
    });
  }

  it('that is empty or missing weighs all patches the same', async () => {
    const file = await maskFile(Array<number>(400).fill(0), 20, 20);
    assertClose(
      maskWeights(await readMask({ files: [file], width: 20, height: 20 }), grid),
      Array<number>(16).fill(1 / 16),
      0,
    );
    assertClose(
      maskWeights(await readMask({ files: [], width: 20, height: 20 }), grid),
      Array<number>(16).fill(1 / 16),
      0,
    );
  });

  it('of another size than its image is refused with its name', async () => {
    const file = await maskFile(Array<number>(600).fill(1), 30, 20);
    await assert.rejects(readMask({ files: [file], width: 20, height: 30 }), {
      code: 'mask-invalid',
      message: /30x20\.png.*30×20/,
    });
  });

  it('that is no image is refused with its name', async () => {
    await assert.rejects(readMask({ files: [join(folder, 'none.png')], width: 20, height: 20 }), {
      code: 'mask-invalid',
    });
  });
});
