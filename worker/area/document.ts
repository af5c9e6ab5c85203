// The area file as data: which part of each image counts. Its schema, how its text is read, and how it is written. Pure; runs in Node and in a browser.
import * as z from 'zod';
import { onOneLine } from '../labels/serialize';

// The page's content security policy forbids generated code.
z.config({ jitless: true });

/** More of them are no drawing of a person, and would take long. */
const [mostPolygons, mostPoints] = [1000, 10_000];

const share = z.number().min(0).max(1);
const pointSchema = z.tuple([share, share]).describe('From the left and from the top, as shares of the upright image.');

/** Unknown keys are kept. */
export const areaSchema = z.looseObject({
  version: z.literal(1).describe('Version of this format.'),
  mode: z
    .enum(['ignore', 'look'])
    .describe('"ignore": what the polygons cover counts nowhere. "look": nothing else counts.'),
  polygons: z
    .array(z.array(pointSchema).min(3).max(mostPoints))
    .max(mostPolygons)
    .describe(
      'Polygons, one a line: corners [x, y] from 0 to 1. What any of them covers is meant; inside one that crosses itself, by the even-odd rule.',
    ),
});

export type AreaDocument = z.infer<typeof areaSchema>;
export type AreaMode = AreaDocument['mode'];
/** From the left and from the top, in shares of the upright image. */
export type AreaPoint = [x: number, y: number];
export type AreaPolygon = AreaPoint[];

/** An area file that cannot be read. The message is a sentence that says what to mend, without the file's name. */
export class AreaFileError extends Error {
  override readonly name = 'AreaFileError';
}

/** Keys keep the order of the text, unknown ones included. @throws AreaFileError */
export function parseArea(text: string): AreaDocument {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new AreaFileError(`It is not valid JSON (${(error as Error).message}).`, { cause: error });
  }
  const version = (value as { version?: unknown } | null)?.version;
  if (typeof version === 'number' && version > 1)
    throw new AreaFileError(`It has version ${version}, which is newer than this program. Update it.`);
  const parsed = areaSchema.safeParse(value);
  if (parsed.success) return value as AreaDocument;
  const issue = parsed.error.issues[0]!;
  const name = issue.path.join('.');
  throw new AreaFileError(`It is not valid${name ? ` at ${name}` : ''}: ${issue.message}.`);
}

/** Digits of a coordinate: a tenth of a pixel of the largest pictures that people look at. */
const steps = 10_000;

/** UTF-8 text with `\n`, one polygon a line, coordinates with four digits: the same area gives the same bytes. */
export function serializeArea(area: AreaDocument): string {
  const members = Object.entries(area)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `  ${JSON.stringify(key)}: ${key === 'polygons' ? lines(area.polygons) : onOneLine(value)}`);
  return `{\n${members.join(',\n')}\n}\n`;
}

function lines(polygons: AreaPolygon[]): string {
  if (polygons.length === 0) return '[]';
  return `[\n${polygons.map((polygon) => `    ${onOneLine(polygon.map((point) => point.map(rounded)))}`).join(',\n')}\n  ]`;
}

function rounded(value: number): number {
  return Math.round(Math.min(Math.max(value, 0), 1) * steps) / steps;
}
