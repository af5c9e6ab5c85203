// Ground truth from a COCO file or a folder of a YOLO dataset.
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';
import { EngineError } from '../api/errors';
import { boxAround, type Shape } from '../evaluation/shapes';
import { parseCoco } from './coco';
import type { TrueImage, TrueObject, Truth } from './truth';

/**
 * @param path absolute: a COCO file, or the folder of a YOLO dataset
 * @throws EngineError `invalid-setting` with what to mend
 */
export async function readTruth(path: string): Promise<Truth> {
  const status = await stat(path).catch(() => undefined);
  if (!status) throw refused(`${path} is not there. Name a COCO file, or the folder of a YOLO dataset.`);
  return status.isDirectory() ? readYolo(path) : readCoco(path);
}

async function readCoco(file: string): Promise<Truth> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw refused(`${file} cannot be read: ${(error as Error).message}.`);
  });
  try {
    const images = parseCoco(JSON.parse(text));
    return { source: `COCO, ${basename(file)}`, images, areStems: false };
  } catch (error) {
    const reason = error instanceof SyntaxError ? `is no JSON (${error.message})` : (error as Error).message;
    throw refused(`${file} ${reason}.`);
  }
}

const imageFile = /\.(avif|bmp|gif|jpe?g|p[gpn]m|png|tiff?|webp)$/i;
/** Text files of a dataset that hold no labels. */
const otherText = /^(classes|train|val|valid|test|readme.*|notes)\.txt$/i;

/** Labels stand below `labels`, images below `images`, wherever these are; or labels are all there is. */
async function readYolo(folder: string): Promise<Truth> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep))
    .sort((a, b) => (a.join('/') < b.join('/') ? -1 : 1));
  const hasLabels = files.some((parts) => parts.slice(0, -1).includes('labels'));
  const labelFiles = files.filter(
    (parts) =>
      parts.at(-1)!.endsWith('.txt') &&
      (hasLabels ? parts.slice(0, -1).includes('labels') : !otherText.test(parts.at(-1)!)),
  );
  if (labelFiles.length === 0)
    throw refused(`${folder} holds no YOLO labels: a text file for each image, below "labels".`);
  const nameOf = await readClasses(folder);
  const images = new Map<string, TrueImage>();
  for (const parts of labelFiles) {
    const name = stemBelow(parts, 'labels');
    const file = join(folder, ...parts);
    images.set(name, { name, objects: parseYolo(await readFile(file, 'utf8'), file, nameOf), size: [1, 1] });
  }
  // An image without labels shows nothing.
  for (const parts of files) {
    if (!imageFile.test(parts.at(-1)!) || !parts.slice(0, -1).includes('images')) continue;
    const name = stemBelow(parts, 'images');
    if (!images.has(name)) images.set(name, { name, objects: [], size: [1, 1] });
  }
  return { source: `YOLO, ${basename(folder)}`, images: [...images.values()], areStems: true };
}

/** The path below the last folder of a name, without what splits a dataset and without the extension. */
function stemBelow(parts: readonly string[], name: string): string {
  const below = parts.slice(parts.slice(0, -1).lastIndexOf(name) + 1);
  const rest = below.length > 1 && /^(train|val|valid|test)\d*$/.test(below[0]!) ? below.slice(1) : below;
  return rest.join('/').replace(/\.[^./]+$/, '');
}

const dataSchema = z.object({ names: z.union([z.array(z.coerce.string()), z.record(z.string(), z.coerce.string())]) });

/** From `data.yaml`, or `classes.txt`; numbers stay numbers without either. */
async function readClasses(folder: string): Promise<(index: number) => string> {
  for (const name of ['data.yaml', 'data.yml', 'dataset.yaml']) {
    const text = await readFile(join(folder, name), 'utf8').catch(() => undefined);
    if (text === undefined) continue;
    let value: unknown;
    try {
      value = parse(text);
    } catch (error) {
      throw refused(`${join(folder, name)} is no YAML: ${(error as Error).message.split('\n')[0]}`);
    }
    const parsed = dataSchema.safeParse(value);
    if (!parsed.success) throw refused(`${join(folder, name)} has no list of class names: "names".`);
    const { names } = parsed.data;
    return (index) => (Array.isArray(names) ? names[index] : names[String(index)]) ?? String(index);
  }
  const lines = (await readFile(join(folder, 'classes.txt'), 'utf8').catch(() => '')).split(/\r?\n/);
  return (index) => lines[index]?.trim() || String(index);
}

/** One line an object: class, then centre and size of a box, or the corners of a polygon, in parts of the image. */
function parseYolo(text: string, file: string, nameOf: (index: number) => string): TrueObject[] {
  return text.split(/\r?\n/).flatMap((line, i): TrueObject[] => {
    if (line.trim() === '') return [];
    const [index, ...values] = line.trim().split(/\s+/).map(Number);
    const isBox = values.length === 4;
    const isPolygon = values.length >= 6 && values.length % 2 === 0;
    if (
      !Number.isInteger(index) ||
      index! < 0 ||
      values.some((each) => !Number.isFinite(each)) ||
      !(isBox || isPolygon)
    )
      throw refused(
        `${file} cannot be read in line ${i + 1}: a class and four numbers are a box, a class and pairs of numbers a polygon.`,
      );
    return [
      { kind: nameOf(index!), shape: isBox ? centred(values) : { box: boxAround([values])!, polygons: [values] } },
    ];
  });
}

function centred(values: readonly number[]): Shape {
  const [x, y, width, height] = values as [number, number, number, number];
  return { box: [x - width / 2, y - height / 2, width, height] };
}

function refused(message: string): EngineError {
  return new EngineError({ code: 'invalid-setting' }, message);
}
