// Damaged images of all formats among whole ones: each is left out with its reason or clustered, and the whole ones are as without them.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import type { ClusterResult } from '../../worker/api/requests';
import { parseLabels } from '../../worker/labels';
import { bitmap } from '../tools/bitmap';
import { mutate } from '../tools/mutations';
import { floatTiff, packTwelveBits, tiff } from '../tools/tiff';
import type { Kind, Try } from './kind';
import { troubleIn } from './program';
import { cluster, filesBelow, layOut } from './scene';

const perRun = 50;

export const images: Kind = {
  title: 'Damaged images of all formats',
  tries: 500,
  few: 36,
  async *run(scene, count, random, work) {
    const whole = await inAllFormats(join(scene.photos, 'test', 'crack', '000.png'));
    for (let first = 0; first < count; first += perRun) {
      const dataset = layOut({ ...scene, cache: undefined }, work);
      const damaged = new Map<string, { what: string; original: Uint8Array; bytes: Uint8Array }>();
      mkdirSync(join(dataset.folder, 'test', 'damaged'));
      for (let i = first; i < Math.min(first + perRun, count); i++) {
        const [extension, original] = whole[i % whole.length]!;
        const seed = random.integer(0, 2 ** 31);
        const path = `test/damaged/${String(i).padStart(4, '0')}.${extension}`;
        const bytes = mutate(original, seed);
        damaged.set(path, { what: `${extension}, seed ${seed}`, original, bytes });
        writeFileSync(join(dataset.folder, path), bytes);
      }
      const ended = await cluster(dataset, ['--json']);
      const trouble = troubleIn(ended);
      if (ended.status !== 0) trouble.push({ loss: 'wrong results', because: `the run failed: ${ended.output}` });
      const ofRun = ended.status === 0 ? whatBecame(ended.output, dataset.labelFile) : new Map<string, string>();
      trouble.push(...changedBags(scene.cache, dataset.cache));
      for (const [path, { what, original, bytes }] of damaged) {
        const lost: Try['lost'] = [...trouble];
        if (ended.status === 0 && !ofRun.has(path))
          lost.push({ loss: 'wrong results', because: `${path} is neither clustered nor left out with a reason` });
        // PNG has checksums: what is read of it is what was written.
        if (ofRun.get(path) === 'clustered' && path.endsWith('.png') && !(await isSamePicture(original, bytes)))
          lost.push({ loss: 'wrong results', because: `${path} was read as another picture` });
        yield { what, lost };
      }
      rmSync(work, { recursive: true, force: true });
    }
  },
};

/** One photo as a file of each format that is read. */
async function inAllFormats(photo: string): Promise<[extension: string, bytes: Uint8Array][]> {
  const picture = sharp(photo);
  const { width, height } = await picture.metadata();
  const { data: grey } = await picture.clone().greyscale().raw().toBuffer({ resolveWithObject: true });
  const twelveBits = packTwelveBits(Array.from(grey, (value) => value * 16));
  return [
    ['png', readFileSync(photo)],
    ['jpg', await picture.jpeg().toBuffer()],
    ['tif', await picture.tiff({ compression: 'lzw' }).toBuffer()],
    ['webp', await picture.webp().toBuffer()],
    ['avif', await picture.avif({ effort: 0 }).toBuffer()],
    ['gif', await picture.gif().toBuffer()],
    ['bmp', bitmap(width, height, 24)],
    ['pgm', Buffer.concat([Buffer.from(`P5 ${width} ${height} 255\n`), grey])],
    ['tiff', tiff([{ width, height, bits: 12, samples: 1, photometric: 1, data: twelveBits }])],
    [
      'tif',
      floatTiff(
        Float32Array.from(grey, (value) => value / 100 - 1),
        width,
        height,
      ),
    ],
  ];
}

/** By path: clustered, or the reason why not. */
function whatBecame(json: string, labelFile: string): Map<string, string> {
  const { failures } = JSON.parse(json.slice(json.indexOf('{'), json.lastIndexOf('}') + 1)) as ClusterResult;
  const clustered = parseLabels(readFileSync(labelFile, 'utf8')).images.map(({ path }) => [path, 'clustered'] as const);
  return new Map([
    ...clustered,
    ...failures.filter(({ reason }) => reason !== '').map((each) => [each.path, each.reason] as const),
  ]);
}

/** Bags of the whole images are the same bytes beside damaged images as in the calm run. */
function changedBags(calm: string, now: string): Try['lost'] {
  const lost: Try['lost'] = [];
  for (const path of filesBelow(join(calm, 'bags')).keys()) {
    try {
      if (readFileSync(join(calm, 'bags', path)).equals(readFileSync(join(now, 'bags', path)))) continue;
      lost.push({ loss: 'wrong results', because: `the embedding of a whole image, ${path}, is another one` });
    } catch (error) {
      lost.push({ loss: 'embeddings', because: String(error) });
    }
  }
  return lost;
}

async function isSamePicture(a: Uint8Array, b: Uint8Array): Promise<boolean> {
  const pixels = (bytes: Uint8Array) => sharp(bytes, { failOn: 'none' }).removeAlpha().raw().toBuffer();
  try {
    return (await pixels(a)).equals(await pixels(b));
  } catch {
    return false;
  }
}
