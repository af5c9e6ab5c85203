// Photos of parts with two defects each, of known kinds and places: what no public set has.
import { createRandom } from '../../worker/base/random';
import { photograph } from '../../worker/sample/camera';
import { defects, type DefectType } from '../../worker/sample/defects';
import { writeImage } from '../../worker/sample/files';
import { createPicture, type Picture } from '../../worker/sample/picture';
import { renderSurface } from '../../worker/sample/surface';

const side = 384;
/** Between two defects, in pixels: heat maps of those that are nearer run into each other. */
const gap = 40;

const kinds = Object.keys(defects) as DefectType[];
const pairs = kinds.flatMap((one, i) => kinds.slice(i + 1).map((other) => [one, other] as const));

export interface TwoDefects {
  /** Below the folder. */
  path: string;
  kinds: readonly [DefectType, DefectType];
}

/** Writes test/parts/NNN.png and ground_truth/parts/NNN_mask.png: every pair of kinds equally often. */
export async function makeTwoDefects(folder: string, { images, seed = 1 }: { images: number; seed?: number }) {
  const made: TwoDefects[] = [];
  for (let index = 0; index < images; index++) {
    const pair = pairs[index % pairs.length]!;
    const stream = (number: number) => createRandom(Math.imul(seed * 1009 + index, 2654435761) + number * 97);
    const light = stream(4).between(0, 2 * Math.PI);
    const surface = renderSurface(stream(1), side);
    // Places are drawn until the two lie apart.
    let [mask, attempt] = [createPicture(side), 0];
    do {
      const masks = pair.map((kind, i) => drawn(kind, light, 10 + 2 * attempt + i));
      if (areApart(masks[0]!, masks[1]!)) mask = union(masks[0]!, masks[1]!);
      attempt++;
    } while (!mask.values.some(Boolean));
    for (const [i, kind] of pair.entries())
      defects[kind](surface, createPicture(side), light, stream(10 + 2 * (attempt - 1) + i));
    const image = { rgb: photograph(surface, light, stream(3)), mask };
    await writeImage(folder, { part: 'test', type: 'parts', index }, image);
    made.push({ path: `test/parts/${String(index).padStart(3, '0')}.png`, kinds: pair });

    /** The mask of a defect alone. */
    function drawn(kind: DefectType, towards: number, number: number): Picture {
      const own = createPicture(side);
      defects[kind](
        { brightness: createPicture(side, 0.5), warmth: createPicture(side) },
        own,
        towards,
        stream(number),
      );
      return own;
    }
  }
  return made;
}

function union(a: Picture, b: Picture): Picture {
  return { side: a.side, values: a.values.map((value, i) => Math.max(value, b.values[i]!)) };
}

/** Whether no pixel of one is nearer than the gap to one of the other, along rows and columns. */
function areApart(a: Picture, b: Picture): boolean {
  const [first, second] = [boxOf(a), boxOf(b)];
  return (
    first.left > second.right + gap ||
    second.left > first.right + gap ||
    first.top > second.bottom + gap ||
    second.top > first.bottom + gap
  );
}

function boxOf({ side: width, values }: Picture) {
  const box = { left: Infinity, right: -Infinity, top: Infinity, bottom: -Infinity };
  for (const [i, value] of values.entries()) {
    if (value === 0) continue;
    const [x, y] = [i % width, Math.floor(i / width)];
    box.left = Math.min(box.left, x);
    box.right = Math.max(box.right, x);
    box.top = Math.min(box.top, y);
    box.bottom = Math.max(box.bottom, y);
  }
  return box;
}
