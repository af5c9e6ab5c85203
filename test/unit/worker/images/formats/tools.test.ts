// Image files as other programs write them: each kind that docs/images.md lists is the same picture to the network, or named for what it is.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { Network } from '../../../../../worker/features/network';
import { decodeImage, ImageError, probeImage, valuesOf } from '../../../../../worker/images/decode';
import { rangeOf } from '../../../../../worker/images/values';
import { findModel } from '../../../../../worker/models/find';
import { Cache } from '../../../../../worker/store/cache';
import { kinds, type Kind, type Look } from '../../../../tools/format-table';
import { pages } from '../../../../../scripts/docs';
import { root } from '../../../../tools/paths';

const side = 128;
/** Of the patches' cosines, on average. */
const same = 0.99;
/** Coloured inks have no agreed colours without a profile: libvips brings one along, ImageMagick computes. Black has. */
const sameInks = 0.97;

const runs = (command: string, ...args: string[]) => spawnSync(command, args).status === 0;
const magick = ['magick', 'convert'].find((name) => runs(name, '-version'));
const python = ['/usr/bin/python3', 'python3'].find((name) => runs(name, '-c', 'import PIL, numpy'));
const tools: Record<Kind['tool'], { isThere: boolean; needs: string }> = {
  ImageMagick: { isThere: magick !== undefined, needs: 'imagemagick' },
  libtiff: { isThere: spawnSync('tiffcp', ['-h']).error === undefined, needs: 'libtiff-tools' },
  Pillow: { isThere: python !== undefined, needs: 'python3-pil python3-numpy' },
};

describe('files of other programs', function () {
  const work = mkdtempSync(join(tmpdir(), 'formats-'));
  const inputs = new Map<Look, string>();
  let network: Network;

  before(async () => {
    network = await Network.open(
      await findModel('patchnet-s', { modelsFolder: join(root, 'models'), cache: new Cache() }),
    );
    const looks: Record<Look, Sharp> = {
      colour: drawing().png(),
      grey: drawing().greyscale().png(),
      palette: drawing().png({ palette: true, colours: 16, dither: 0 }),
      bilevel: drawing().greyscale().threshold(120).png(),
    };
    for (const [look, image] of Object.entries(looks) as [Look, Sharp][]) {
      inputs.set(look, join(work, `${look}.png`));
      await image.toFile(inputs.get(look)!);
    }
    await drawing().tiff({ compression: 'none' }).toFile(join(work, 'colour.tif'));
  });
  after(() => rmSync(work, { recursive: true, force: true }));

  const embed = async (bytes: Uint8Array): Promise<Float32Array> => {
    const { isDeep } = await probeImage(bytes);
    const range = isDeep ? rangeOf([await valuesOf(bytes)]) : undefined;
    return (await network.embed(await decodeImage(bytes, 256, 256, range))).embeddings;
  };

  /** Writes a file of a kind. */
  const write = ({ tool, write: how, look, extension }: Kind, out: string): void => {
    const fill = (args: string, input: string) =>
      args.split(' ').map((arg) => arg.replace('{in}', input).replace('{out}', out));
    if (tool === 'ImageMagick') execFileSync(magick!, fill(how, inputs.get(look)!), { stdio: 'pipe' });
    else if (tool === 'libtiff') {
      const [command, ...args] = fill(how, join(work, 'colour.tif'));
      execFileSync(command!, args, { stdio: 'pipe' });
    } else execFileSync(python!, ['-c', pillow(how, extension), inputs.get(look)!, out], { stdio: 'pipe' });
  };

  for (const [i, kind] of kinds.entries()) {
    const { format, bits, channels, outcome, tool } = kind;
    const title = [format, bits === '' ? '' : `${bits} bits`, channels].filter(Boolean).join(', ');
    it(`${title}: ${outcome === 'read' ? 'read' : 'named'}`, async function () {
      const { isThere, needs } = tools[kind.isLossy && !magick ? 'ImageMagick' : tool];
      if (!isThere) {
        console.log(`      skipped, needs ${needs}`);
        this.skip();
      }
      const out = join(work, `${i}.${kind.extension}`);
      try {
        write(kind, out);
      } catch (error) {
        // Built without it.
        console.log(
          `      skipped, needs ${needs} that writes ${title}: ${String((error as { stderr?: unknown }).stderr).split('\n')[0]}`,
        );
        this.skip();
      }
      if (!existsSync(out)) {
        // It says nothing, and writes nothing.
        console.log(`      skipped, needs ${needs} that writes ${title}`);
        this.skip();
      }
      const bytes = readFileSync(out);
      if (outcome !== 'read') {
        await assert.rejects(embed(bytes), (error) => error instanceof ImageError && outcome.test(error.message));
        return;
      }
      let reference = inputs.get(kind.look)!;
      if (kind.isLossy) {
        reference = join(work, `${i}-read.png`);
        execFileSync(magick!, [out, '-colorspace', 'sRGB', reference], { stdio: 'pipe' });
      }
      const cosine = meanCosine(await embed(bytes), await embed(readFileSync(reference)));
      assert.ok(cosine >= (channels === 'CMYK' ? sameInks : same), `another picture: mean cosine ${cosine.toFixed(4)}`);
    });
  }

  it('are all in the table of docs/images.md (npm run docs)', async () => {
    assert.equal(readFileSync(join(root, 'docs', 'images.md'), 'utf8'), (await pages())['images.md']);
  });
});

/** Shapes on a gradient, so that every part of it and every channel counts. */
function drawing(): Sharp {
  const pixels = new Uint8Array(side * side * 3);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const isDisc = Math.hypot(x - 40, y - 50) < 18;
      const isBar = Math.abs(x - y - 30) < 4;
      const colour = isDisc ? [235, 60, 30] : isBar ? [20, 30, 180] : [x * 2, 255 - y, 90 + ((x * y) % 60)];
      pixels.set(colour, (y * side + x) * 3);
    }
  }
  // Black and white, so that stretching deep images to what they hold changes nothing.
  for (let y = 0; y < 8; y++) pixels.fill(y < 4 ? 0 : 255, y * side * 3, (y + 1) * side * 3);
  return sharp(pixels, { raw: { width: side, height: side, channels: 3 } });
}

function meanCosine(a: Float32Array, b: Float32Array): number {
  // Patches have unit length.
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0) / (a.length / 128);
}

/** A program that reads the grey picture as `image` and writes `out`. */
function pillow(how: string, extension: string): string {
  return `
import sys, struct, numpy
from PIL import Image
image = Image.open(sys.argv[1]).convert('L')
out = sys.argv[2]
assert out.endswith('${extension}')
def tiff(array, sample_format):
    # Pillow writes no signed 16 bits: its tags say so here.
    height, width = array.shape
    Image.fromarray(array.view('<u2')).save(out, tiffinfo={339: sample_format})
${how}
`;
}
