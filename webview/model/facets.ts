// What images can be told apart by beside their clusters: class, folder, or a part of their names. Pure.
import * as l10n from '@vscode/l10n';
import { isGoodName } from '../../worker/images/folder-names';

/** What of an image a facet looks at. */
interface FacetImage {
  path: string;
  truth: string | undefined;
}

/** What is known beside paths, by path. */
export interface KnownOfImages {
  /** Columns of a table: their names, and the value of an image in each. */
  columns: readonly string[];
  values: ReadonlyMap<string, readonly string[]>;
  days: ReadonlyMap<string, string>;
}

const nothingKnown: KnownOfImages = { columns: [], values: new Map(), days: new Map() };

export interface Facet {
  id: string;
  label: string;
  /** Whether clusters can be measured against it: the folders' names say what the images are. */
  isTruth: boolean;
  /** Whether the values are days. */
  isTime: boolean;
  /** Sorted. */
  values: readonly string[];
  valueOf: (image: FacetImage) => string | undefined;
}

/** More values than this are names, not groups; of days there may be more. */
const [mostValues, mostDays] = [40, 400];
/** Parts of file names that are looked at. */
const mostParts = 6;

/** The facets that tell some of the images apart. The classes of the layout come first. */
export function facetsOf(
  images: readonly FacetImage[],
  classes: readonly string[],
  { columns, values: known, days }: KnownOfImages = nothingKnown,
): Facet[] {
  const facets: Facet[] = [];
  if (classes.length > 0) {
    // Nobody says that "lineA" is a defect; beside a folder of good ones the others are.
    const areDefects = classes.some(isGoodName) || images.some(({ path }) => isOfBenchmark(path));
    const label = areDefects ? l10n.t('Class') : l10n.t('Folder');
    facets.push({ id: 'class', label, isTruth: true, isTime: false, values: classes, valueOf: ({ truth }) => truth });
  }
  // Most candidates are out after some hundred images.
  const parts = new Map<string, string[]>();
  const partOf = (path: string, part: number): string | undefined => {
    const known = parts.get(path) ?? partsOf(path);
    parts.set(path, known);
    return known[part];
  };
  const candidates = [
    ...columns.map((name, i) => ({
      id: `column:${name}`,
      label: name,
      valueOf: ({ path }: FacetImage) => dayIn(known.get(path)?.[i] ?? ''),
    })),
    { id: 'day', label: l10n.t('Day, by the name'), valueOf: ({ path }: FacetImage) => dayInName(path) },
    { id: 'file-day', label: l10n.t('Day of the file'), valueOf: ({ path }: FacetImage) => days.get(path) },
    { id: 'folder', label: l10n.t('Folder'), valueOf: ({ path }: FacetImage) => folderOf(path) },
    ...Array.from({ length: mostParts }, (_, part) => ({
      id: `name:${part}`,
      label: '',
      valueOf: ({ path }: FacetImage) => partOf(path, part),
    })),
  ];
  for (const { id, label, valueOf } of candidates) {
    const values = valuesOf(images, valueOf);
    if (!values || facets.some((other) => images.every((image) => other.valueOf(image) === valueOf(image)))) continue;
    const isTime = values.every(isDay);
    facets.push({ id, label: label || partLabel(id, values), isTruth: false, isTime, values, valueOf });
  }
  return facets;
}

/** Sorted; undefined where they tell no groups apart: some images have none, all have the same, or most have one of their own. */
function valuesOf(images: readonly FacetImage[], valueOf: Facet['valueOf']): string[] | undefined {
  const values = new Set<string>();
  for (const image of images) {
    const value = valueOf(image);
    if (value === undefined || values.add(value).size > mostDays) return undefined;
  }
  const sorted = [...values].sort();
  const most = sorted.every(isDay) ? mostDays : mostValues;
  return sorted.length < 2 || sorted.length > most || sorted.length > images.length / 2 ? undefined : sorted;
}

function isDay(value: string): boolean {
  return /^20\d\d-[01]\d-[0-3]\d$/.test(value);
}

/** Of a time its day, so that images can be counted; any other text as it is. */
function dayIn(value: string): string {
  const [, day] = /^(20\d\d-[01]\d-[0-3]\d)[T ]\d/.exec(value) ?? [];
  return day ?? value;
}

/** As cameras name files: 20261128_1435.png, 2026-11-28-a.png. */
function dayInName(path: string): string | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const [, year, month, day] =
    /(?<!\d)(20\d\d)[-_]?(0[1-9]|1[0-2])[-_]?(0[1-9]|[12]\d|3[01])(?!\d{3})/.exec(name) ?? [];
  return year === undefined ? undefined : `${year}-${month}-${day}`;
}

/** "Name, part 2: back, front …" */
function partLabel(id: string, values: readonly string[]): string {
  const part = Number(id.slice('name:'.length)) + 1;
  const shown = values.slice(0, 2).join(', ') + (values.length > 2 ? ' …' : '');
  return l10n.t('Name, part {0}: {1}', part, shown);
}

function isOfBenchmark(path: string): boolean {
  return /^(test\/|MT_)/.test(path);
}

function folderOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '.';
}

/** Of the file's name without its ending: what stands between separators. */
function partsOf(path: string): string[] {
  const name = path.slice(path.lastIndexOf('/') + 1).replace(/\.[^.]*$/, '');
  return name.split(/[-_ .]+/).filter(Boolean);
}
