// Heads that are trained, from the command line: clear defects, the same bytes twice, and a head to which all images are one cluster.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { trainedClustererNames } from '../../worker/api/settings';
import { createRandom, type Random } from '../../worker/base/random';
import { evaluate } from '../../worker/evaluation/metrics';
import { parseLabels } from '../../worker/labels';
import { cli } from '../tools/paths';

const side = 128;
const imagesPerKind = 6;

/** What is added to the grey of a part at a place, in pixels from the defect's middle. */
const kinds: Record<string, (x: number, y: number) => number> = {
  blot: (x, y) => (Math.hypot(x, y) < 22 ? -110 : 0),
  scratch: (x, y) => (Math.abs(y - x / 3) < 4 && Math.abs(x) < 45 ? 120 : 0),
  weave: (x, y) => (Math.abs(x) < 24 && Math.abs(y) < 24 ? 90 * (((x >> 2) + (y >> 2)) & 1 ? 1 : -1) : 0),
};

/** A grey part with noise, and one defect somewhere on it. */
function drawPart(defect: (x: number, y: number) => number, random: Random): Uint8Array {
  const [left, top] = [random.integer(48, side - 49), random.integer(48, side - 49)];
  return Uint8Array.from({ length: side * side }, (_, pixel) => {
    const [x, y] = [(pixel % side) - left, Math.floor(pixel / side) - top];
    return Math.min(255, Math.max(0, Math.round(128 + defect(x, y) + 6 * random.normal())));
  });
}

async function write(file: string, grey: Uint8Array, compressionLevel = 6): Promise<void> {
  await sharp(grey, { raw: { width: side, height: side, channels: 1 } })
    .png({ compressionLevel })
    .toFile(file);
}

describe('heads that are trained, from the command line', () => {
  const work = mkdtempSync(join(tmpdir(), 'trained-'));
  const parts = join(work, 'parts');
  const run = (...args: string[]) => {
    const env = { ...process.env, ANOMALY_CLUSTERING_CACHE: join(work, 'cache') };
    return spawnSync(process.execPath, [cli, ...args], { encoding: 'utf8', env });
  };

  before(async () => {
    const random = createRandom(5);
    mkdirSync(parts);
    for (const [kind, draw] of Object.entries(kinds))
      for (let i = 0; i < imagesPerKind; i++) await write(join(parts, `${kind}-${i}.png`), drawPart(draw, random));
  });
  after(() => rmSync(work, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }));

  /** @returns the label file */
  const clustered = (clusterer: string, time: string): string => {
    const out = join(work, `${clusterer}-${time}.json`);
    const { status, stderr } = run('cluster', parts, '--clusterer', clusterer, '--clusters', '3', '--out', out);
    assert.equal(status, 0, stderr);
    return out;
  };

  for (const clusterer of trainedClustererNames) {
    it(`${clusterer} groups clear defects`, () => {
      const { images } = parseLabels(readFileSync(clustered(clusterer, 'once'), 'utf8'));
      assert.equal(images.length, 3 * imagesPerKind);
      const { nmi } = evaluate(
        images.map(({ path }) => path.split('-')[0]!),
        images.map(({ cluster }) => cluster),
      );
      assert.ok(nmi > 0.8, `NMI ${nmi}`);
    });
  }

  // That each method gives the same labels for the same seed is among the unit tests.
  it('give the same bytes again', () => {
    assert.equal(readFileSync(clustered('scan', 'again'), 'utf8'), readFileSync(join(work, 'scan-once.json'), 'utf8'));
  });

  it('say what to do where all images are one cluster to the head, and write nothing', async () => {
    // The same pixels in other files: the network sees no difference.
    const alike = join(work, 'alike');
    mkdirSync(alike);
    const part = drawPart(kinds['blot']!, createRandom(1));
    for (const level of [0, 3, 6, 9]) await write(join(alike, `${level}.png`), part, level);
    const { status, stderr } = run('cluster', alike, '--clusterer', 'iic', '--clusters', '2');
    assert.equal(status, 2, stderr);
    assert.match(
      stderr,
      /"iic" put all images into one cluster: .* Use "ward", or another one\. Nothing was written\./,
    );
    assert.equal(existsSync(join(alike, 'anomaly-clusters.json')), false);
  });
});
