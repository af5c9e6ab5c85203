// Masks as PNG files whose pixels are numbers of classes, with a palette to look at them (https://www.w3.org/TR/png-3/, colour type 3). Pure.
import { crc32, deflateSync } from 'node:zlib';
import { cellsOf } from '../regions/region-mask';
import type { Instance, InstanceClass, InstanceImage } from './instances';

/** What a byte holds beside the background. */
export const mostClasses = 255;

/**
 * @param numbers of the classes by cluster, from 1
 * @returns (height, width): 0 where nothing stands out. Of regions that overlap, which only boxes do, the smaller one is seen.
 */
export function paintClasses(image: InstanceImage, numbers: ReadonlyMap<number, number>): Uint8Array {
  const values = new Uint8Array(image.width * image.height);
  const area = ({ box }: Instance) => box[2] * box[3];
  for (const instance of [...image.instances].sort((a, b) => area(b) - area(a)))
    paint(values, image.width, instance, numbers.get(instance.cluster)!);
  return values;
}

/** A pixel is in a region where its middle is. */
function paint(values: Uint8Array, width: number, { box, mask }: Instance, value: number): void {
  const [left, top, across, down] = box;
  const cells = mask && cellsOf(mask.raster);
  const cell = (at: number, start: number, length: number, count: number) =>
    Math.min(Math.floor(((at + 0.5 - start) / length) * count), count - 1);
  for (let y = top; y < top + down; y++) {
    const row = mask ? cell(y, mask.box[1]!, mask.box[3]!, mask.raster.height) * mask.raster.width : 0;
    for (let x = left; x < left + across; x++) {
      if (mask && cells![row + cell(x, mask.box[0]!, mask.box[2]!, mask.raster.width)] === 0) continue;
      values[y * width + x] = value;
    }
  }
}

/**
 * An indexed PNG of 8 bits.
 * @param values (height, width)
 * @param colors #rrggbb of the values from 0
 */
export function indexedPng(
  { width, height }: { width: number; height: number },
  values: Uint8Array,
  colors: readonly string[],
): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8);
  // Each row begins with its filter: none.
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y++) rows.set(values.subarray(y * width, (y + 1) * width), y * (width + 1) + 1);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('PLTE', Buffer.from(colors.map((color) => color.slice(1)).join(''), 'hex')),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(name: string, data: Uint8Array): Buffer {
  const named = Buffer.concat([Buffer.from(name, 'latin1'), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, check]);
}

/** Colours of the values of {@link paintClasses}: black for the background. */
export function paletteOf(classes: readonly InstanceClass[]): string[] {
  return ['#000000', ...classes.map(({ color }) => color)];
}
