// A label file whose names and places are as awkward as a person can make them, and what a run knows of some of them.
import type { AnalysedRegion } from '../../worker/api/analysis';
import type { LabelDocument } from '../../worker/labels';
import { runsOf } from '../../worker/regions/region-mask';
import { labelMethod } from './label-method';

/** Pixels of all images. */
export const [imageWidth, imageHeight] = [200, 120];

/** Cells from rows of text. */
function raster(...rows: string[]) {
  const values = rows.flatMap((row) => [...row].map((char) => Number(char === '#')));
  return runsOf({ width: rows[0]!.length, height: rows.length, values });
}

const ringPath = `odd "names", & <more>/it's 100 %, ünï\u2028códe 図.png`;

export const hostileLabels: LabelDocument = {
  version: 1,
  root: '.',
  method: { ...labelMethod, regions: true },
  clusters: [
    { id: 3, name: 'scratch, "deep" & <wide>' },
    { id: 1, name: 'twice' },
    { id: 7, name: 'twice' },
    { id: 9, name: "no: 'yes'\n#{x}\u0007" },
    { id: 12, name: '' },
  ],
  images: [
    { path: 'a/0.png', cluster: 3, regions: [{ box: [40, 20, 50, 40], cluster: 3 }] },
    {
      path: 'b/0.png',
      cluster: 1,
      regions: [
        { box: [0, 0, 30, 30], cluster: 1, pinned: true },
        { box: [150, 100, 50, 20], cluster: 7 },
      ],
    },
    { path: 'images/c.jpg', cluster: 9, regions: [{ box: [10, 10, 20, 20], cluster: 9 }] },
    { path: 'images/c.png', cluster: 12 },
    { path: ringPath, cluster: 7, regions: [{ box: [20, 30, 75, 45], cluster: 7 }] },
    { path: 'over.png', cluster: 3, regions: [{ box: [180, 110, 90, 90], cluster: 3 }] },
    { path: 'outside.png', cluster: 3, regions: [{ box: [500, 500, 10, 10], cluster: 3 }] },
  ],
};

/** An outline that bends, one that touches itself at corners, and one with a hole; the others are known by their boxes only. */
export const hostileRegions: AnalysedRegion[] = [
  {
    path: 'a/0.png',
    box: [40, 20, 50, 40],
    size: [imageWidth, imageHeight],
    score: 1,
    mask: raster('##...', '.##..', '..###', '...##'),
  },
  {
    path: 'b/0.png',
    box: [0, 0, 30, 30],
    size: [imageWidth, imageHeight],
    score: 1,
    mask: raster('#.#', '.#.', '#.#'),
  },
  {
    path: ringPath,
    box: [20, 30, 75, 45],
    size: [imageWidth, imageHeight],
    score: 1,
    mask: raster('#####', '#...#', '#.#.#', '#...#', '#####'),
  },
  // Of another run: its box is not that of the label file.
  { path: 'images/c.jpg', box: [11, 10, 20, 20], size: [imageWidth, imageHeight], score: 1, mask: raster('#') },
];

export const hostilePlaces = {
  regions: hostileRegions,
  sizes: new Map(hostileLabels.images.map(({ path }) => [path, [imageWidth, imageHeight] as const])),
};
