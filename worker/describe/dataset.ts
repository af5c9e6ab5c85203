// A folder of images as the engine works on it: every file looked at once, unusable ones set aside with their reasons.
import { join, relative, sep } from 'node:path';
import type { ImageFailure } from '../api/requests';
import type { PageName } from '../api/settings';
import type { CountedPatches } from '../area/counted-patches';
import type { Elongation } from '../features/elongation';
import type { ValueRange } from '../images/decode';
import type { MaskSource } from '../images/masks';
import type { Layout, ScannedImage } from '../images/layout';
import type { ScannedFolder } from '../images/scan';
import { hasPages, pageOf, pathOfPage } from '../images/pages';
import { addressOf, type TarPlace } from '../images/tar/address';
import { rangeOf } from '../images/values';
import type { Turning } from '../parts/turn';
import type { ProbedImage } from '../pool/tasks/images';
import type { Run } from '../session/run';

/** An image that can be read, as far as its header says. */
export interface DatasetImage extends ScannedImage {
  /** Absolute path; of a member of a tar file its address. */
  file: string;
  /** Where it lies in a tar file; absent where it is a file. */
  place?: TarPlace | undefined;
  /** SHA-256 of its bytes. */
  content: string;
  /** In pixels, as people see it. */
  width: number;
  height: number;
  /** More than 8 bits a channel: what is stretched to 0..255, the same for the whole folder. */
  range?: ValueRange | undefined;
  /** All of it is one colour. */
  isPlain: boolean;
  /** Of what the network sees of it; absent: 1. */
  elongation?: Elongation | undefined;
  /** How its part is turned before the network sees it; absent: it is seen as it lies. */
  turned?: Turning | undefined;
  /** The part of it that counts; absent: all of it. */
  area?: ImageArea | undefined;
  /** Pages or frames of the file, when there are several: the first is read. */
  pages?: number | undefined;
}

/** Which of an image's patches count. */
export interface ImageArea {
  counted: CountedPatches;
  /** Names them. */
  key: string;
}

export interface Dataset {
  folder: string;
  layout: Layout;
  /** Sorted by path. */
  images: DatasetImage[];
  /** Normal images of Eq. 6; their paths are relative to the folder, too. */
  normals: DatasetImage[];
  failures: ImageFailure[];
  /** Folders right below that are datasets of their own. */
  datasets: readonly string[];
  /** How many masks there are. */
  masks: number;
  /** Files and folders that are no images, by kind. */
  passedOver: ReadonlyMap<string, number>;
}

/** Files that one task looks at, where there are many: to hand them over one by one takes longer than to look at a small one. */
const mostAtOnce = 32;
/** Tasks that there are at least, so that all threads have work and the progress moves. */
const batches = 500;

/**
 * Looks at every file of a folder that was scanned.
 * @param pages of TIFFs that are images
 * @throws EngineError `cancelled`
 */
export async function readDataset(run: Run, scanned: ScannedFolder, pages: PageName = 'first'): Promise<Dataset> {
  const { folder, places } = scanned;
  const placeOf = (path: string) => places?.get(path) ?? places?.get(pageOf(path)?.file ?? path);
  const normals = scanned.normals.map((file) => ({ path: relative(folder, file).split(sep).join('/') }));
  const failures: ImageFailure[] = [...scanned.failures];
  /** By path. Files' names are made as they are needed: there may be millions. */
  const probes = new Map<string, ProbedImage>();
  const probeAll = async (all: readonly { path: string }[]) => {
    const progress = run.startStage('scan', all.length);
    const size = Math.max(1, Math.min(mostAtOnce, Math.floor(all.length / batches)));
    const parts = Array.from({ length: Math.ceil(all.length / size) }, (_, i) => i * size);
    const partAt = (from: number) => all.slice(from, from + size);
    const input = (from: number) => ({ files: partAt(from).map(({ path }) => fileOf(folder, path, placeOf(path))) });
    for await (const [from, results] of run.tasks('probe', parts, input)) {
      for (const [i, { path }] of partAt(from).entries()) {
        const result = results[i]!;
        if (result.ok) probes.set(path, result.value);
        else failures.push({ path, reason: isUtf8(path) ? result.reason : 'has a name that is not UTF-8. Rename it' });
        progress.step();
      }
    }
  };
  await probeAll([...scanned.images, ...normals]);
  const withPages = (images: readonly ScannedImage[]): ScannedImage[] =>
    images.flatMap((image) => {
      // A mask is one of the first page.
      const { path, truth } = image;
      const count = probes.get(path)?.pages ?? 1;
      const others = pages === 'all' && hasPages(path) ? count - 1 : 0;
      const rest = truth === undefined ? {} : { truth };
      return [image, ...Array.from({ length: others }, (_, i) => ({ ...rest, path: pathOfPage(path, i + 2) }))];
    });
  const [images, normalImages] = [withPages(scanned.images), withPages(normals)];
  const isPage = ({ path }: ScannedImage) => pageOf(path) !== undefined && !probes.has(path);
  const others = [...images, ...normalImages].filter(isPage);
  if (others.length > 0) await probeAll(others);
  // One range over all images with more than 8 bits, so that 12 bits in a 16-bit file do not turn black.
  const values = [...probes.values()].flatMap((probe) => probe.values ?? []);
  const range = values.length === 0 ? undefined : rangeOf(values);
  const usable = (images: ScannedImage[]): DatasetImage[] =>
    images.flatMap((image) => {
      const probe = probes.get(image.path);
      if (probe === undefined) return [];
      const { content, width, height, pages: count, isPlain } = probe;
      // Of animations the first frame is an image, whatever is asked of pages.
      const isAll = pages === 'all' && hasPages(pageOf(image.path)?.file ?? image.path);
      const place = placeOf(image.path);
      return [
        {
          ...image,
          file: fileOf(folder, image.path, place),
          ...(place ? { place } : {}),
          content,
          width,
          height,
          range: probe.isDeep ? range : undefined,
          ...(isAll ? {} : { pages: count }),
          isPlain,
        },
      ];
    });
  const { layout, datasets, masks, passedOver } = scanned;
  return {
    ...{ folder, layout, datasets, masks: masks.masks.size, failures, passedOver },
    ...{ images: usable(images).sort(byPath), normals: usable(normalImages) },
  };
}

function byPath(a: { path: string }, b: { path: string }): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}

/** What is no UTF-8 in a name was replaced when the folder was listed, and such a file cannot be found again. */
function isUtf8(path: string): boolean {
  return !path.includes('\ufffd');
}

/** Absolute path of an image; of a member of a tar file its address. @param path relative to the folder */
export function fileOf(folder: string, path: string, place: TarPlace | undefined): string {
  if (place === undefined) return join(folder, path);
  return addressOf(join(folder, place.tar), place, path.slice(place.tar.length + 1));
}

/** An image's masks, if it has any, and the size that they must have. */
export function maskSource(folder: string, { masks = [], width, height }: DatasetImage): MaskSource {
  return { files: masks.map((mask) => join(folder, mask)), width, height };
}
