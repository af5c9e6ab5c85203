// Heat maps: every patch at its place in the image, and colours that rise with the distance.
import assert from 'node:assert/strict';
import { colorize, heatColors, scaleColors } from '../../../../worker/evaluation/heat-colors';
import { upsample } from '../../../../worker/evaluation/upsample';
import type { PatchGrid } from '../../../../worker/api/analysis';
/** A stride of 8 with the first centre at half a pixel, not at half a stride, and an input that is wider than high. */
const grid: PatchGrid = { rows: 3, columns: 5, stride: 8, origin: 0.5, inputWidth: 48, inputHeight: 32 };

/** All patches cold but one. */
function oneHotPatch({ rows, columns }: PatchGrid, row: number, column: number): Float32Array {
  const distances = new Float32Array(rows * columns);
  distances[row * columns + column] = 1;
  return distances;
}

/** Positions of the largest value, in pixels. */
function peaks(values: Float32Array, width: number): [x: number, y: number][] {
  const largest = Math.max(...values);
  const pixels = [...values.keys()].filter((i) => values[i] === largest);
  return pixels.map((i) => [i % width, Math.floor(i / width)]);
}

describe('upsampling a heat map', () => {
  it('peaks at the centre of a hot patch and nowhere else', () => {
    // One output pixel for each of the input: the centre of pixel x is at x + 0.5, so patch c peaks at pixel 8 c.
    const values = upsample(oneHotPatch(grid, 1, 2), grid, 48, 32);
    assert.deepEqual(peaks(values, 48), [[16, 8]]);
    assert.equal(values[8 * 48 + 16], 1);
  });

  it('follows the origin', () => {
    const centred = { ...grid, origin: 4.5 };
    assert.deepEqual(peaks(upsample(oneHotPatch(centred, 1, 2), centred, 48, 32), 48), [[20, 12]]);
  });

  it('keeps the place when the picture has another size and aspect ratio than the input', () => {
    // The patch's centre is at 16.5 / 48 of the width and 8.5 / 32 of the height.
    const [width, height] = [480, 64];
    const [[x, y] = [0, 0], ...others] = peaks(upsample(oneHotPatch(grid, 1, 2), grid, width, height), width);
    assert.ok(Math.abs((x + 0.5) / width - 16.5 / 48) <= 0.5 / width);
    assert.ok(Math.abs((y + 0.5) / height - 8.5 / 32) <= 0.5 / height);
    // Nothing else is as near to the centre, but for the pixel on its other side.
    assert.ok(others.length <= 3);
  });

  it('is linear between two centres', () => {
    const values = upsample(oneHotPatch(grid, 1, 2), grid, 48, 32);
    assert.deepEqual(
      [16, 18, 20, 22, 24].map((x) => values[8 * 48 + x]),
      [1, 0.75, 0.5, 0.25, 0],
    );
    assert.equal(values[12 * 48 + 20], 0.25);
  });

  it('continues with the nearest patch beyond the outermost centres', () => {
    const last = upsample(oneHotPatch(grid, 2, 4), grid, 48, 32);
    for (const [x, y] of [
      [32, 16],
      [47, 16],
      [32, 31],
      [47, 31],
    ] as const) {
      assert.equal(last[y * 48 + x], 1, `pixel ${x}, ${y}`);
    }
    const indented = { ...grid, origin: 6 };
    assert.equal(upsample(oneHotPatch(indented, 0, 0), indented, 48, 32)[0], 1);
  });

  it('draws a grid of one patch', () => {
    const single = { ...grid, rows: 1, columns: 1 };
    assert.deepEqual([...upsample([0.25], single, 2, 2)], [0.25, 0.25, 0.25, 0.25]);
  });
});

describe('heat map colours', () => {
  it('get lighter with every step, also for people who see no colours', () => {
    const luminance = (i: number) => {
      const [red, green, blue] = [0, 1, 2].map((channel) => linear(scaleColors[i * 4 + channel]! / 255));
      return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
    };
    for (let i = 1; i < 256; i++) assert.ok(luminance(i) >= luminance(i - 1), `step ${i}`);
    assert.ok(luminance(255) - luminance(0) > 0.8);
  });

  it('get more opaque, from nothing to everything', () => {
    const alphas = Array.from({ length: 256 }, (_, i) => heatColors[i * 4 + 3]!);
    assert.deepEqual([alphas[0], alphas[255]], [0, 255]);
    // What stands out half as much as the most is seen well.
    assert.ok(alphas[128]! > 180);
    assert.deepEqual(
      [...alphas].sort((a, b) => a - b),
      alphas,
    );
  });

  it('are those of matplotlib 3.11', () => {
    // matplotlib.colormaps['plasma'].colors, times 255.
    const expected = [
      [0, 13, 8, 135],
      [64, 126, 3, 168],
      [128, 204, 71, 120],
      [192, 248, 149, 64],
      [255, 240, 249, 33],
    ];
    for (const [i, ...color] of expected as [number, ...number[]][]) {
      for (const [channel, value] of color.entries()) {
        assert.ok(Math.abs(scaleColors[i * 4 + channel]! - value) <= 2, `step ${i}, channel ${channel}`);
      }
    }
  });

  it('have no dark blues, which look like shadows', () => {
    assert.deepEqual([...heatColors.subarray(255 * 4, 255 * 4 + 3)], [...scaleColors.subarray(255 * 4, 255 * 4 + 3)]);
    for (let i = 0; i < 256; i++) assert.ok(heatColors[i * 4]! > 150, `step ${i}`);
  });

  it('span the scale, and end with it', () => {
    const color = (value: number) => [...colorize([value], { min: 0.2, max: 0.7 })];
    const step = (i: number) => [...heatColors.subarray(i * 4, i * 4 + 4)];
    assert.deepEqual(color(0.2), step(0));
    assert.deepEqual(color(0.7), step(255));
    assert.deepEqual(color(0.1), step(0));
    assert.deepEqual(color(9), step(255));
  });

  it('show nothing when all distances are the same', () => {
    assert.deepEqual(
      [...colorize([0.3, 0.3], { min: 0.3, max: 0.3 })].filter((_, i) => i % 4 === 3),
      [0, 0],
    );
  });
});

/** sRGB to linear light (IEC 61966-2-1). */
function linear(value: number): number {
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}
