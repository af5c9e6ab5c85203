// Three object categories laid out as MVTec AD has them: good parts to train on, and parts to test with known defects, drawn from a seed.
import { join } from 'node:path';
import { createRandom } from '../../worker/base/random';
import { writeFileAtomic } from '../../worker/store/atomic-write';
import { photographColour } from './colour-photo';
import { renderCapsule } from './capsule';
import { requireEmpty, writeImage, type SampleImage } from '../../worker/sample/files';
import { renderFlange } from './flange';
import { chip, crack, dent, hole, patch, scratch, type DrawFlaw } from './flaws';
import type { Part } from './part';
import { renderScrew } from './screw';
import { createPicture, type Picture } from '../../worker/sample/picture';
import { grow, shrink } from './morphology';
import type { Point } from '../../worker/sample/lines';
import { illuminate, type ColourPicture } from './relief';
import type { Random } from '../../worker/base/random';

/** Pixels on each side of a photo. */
const side = 320;

interface Category {
  render(random: Random, side: number, looseness?: number): Part;
  flaws: Record<string, DrawFlaw>;
}

const categories = {
  flange: {
    render: renderFlange,
    flaws: {
      chip,
      crack,
      dent,
      rust: patch([0.15, 0.08, 0.045], [0.38, 0.2, 0.1]),
      scratch: scratch([0.66, 0.66, 0.67]),
    },
  },
  capsule: {
    render: renderCapsule,
    flaws: {
      crack,
      dent,
      hole,
      scratch: scratch([0.85, 0.82, 0.74]),
      stain: patch([0.07, 0.09, 0.06], [0.22, 0.26, 0.17]),
    },
  },
  screw: {
    render: renderScrew,
    flaws: {
      chip,
      crack,
      dent,
      rust: patch([0.15, 0.08, 0.045], [0.38, 0.2, 0.1]),
      scratch: scratch([0.75, 0.75, 0.74]),
    },
  },
} satisfies Record<string, Category>;

export type CategoryName = keyof typeof categories;

export const categoryNames = Object.keys(categories) as CategoryName[];

/** Classes of the test images: `good`, the defects, and `combined`, where a photo shows two different defects. */
export function classesOf(category: CategoryName): string[] {
  return ['good', ...Object.keys(categories[category].flaws), 'combined'];
}

export interface CategoriesOptions {
  /** All of them unless told. */
  names?: readonly CategoryName[];
  /** Other seeds draw other parts. Default 1. */
  seed?: number;
  /** Test photos of each class of a category. Default 12. */
  imagesPerClass?: number;
  /** Photos of good parts in train/good of each category. Default 30. */
  trainImages?: number;
  /** How loosely parts lie: 1 as they are drawn, 0 all alike. Default 1. */
  looseness?: number;
}

export interface CategoryImage extends SampleImage {
  /** Defects that were drawn. */
  defects: string[];
}

/**
 * Draws one photo. Without `withDefects` it is the same part without its defects.
 * @param type a class of `classesOf`, or `train`
 */
export function renderCategoryImage(
  name: CategoryName,
  type: string,
  index: number,
  seed: number,
  { withDefects = true, looseness = 1 } = {},
): CategoryImage {
  const category: Category = categories[name];
  const number = ['train', ...classesOf(name)].indexOf(type);
  const base = ((seed * 1009 + categoryNames.indexOf(name)) * 1009 + number) * 1009 + index;
  // Streams of their own, so that the defects do not change the part or the photo.
  const stream = (purpose: number) => createRandom(Math.imul(base, 2654435761) + purpose * 97);
  const part = category.render(stream(1), side, looseness);
  const types = withDefects ? defectsOf(type, Object.keys(category.flaws), stream(4)) : [];
  const flawless = types.length > 0 ? illuminate(part.relief, part.light) : undefined;
  const taken: Point[] = [];
  for (const defect of types) category.flaws[defect]!(apart(part, taken), stream(5 + taken.length));
  const seen = illuminate(part.relief, part.light);
  return {
    rgb: photographColour(seen, part.light.azimuth, stream(3)),
    mask: flawless === undefined ? createPicture(side) : difference(flawless, seen),
    defects: types,
  };
}

function defectsOf(type: string, all: string[], random: Random): string[] {
  if (type !== 'combined') return all.filter((defect) => defect === type);
  const first = random.integer(0, all.length - 1);
  const second = (first + random.integer(1, all.length - 1)) % all.length;
  return [all[first]!, all[second]!];
}

/** The same part, with room between its defects: each place that it gives is far from those it gave before. */
function apart(part: Part, taken: Point[]): Part {
  const far = <T extends Point>(choose: () => T): T => {
    for (;;) {
      const point = choose();
      if (taken.some(({ x, y }) => Math.hypot(point.x - x, point.y - y) < 75)) continue;
      taken.push(point);
      return point;
    }
  };
  return { ...part, place: (random) => far(() => part.place(random)), edge: (random) => far(() => part.edge(random)) };
}

/** Where two pictures differ by what an eye can see; gaps of a few pixels inside are closed. */
function difference(before: ColourPicture, after: ColourPicture): Picture {
  const mask = createPicture(side);
  for (const [channel, { values }] of before.entries()) {
    for (const [offset, value] of values.entries()) {
      if (Math.abs(value - after[channel]!.values[offset]!) > 0.025) mask.values[offset] = 1;
    }
  }
  return shrink(grow(mask, 2), 2);
}

/**
 * Writes, for each category, <category>/train/good, <category>/test/<class> and <category>/ground_truth/<class>.
 * The same seed gives the same bytes.
 * @throws EngineError `folder-not-empty`: nothing is ever written between other files; `not-writable`
 */
export async function makeCategories(
  folder: string,
  { names = categoryNames, seed = 1, imagesPerClass = 12, trainImages = 30, looseness = 1 }: CategoriesOptions = {},
): Promise<{ categories: string[]; images: number; trainImages: number }> {
  await requireEmpty(folder);
  let images = 0;
  for (const category of names) {
    const root = join(folder, category);
    for (let index = 0; index < trainImages; index++) {
      const photo = renderCategoryImage(category, 'train', index, seed, { looseness });
      await writeImage(root, { part: 'train', type: 'good', index }, photo);
    }
    for (const type of classesOf(category)) {
      for (let index = 0; index < imagesPerClass; index++, images++) {
        const photo = renderCategoryImage(category, type, index, seed, { looseness });
        await writeImage(root, { part: 'test', type, index }, photo);
      }
    }
  }
  await writeFileAtomic(join(folder, 'README.txt'), about);
  return { categories: [...names], images, trainImages: trainImages * names.length };
}

const about = `Sample categories of Anomaly Clustering: drawn "photos" of flanges and capsules. No real part was photographed.

<category>/train/good/            good parts, the normal images of Eq. 6
<category>/test/<class>/          the photos to cluster; their folders are the true classes, which are used for evaluation only
<category>/ground_truth/<class>/  masks of the defects: white where the defect is

The folders are those of MVTec AD. Photos in test/combined show two different defects each. Every file was drawn from a seed;
the same version and seed draw the same files again.
`;
