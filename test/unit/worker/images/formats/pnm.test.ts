// PGM and PPM, written here as the pages pgm(5) and ppm(5) say.
import assert from 'node:assert/strict';
import { decodeImage, ImageError, probeImage, valuesOf } from '../../../../../worker/images/decode';
import { decodePortable } from '../../../../../worker/images/formats/pnm';

const side = 16;

function file(header: string, body: string | readonly number[]): Uint8Array {
  return Buffer.concat([Buffer.from(header), typeof body === 'string' ? Buffer.from(body) : Buffer.from(body)]);
}

/** Rises from left to right. */
function ramp(largest: number): number[] {
  return Array.from({ length: side * side }, (_, i) => Math.round(((i % side) * largest) / (side - 1)));
}

describe('a PGM or PPM file', () => {
  it('with raw bytes is grey', async () => {
    const rgb = await decodeImage(file(`P5\n${side} ${side}\n255\n`, ramp(255)), side, side);
    assert.deepEqual([...rgb.subarray(0, 6)], [0, 0, 0, 17, 17, 17]);
  });

  it('as text means what it means as bytes, comments and all', async () => {
    const text = file(`P2 # by a camera\n# line 3\n${side}\t${side} # more\n255\n`, ramp(255).join('\n'));
    const raw = file(`P5\n${side} ${side}\n255\n`, ramp(255));
    assert.deepEqual(await decodeImage(text, side, side), await decodeImage(raw, side, side));
  });

  it('in colours has them in the order red, green, blue', async () => {
    const pixels = Array.from({ length: side * side }, () => [200, 30, 60]).flat();
    for (const image of [
      file(`P6 ${side} ${side} 255\n`, pixels),
      file(`P3 ${side} ${side} 255\n`, pixels.join(' ')),
    ]) {
      assert.deepEqual([...(await decodeImage(image, side, side)).subarray(0, 3)], [200, 30, 60]);
    }
  });

  it('with another white than 255 is as bright', async () => {
    const rgb = await decodeImage(file(`P5 ${side} ${side} 15\n`, ramp(15)), side, side);
    assert.deepEqual([...rgb.subarray(0, 6)], [0, 0, 0, 17, 17, 17]);
  });

  it('with two bytes a value, the larger one first, is stretched as others with more than 8 bits', async () => {
    const words = ramp(4095).flatMap((value) => [value >> 8, value & 255]);
    const image = file(`P5 ${side} ${side} 4095\n`, words);
    assert.equal((await probeImage(image)).isDeep, true);
    const values = await valuesOf(image);
    assert.equal(Math.max(...values), 4095);
    const rgb = await decodeImage(image, side, side, { min: 0, max: 4095 });
    assert.deepEqual([...rgb.subarray(0, 6)], [0, 0, 0, 17, 17, 17]);
  });

  it('may begin with a byte that looks like a space', () => {
    const body = ramp(255);
    body[0] = 0x20;
    assert.equal(decodePortable(file(`P5 ${side} ${side} 255\n`, body)).pixels[0], 0x20);
  });

  for (const [what, image] of [
    ['is cut short', file(`P5 ${side} ${side} 255\n`, ramp(255).slice(1))],
    ['is cut short as text', file(`P2 ${side} ${side} 255\n`, '1 2 3')],
    ['has no size', file('P5 0 16 255\n', [])],
    ['has no header', file('P5 sixteen 16 255\n', [])],
    ['asks for more than there is memory', file('P5 99999 99999 255\n', [])],
  ] as const) {
    it(`is refused when it ${what}`, async () => {
      await assert.rejects(decodeImage(image, side, side), ImageError);
    });
  }
});
