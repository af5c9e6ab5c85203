// Which defects no region lies on, and why: a table by class, and a picture of images with such defects.
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { evenly } from '../../worker/base/evenly';
import { placementLevels } from '../../worker/evaluation/placement';

/** An image with its defects and the regions found in it, as sorted cells of the same raster. */
export interface PlacedPicture {
  /** Relative to the set's folder. */
  path: string;
  /** Ground-truth class. */
  truth: string;
  width: number;
  height: number;
  /** (width × height) */
  scores: Float32Array;
  defects: Int32Array[];
  painted: Int32Array[];
  /** Cells of the raster that a patch covers. */
  patch: number;
}

/** What became of the defects of a class. */
interface Misses {
  defects: number;
  /** Of the defects, in patches: the median. */
  patches: number;
  found: number;
  /** Some region lies on it, which is too large or only touches it. */
  touched: number;
  /** The scores on it are among the highest tenth of the image, but no region was made of them. */
  seen: number;
}

function missesOf(pictures: readonly PlacedPicture[]): Misses {
  const sizes: number[] = [];
  const misses = { defects: 0, patches: 0, found: 0, touched: 0, seen: 0 };
  for (const { defects, painted, scores, patch } of pictures) {
    const high = Float32Array.from(scores).sort()[Math.floor(0.9 * scores.length)]!;
    for (const defect of defects) {
      sizes.push(defect.length / patch);
      misses.defects++;
      const overlaps = painted.map((region) => overlap(defect, region));
      if (overlaps.some(({ iou }) => iou >= placementLevels[0])) misses.found++;
      else if (overlaps.some(({ both }) => both > 0)) misses.touched++;
      else if (defect.some((cell) => scores[cell]! > high)) misses.seen++;
    }
  }
  sizes.sort((a, b) => a - b);
  return { ...misses, patches: sizes[sizes.length >> 1] ?? 0 };
}

/** Of sorted cells. */
export function overlap(a: Int32Array, b: Int32Array): { both: number; iou: number } {
  let both = 0;
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    if (a[i] === b[j]) both++;
    if (a[i]! <= b[j]!) i++;
    else j++;
  }
  return { both, iou: both / (a.length + b.length - both) };
}

/** Rows of {@link missesHeader}. */
export function missesRows(network: string, set: string, pictures: readonly PlacedPicture[]): string[] {
  const classes = [...new Set(pictures.filter(({ defects }) => defects.length > 0).map(({ truth }) => truth))].sort();
  return classes.map((name) => {
    const { defects, patches, found, touched, seen } = missesOf(pictures.filter(({ truth }) => truth === name));
    const share = (count: number) => (count / defects).toFixed(2);
    const unseen = defects - found - touched - seen;
    return `| ${network} | ${set} | ${name} | ${defects} | ${patches.toFixed(1)} | ${share(found)} | ${share(touched)} | ${share(seen)} | ${share(unseen)} |`;
  });
}

export const missesHeader = [
  '| network | set | class | components | median size in patches | found at IoU .1 | a region touches it | only its scores are high | nothing stands out |',
  '| --- | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |',
];

const tile = 240;
const mostTiles = 24;

/** Images with defects that were missed: the photo with the defects' outlines in green and the regions' in red, and its scores beside it. */
export async function drawMisses(folder: string, pictures: readonly PlacedPicture[], file: string): Promise<void> {
  const missed = pictures.filter(({ defects, painted }) =>
    defects.some((defect) => !painted.some((region) => overlap(defect, region).iou >= placementLevels[0])),
  );
  const shown = evenly(missed, mostTiles);
  if (shown.length === 0) return;
  const columns = 4;
  const parts = await Promise.all(
    shown.map(async (picture, i) => ({
      input: await pair(folder, picture),
      left: (i % columns) * 2 * tile,
      top: Math.floor(i / columns) * tile,
    })),
  );
  mkdirSync(dirname(file), { recursive: true });
  const height = Math.ceil(shown.length / columns) * tile;
  await sharp({ create: { width: columns * 2 * tile, height, channels: 3, background: '#222' } })
    .composite(parts)
    .png()
    .toFile(file);
}

async function pair(folder: string, { path, width, height, scores, defects, painted }: PlacedPicture): Promise<Buffer> {
  const photo = await sharp(join(folder, path))
    .rotate()
    .resize(width, height, { fit: 'fill' })
    .toColourspace('srgb')
    .removeAlpha()
    .raw()
    .toBuffer();
  const [low, high] = [scores.reduce((a, b) => Math.min(a, b)), scores.reduce((a, b) => Math.max(a, b))];
  const heat = Buffer.alloc(photo.length);
  for (let cell = 0; cell < width * height; cell++)
    heat.fill(Math.round((255 * (scores[cell]! - low)) / (high - low || 1)), 3 * cell, 3 * cell + 3);
  for (const [parts, color] of [
    [defects, [0, 255, 0]],
    [painted, [255, 60, 60]],
  ] as const)
    for (const part of parts)
      for (const cell of edgeOf(part, width))
        for (const raster of [photo, heat]) for (const [c, value] of color.entries()) raster[3 * cell + c] = value;
  const scaled = (raster: Buffer) =>
    sharp(raster, { raw: { width, height, channels: 3 } })
      .resize(tile - 4, tile - 4, { fit: 'inside' })
      .png()
      .toBuffer();
  const [left, right] = await Promise.all([scaled(photo), scaled(heat)]);
  return sharp({ create: { width: 2 * tile, height: tile, channels: 3, background: '#222' } })
    .composite([
      { input: left, left: 0, top: 0 },
      { input: right, left: tile, top: 0 },
    ])
    .png()
    .toBuffer();
}

function edgeOf(part: Int32Array, width: number): number[] {
  const cells = new Set(part);
  return [...part].filter((cell) => [-1, 1, -width, width].some((step) => !cells.has(cell + step)));
}
