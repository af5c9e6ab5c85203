// Photos that came out otherwise than most, as a camera or an encoder leaves them.
import assert from 'node:assert/strict';
import sharp, { type Sharp } from 'sharp';
import { createRandom } from '../../../../worker/base/random';
import { judge } from '../../../../worker/survey/photo-quality';
import { isPlain, mayBePlain, probeImage } from '../../../../worker/images/decode';
import { qualityOf, type Quality } from '../../../../worker/images/quality';

const side = 256;

/** The same part each time: a plate with grain, and a defect of its own at a place of its own. */
function photo(seed: number, gain = 1): Sharp {
  const random = createRandom(seed);
  const [x, y] = [random.integer(20, side - 60), random.integer(20, side - 60)];
  const pixels = Uint8Array.from({ length: side * side }, (_, i) => {
    const isDefect = Math.hypot((i % side) - x, i / side - y) < 14;
    const plate = 90 + 40 * Math.sin((i % side) / 20) + 8 * random.normal();
    return Math.min(Math.max(gain * (isDefect ? plate - 60 : plate), 0), 255);
  });
  return sharp(pixels, { raw: { width: side, height: side, channels: 1 } });
}

describe('how photos came out', () => {
  const photos = new Map<string, Quality>();
  const add = async (path: string, bytes: Uint8Array) => photos.set(path, await qualityOf(bytes));

  before(async () => {
    for (let i = 0; i < 12; i++) await add(`${i}.png`, await photo(i).png().toBuffer());
    await add('resaved.jpg', await photo(3).jpeg({ quality: 50 }).toBuffer());
    await add(
      'half.png',
      await photo(5)
        .resize(side / 2)
        .png()
        .toBuffer(),
    );
    await add('blurred.png', await photo(20).blur(6).png().toBuffer());
    await add('dark.png', await photo(21, 0.1).png().toBuffer());
    await add('bright.png', await photo(22, 6).png().toBuffer());
  });

  it('is told of the blurred one, the dark one and the bright one', () => {
    const { blurred, dark, bright } = judge(photos);
    assert.deepEqual({ dark, bright }, { dark: ['dark.png'], bright: ['bright.png'] });
    assert.ok(blurred.includes('blurred.png'));
    // What is too dark or too bright has no edges either, and a small one no grain.
    assert.deepEqual(
      blurred.filter((path) => /^\d/.test(path)),
      [],
    );
  });

  it('tells copies in another encoding or size from other photos of the same part', () => {
    assert.deepEqual(judge(photos).nearCopies.sort(), [
      ['3.png', 'resaved.jpg'],
      ['5.png', 'half.png'],
    ]);
  });

  it('says nothing of a few photos', () => {
    const few = new Map([...photos].filter(([path]) => /blurred|dark|^[0-3]\./.test(path)));
    assert.deepEqual(judge(few), { blurred: [], dark: [], bright: [], nearCopies: [] });
  });

  it('knows one colour from a photo, whatever the file', async () => {
    const plain = sharp({ create: { width: 300, height: 200, channels: 3, background: '#345' } });
    const isOneColour = async (bytes: Uint8Array) =>
      mayBePlain(bytes, await probeImage(bytes)) && (await isPlain(bytes));
    for (const bytes of [
      await plain.clone().png().toBuffer(),
      await plain.clone().jpeg().toBuffer(),
      await plain.clone().tiff({ compression: 'none' }).toBuffer(),
      await plain.clone().webp().toBuffer(),
    ])
      assert.equal(await isOneColour(bytes), true);
    const dot = await plain
      .composite([{ input: { create: { width: 2, height: 2, channels: 3, background: 'red' } }, top: 90, left: 77 }])
      .png()
      .toBuffer();
    assert.equal(await isOneColour(dot), false);
    assert.equal(await isOneColour(await photo(1).png().toBuffer()), false);
  });
});
