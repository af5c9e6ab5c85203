// A folder of images as the engine works on it: every file looked at once, unusable ones set aside with their reasons.
import { join, relative, sep } from 'node:path';
import type { ImageFailure } from '../api';
import { startStage, taskContext, type Run } from '../engine';
import type { ImageProbe, ValueRange } from './decode';
import type { MaskSource } from './masks';
import type { Layout, ScannedImage } from './layout';
import { scanFolder } from './scan';

/** An image that can be read, as far as its header says. */
export interface DatasetImage extends ScannedImage {
  /** Absolute path. */
  file: string;
  /** SHA-256 of its bytes. */
  content: string;
  /** In pixels, as people see it. */
  width: number;
  height: number;
  /** More than 8 bits a channel: what is stretched to 0..255, the same for the whole folder. */
  range?: ValueRange | undefined;
}

export interface Dataset {
  folder: string;
  layout: Layout;
  /** Sorted by path. */
  images: DatasetImage[];
  /** Normal images of Eq. 6; their paths are relative to the folder, too. */
  normals: DatasetImage[];
  failures: ImageFailure[];
}

/** @throws EngineError `folder-not-found`, `too-few-images` */
export async function readDataset(run: Run, folder: string, normalFolder?: string): Promise<Dataset> {
  const scanned = await scanFolder(folder, normalFolder);
  const normals = scanned.normals.map((file) => ({ path: relative(folder, file).split(sep).join('/') }));
  const files = [...scanned.images, ...normals].map((image) => ({ ...image, file: join(folder, image.path) }));
  const failures: ImageFailure[] = [...scanned.failures];
  const probes = new Map<string, ImageProbe>();
  const progress = startStage(run, 'scan', files.length);
  for await (const [{ path, file }, result] of run.pool.runInOrder('probe', files, ({ file }) => ({
    file,
    ...taskContext(run),
  }))) {
    if (result.ok) probes.set(file, result.value);
    else failures.push({ path, reason: result.reason });
    progress.step();
  }
  const range = commonRange(probes.values());
  const usable = (images: ScannedImage[]): DatasetImage[] =>
    images.flatMap((image) => {
      const file = join(folder, image.path);
      const probe = probes.get(file);
      if (probe === undefined) return [];
      const { content, width, height } = probe;
      return [{ ...image, file, content, width, height, range: probe.range && range }];
    });
  return { folder, layout: scanned.layout, images: usable(scanned.images), normals: usable(normals), failures };
}

/** An image's mask, if it has one, and the size that it must have. */
export function maskSource(folder: string, { mask, width, height }: DatasetImage): MaskSource {
  return { ...(mask === undefined ? {} : { file: join(folder, mask) }), width, height };
}

/** One range over all images with more than 8 bits, so that 12 bits in a 16-bit file do not turn black. */
function commonRange(probes: Iterable<ImageProbe>): ValueRange | undefined {
  const ranges = [...probes].flatMap(({ range }) => range ?? []);
  if (ranges.length === 0) return undefined;
  return ranges.reduce((a, b) => ({ min: Math.min(a.min, b.min), max: Math.max(a.max, b.max) }));
}
