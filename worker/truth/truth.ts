// What files of other tools say of images: which kinds of objects are where. And which image of a label file each of theirs is. Pure.
import { areaOf, type Shape } from '../evaluation/shapes';

export interface TrueObject {
  kind: string;
  /** Absent where only the image as a whole is said to be of the kind. */
  shape?: Shape;
}

export interface TrueImage {
  /** As the other tool calls it. */
  name: string;
  objects: TrueObject[];
  /** What the unit of the shapes is a part of: the image's size in pixels, 1 × 1 for parts of it; undefined where it is not said. */
  size?: readonly [width: number, height: number];
}

export interface Truth {
  /** Where it comes from, in words. */
  source: string;
  images: TrueImage[];
  /** Whether names lack the extension. */
  areStems: boolean;
}

/** What an image without objects shows. */
export const nothing = '(none)';

/** The kind that takes the largest area of an image. */
export function kindOf({ objects }: Pick<TrueImage, 'objects'>): string {
  const areas = new Map<string, number>();
  for (const { kind, shape } of objects) areas.set(kind, (areas.get(kind) ?? 0) + (shape ? areaOf(shape) : 0));
  const [largest] = [...areas].sort(([a, area], [b, other]) => other - area || (a < b ? -1 : 1));
  return largest?.[0] ?? nothing;
}

/**
 * Finds images of other tools among paths of a label file: by the whole path; else by as much of it as both have, where one image alone fits
 * (tools leave folders out, or put some before), also with `__` for `/`, as `export yolo` writes names.
 * @returns path by name; those that fit none, or several, or the same as another, are left out
 */
export function matchNames(names: readonly string[], paths: readonly string[], areStems: boolean): Map<string, string> {
  const keyOf = (path: string) => (areStems ? path.replace(/\.[^./]+$/, '') : path);
  const exact = new Map<string, string[]>();
  const byLast = new Map<string, string[]>();
  const put = (index: Map<string, string[]>, key: string, path: string) =>
    index.set(key, [...(index.get(key) ?? []), path]);
  const keys = new Map<string, string[]>();
  for (const path of paths) {
    const key = keyOf(path);
    const own = areStems && key.includes('/') ? [key, key.replaceAll('/', '__')] : [key];
    keys.set(path, own);
    for (const each of own) {
      put(exact, each, path);
      put(byLast, lastOf(each), path);
    }
  }
  const found = new Map<string, string>();
  const times = new Map<string, number>();
  for (const name of names) {
    const plain = name.replaceAll('\\', '/').replace(/^(\.?\/)+/, '');
    const candidates =
      exact.get(plain) ??
      byLast.get(lastOf(plain))?.filter((path) => keys.get(path)!.some((key) => endsAlike(key, plain)));
    const [only, ...others] = new Set(candidates);
    if (only === undefined || others.length > 0) continue;
    found.set(name, only);
    times.set(only, (times.get(only) ?? 0) + 1);
  }
  return new Map([...found].filter(([, path]) => times.get(path) === 1));
}

function lastOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function endsAlike(a: string, b: string): boolean {
  return a === b || a.endsWith(`/${b}`) || b.endsWith(`/${a}`);
}
