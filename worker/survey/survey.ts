// What a folder of images holds, in numbers. Pure: of what was read of every file.
import { extname } from 'node:path';
import type { ImageFailure, Note } from '../api/requests';
import type { Dataset, DatasetImage } from '../describe/dataset';
import type { PhotoQuality } from './photo-quality';

/** How many images have something in common. */
export interface Count {
  name: string;
  images: number;
}

/** What a folder holds. Counts begin with the largest. */
export interface Survey {
  /** Images to cluster. */
  images: number;
  normals: number;
  /** By their extensions. */
  kinds: Count[];
  /** Width×height in pixels, as people see them. */
  sizes: Count[];
  /** Images with more than 8 bits a channel. */
  deep: number;
  /** Ground-truth classes of the layout; empty where it gives none. */
  classes: Count[];
  /** Paths of images that have another size than most, when most have one. */
  oddSizes: string[];
  /** Groups of paths with the same bytes, normal images among them. */
  copies: string[][];
  leftOut: ImageFailure[];
}

/** Above this share of images of one size, the others are odd. */
const most = 0.8;

/** Counts what was read of a folder. */
export function surveyOf({ images, normals, failures }: Dataset): Survey {
  const sizes = counts(images, sizeOf);
  const [usual] = sizes;
  const hasUsual = usual !== undefined && usual.images >= most * images.length;
  const byContent = new Map<string, string[]>();
  for (const { content, path } of [...images, ...normals])
    byContent.set(content, [...(byContent.get(content) ?? []), path]);
  return {
    images: images.length,
    normals: normals.length,
    kinds: counts(images, ({ path }) => extname(path).slice(1).toLowerCase() || 'no extension'),
    sizes,
    deep: images.filter(({ range }) => range !== undefined).length,
    classes: counts(images, ({ truth }) => truth),
    oddSizes: hasUsual ? images.filter((image) => sizeOf(image) !== usual.name).map(({ path }) => path) : [],
    copies: [...byContent.values()].filter(({ length }) => length > 1),
    leftOut: failures,
  };
}

/** Of anything, so many are named. */
const shown = 5;

/** In words, a line each. */
export function surveyNotes(survey: Survey): Note[] {
  const { images, normals, kinds, sizes, deep, classes, oddSizes, copies } = survey;
  const counted = (all: readonly Count[]) => some(all.map(({ name, images: count }) => `${count} ${name}`));
  const [usual] = sizes;
  return [
    { label: 'Images', value: images === 0 ? 'none' : `${images} (${counted(kinds)})` },
    ...(usual === undefined ? [] : [{ label: 'Sizes', value: counted(sizes) }]),
    ...(oddSizes.length === 0 ? [] : [{ label: `Not ${usual!.name}`, value: some(oddSizes) }]),
    ...(deep === 0 ? [] : [{ label: 'More than 8 bits a channel', value: String(deep) }]),
    ...(classes.length === 0 ? [] : [{ label: 'Classes', value: counted(classes) }]),
    ...(normals === 0 ? [] : [{ label: 'Normal images', value: String(normals) }]),
    ...groups('The same image', copies),
  ];
}

/** Lines about photos that came out otherwise than most, and about near copies. */
export function photoNotes({ nearCopies, blurred, dark, bright }: PhotoQuality): Note[] {
  const named = (label: string, paths: readonly string[]) =>
    paths.length === 0 ? [] : [{ label, value: some(paths) }];
  return [
    ...groups('Nearly the same image', nearCopies),
    ...named('Blurred', blurred),
    ...named('Dark', dark),
    ...named('Bright', bright),
  ];
}

function groups(label: string, all: readonly string[][]): Note[] {
  return [
    ...all.slice(0, shown).map((paths) => ({ label, value: some(paths) })),
    ...(all.length > shown ? [{ label, value: `and ${all.length - shown} more groups` }] : []),
  ];
}

function some(all: readonly string[]): string {
  return all.slice(0, shown).join(', ') + (all.length > shown ? `, and ${all.length - shown} more` : '');
}

function sizeOf({ width, height }: DatasetImage): string {
  return `${width}×${height}`;
}

/** How many images have each name; the most frequent first. */
export function counts(images: readonly DatasetImage[], nameOf: (image: DatasetImage) => string | undefined): Count[] {
  const all = new Map<string, number>();
  for (const image of images) {
    const name = nameOf(image);
    if (name !== undefined) all.set(name, (all.get(name) ?? 0) + 1);
  }
  return [...all]
    .map(([name, count]) => ({ name, images: count }))
    .sort((a, b) => b.images - a.images || (a.name < b.name ? -1 : 1));
}
