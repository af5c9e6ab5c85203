// The datasets of a benchmark: each folder read and split by the paper's protocol.
import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { EngineError } from '../../api/errors';
import { rankContents } from '../../bags/choose-references';
import { isCounted, splitForBenchmark } from '../../evaluation/paper-protocol';
import { withMaskClasses } from '../../images/mask-classes';
import { scanFolder } from '../../images/scan';
import type { Run } from '../../session/run';
import { readDataset, type DatasetImage } from '../../describe/dataset';
import type { Layout } from '../../images/layout';
import type { PaperGroup } from '../tables/results';

/** What is drawn from the datasets. */
export interface ProtocolSettings {
  seed: number;
  /** Share of Magnetic Tile's normal images that go into the bank. */
  bankShare: number;
  /** At most so many images of each class, chosen by the seed. */
  imagesPerClass?: number;
  /** At most so many normal images, chosen by the seed. */
  normalImages?: number;
}

/** What is clustered and what it is compared with. */
export interface BenchmarkSet {
  name: string;
  folder: string;
  layout: Layout;
  group?: PaperGroup;
  /** Images that are clustered, each with its class; distinct contents only. */
  images: (DatasetImage & { truth: string })[];
  normals: DatasetImage[];
  remarks: string[];
}

const textures = new Set(['carpet', 'grid', 'leather', 'tile', 'wood']);

/** A folder of MVTec AD categories stands for its categories. */
export async function expandFolders(folders: string[]): Promise<string[]> {
  const expanded = await Promise.all(
    folders.map(async (folder) => {
      const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
      if (entries.some(({ name }) => name === 'test')) return [folder];
      const categories: string[] = [];
      for (const { name } of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
        const test = await stat(join(folder, name, 'test')).catch(() => undefined);
        if (test?.isDirectory()) categories.push(join(folder, name));
      }
      return categories.length > 0 ? categories : [folder];
    }),
  );
  return expanded.flat();
}

/** @throws EngineError when a folder has no classes to compare with */
export async function readBenchmarkSet(run: Run, folder: string, settings: ProtocolSettings): Promise<BenchmarkSet> {
  const dataset = await readDataset(run, await withMaskClasses(await scanFolder(folder)));
  const remarks = dataset.failures.map(({ path, reason }) => `${path} was left out: it ${reason}.`);
  const withTruth = dataset.images.flatMap((image) =>
    image.truth === undefined ? [] : [{ ...image, truth: image.truth }],
  );
  const distinct = withoutCopies(withTruth);
  if (distinct.length < withTruth.length) {
    remarks.push(`${withTruth.length - distinct.length} images are copies of others and were left out.`);
  }
  const { test, bank } = splitForBenchmark(distinct, dataset.layout, settings);
  const images = limit(test, settings);
  if (images.length < test.length) {
    remarks.push(`At most ${settings.imagesPerClass} images of each class: ${images.length} of ${test.length}.`);
  }
  const classes = new Set(images.map(({ truth }) => truth).filter(isCounted));
  if (classes.size < 2) {
    throw new EngineError(
      { code: 'too-few-images', folder },
      `${folder} has no true classes to compare with. A benchmark takes MVTec AD categories, Magnetic Tile, or folders with a sub-folder per class.`,
    );
  }
  const allNormals = withoutCopies([...dataset.normals, ...bank]);
  const normals = firstOf(allNormals, settings.normalImages ?? allNormals.length, settings.seed);
  if (normals.length < allNormals.length) {
    remarks.push(`At most ${settings.normalImages} normal images: ${normals.length} of ${allNormals.length}.`);
  }
  const group = groupOf(basename(folder), dataset.layout);
  return {
    name: basename(folder),
    folder,
    layout: dataset.layout,
    ...(group === undefined ? {} : { group }),
    images,
    normals,
    remarks,
  };
}

function groupOf(name: string, layout: Layout): PaperGroup | undefined {
  if (layout === 'magnetic-tile') return 'mtd';
  if (layout !== 'mvtec') return undefined;
  return textures.has(name) ? 'texture' : 'object';
}

function withoutCopies<T extends DatasetImage>(images: T[]): T[] {
  return [...new Map(images.map((image) => [image.content, image])).values()];
}

/** Some images of each class, sorted by path as before. */
function limit<T extends DatasetImage & { truth: string }>(
  images: T[],
  { seed, imagesPerClass }: ProtocolSettings,
): T[] {
  if (imagesPerClass === undefined) return images;
  const classes = new Map<string, T[]>();
  for (const image of images) classes.set(image.truth, [...(classes.get(image.truth) ?? []), image]);
  const kept = [...classes.values()].flatMap((members) => firstOf(members, imagesPerClass, seed));
  return kept.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** The first images in the seeded order. */
function firstOf<T extends DatasetImage>(images: T[], count: number, seed: number): T[] {
  const chosen = new Set(
    rankContents(
      images.map(({ content }) => content),
      seed,
    ).slice(0, count),
  );
  return images.filter(({ content }) => chosen.has(content));
}
