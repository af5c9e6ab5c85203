// COCO files as ground truth: boxes, polygons and run lengths (https://cocodataset.org/#format-data). Pure.
import * as z from 'zod';
import { boxAround, type Shape } from '../evaluation/shapes';
import type { TrueImage } from './truth';

const id = z.union([z.number(), z.string()]);
const runs = z.object({
  size: z.tuple([z.int().min(1), z.int().min(1)]),
  counts: z.union([z.string(), z.array(z.int().min(0))]),
});
const schema = z.object({
  images: z.array(
    z.object({
      id,
      file_name: z.string(),
      width: z.number().positive().nullish(),
      height: z.number().positive().nullish(),
    }),
  ),
  annotations: z.array(
    z.object({
      image_id: id,
      category_id: id,
      bbox: z.union([z.array(z.number()).length(4), z.array(z.number()).length(0)]).nullish(),
      segmentation: z.union([z.array(z.array(z.number())), runs]).nullish(),
    }),
  ),
  categories: z.array(z.object({ id, name: z.string() })),
});

const mostPixels = 100_000_000;

/** @throws Error with the reason, to put behind the file's name */
export function parseCoco(value: unknown): TrueImage[] {
  const parsed = schema.safeParse(value);
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!;
    throw new Error(`is no COCO file: at ${path.join('.') || 'its start'}, ${message}`);
  }
  const { images, annotations, categories } = parsed.data;
  const kinds = new Map(categories.map((each) => [each.id, each.name]));
  const byId = new Map(
    images.map(({ id: own, file_name: name, width, height }): [typeof own, TrueImage] => [
      own,
      { name, objects: [], ...(width && height ? { size: [width, height] } : {}) },
    ]),
  );
  for (const [i, { image_id, category_id, bbox, segmentation }] of annotations.entries()) {
    const [image, kind] = [byId.get(image_id), kinds.get(category_id)];
    if (!image) throw new Error(`names an image ${image_id} in annotation ${i + 1}, which is not among its images`);
    if (kind === undefined)
      throw new Error(`names a category ${category_id} in annotation ${i + 1}, which is not among its categories`);
    const shape = shapeOf(bbox, segmentation);
    image.objects.push({ kind, ...(shape ? { shape } : {}) });
  }
  return [...byId.values()];
}

type Annotation = z.infer<typeof schema>['annotations'][number];

function shapeOf(bbox: Annotation['bbox'], segmentation: Annotation['segmentation']): Shape | undefined {
  if (segmentation && !Array.isArray(segmentation)) return fromRuns(segmentation);
  const polygons = segmentation?.filter((polygon) => polygon.length >= 6);
  const around = polygons && boxAround(polygons);
  if (around) return { box: around, polygons };
  return bbox?.length === 4 ? { box: bbox as [number, number, number, number] } : undefined;
}

/** Runs go down the columns, those outside first. */
function fromRuns({ size: [height, width], counts }: z.infer<typeof runs>): Shape | undefined {
  if (width * height > mostPixels) throw new Error(`has a mask of ${width}×${height} pixels, which is too large`);
  const lengths = typeof counts === 'string' ? decodeCounts(counts) : counts;
  if (lengths.some((length) => length < 0) || lengths.reduce((sum, length) => sum + length, 0) !== width * height)
    throw new Error(`has a mask whose run lengths do not make ${width}×${height} pixels`);
  let [left, top, right, bottom] = [width, height, 0, 0];
  const inside = new Uint8Array(width * height);
  let at = 0;
  for (const [i, length] of lengths.entries()) {
    for (let end = at + length; at < end; at++) {
      if (i % 2 === 0) continue;
      const [x, y] = [Math.floor(at / height), at % height];
      inside[y * width + x] = 1;
      [left, top, right, bottom] = [
        Math.min(left, x),
        Math.min(top, y),
        Math.max(right, x + 1),
        Math.max(bottom, y + 1),
      ];
    }
  }
  if (right <= left) return undefined;
  const [across, down] = [right - left, bottom - top];
  const cells = new Uint8Array(across * down);
  for (let y = 0; y < down; y++)
    cells.set(inside.subarray((top + y) * width + left, (top + y) * width + right), y * across);
  return { box: [left, top, across, down], raster: { width: across, height: down, cells } };
}

/** Numbers of 5 bits a character, the sixth says that more follow; from the third on, what is different from the one before the last. */
export function decodeCounts(text: string): number[] {
  const counts: number[] = [];
  for (let at = 0; at < text.length;) {
    let [value, shift] = [0, 0];
    let bits: number;
    do {
      bits = text.charCodeAt(at++) - 48;
      if (!(bits >= 0 && bits < 64) || shift > 25) throw new Error('has a mask whose run lengths cannot be read');
      value |= (bits & 0x1f) << shift;
      shift += 5;
    } while ((bits & 0x20) !== 0);
    if ((bits & 0x10) !== 0 && shift < 32) value |= -1 << shift;
    counts.push(counts.length > 2 ? value + counts[counts.length - 2]! : value);
  }
  return counts;
}
