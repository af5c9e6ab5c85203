// `features`: patch embeddings as NumPy arrays, so that other programs can work on the very same numbers.
import { open, type FileHandle } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Device, PageName } from '../api/settings';
import { EngineError } from '../api/errors';
import { DistinctImages } from '../describe/distinct-images';
import { allocateBags, bagsView } from '../bags/search';
import { visible } from '../base/visible';
import type { Run } from '../session/run';
import { openSession, type Session } from '../session/session';
import { joinModelName } from '../models/name';
import { readDataset, type DatasetImage } from '../describe/dataset';
import { elongate } from '../prepare/elongate';
import { scanFolder } from '../images/scan';
import { npyHeader } from '../store/npy';
import { writeFileAtomic } from '../store/atomic-write';

export interface FeaturesOptions {
  model: string;
  output?: string;
  normal?: string;
  seed: number;
  device: Device;
  out: string;
  list: string;
  labels?: string;
  pages: PageName;
  limit?: number;
  normalOut?: string;
}

/** @throws EngineError `not-writable`, `too-few-images` where normal images are asked for and there are none */
export async function runFeatures(run: Run, folder: string, options: FeaturesOptions): Promise<void> {
  const scanned = await scanFolder(resolve(folder), options.normal === undefined ? undefined : resolve(options.normal));
  const session = await openSession(run, {
    model: joinModelName(options.model, options.output),
    device: options.device,
  });
  const { shape } = session;
  const dataset = await elongate(session, await readDataset(run, scanned, options.pages));
  const images = spread(dataset.images, options.limit ?? dataset.images.length);
  const written = await writeBags(session, images, resolve(options.out), (count) => [
    count,
    shape.patches,
    shape.dimensions,
  ]);
  await writeFileAtomic(resolve(options.list), written.map(({ path }) => `${path}\n`).join(''));
  if (options.labels !== undefined) {
    await writeFileAtomic(resolve(options.labels), written.map(({ truth }) => `${truth ?? ''}\n`).join(''));
  }
  if (options.normalOut !== undefined) {
    if (dataset.normals.length === 0) {
      throw new EngineError({ code: 'too-few-images' }, 'There are no normal images. Name their folder with --normal.');
    }
    await writeBags(session, dataset.normals, resolve(options.normalOut), (count) => [
      count * shape.patches,
      shape.dimensions,
    ]);
  }
  console.log(
    `${written.length} images, ${shape.patches} patches of ${shape.dimensions} numbers: ${resolve(options.out)}`,
  );
  for (const { path, reason } of dataset.failures) console.log(`Left out: ${visible(path)} ${visible(reason)}.`);
}

/** Every (length / count)-th item, so that all classes of a sorted folder are met. */
function spread<T>(items: T[], count: number): T[] {
  if (count >= items.length) return items;
  return Array.from({ length: count }, (_, i) => items[Math.floor((i * items.length) / count)]!);
}

/** Writes bag after bag behind a header that is filled in at the end. Returns the images that could be embedded. */
async function writeBags(
  session: Session,
  images: DatasetImage[],
  file: string,
  arrayShape: (count: number) => number[],
): Promise<DatasetImage[]> {
  const { shape } = session;
  const written: DatasetImage[] = [];
  const distinct = new DistinctImages(images, session.model, 0);
  const slots = session.placesInOrder;
  const bags = allocateBags(slots, shape.patches, shape.dimensions);
  const progress = session.startStage('embed', images.length);
  const handle = await createFile(file);
  try {
    await handle.write(npyHeader(arrayShape(0)));
    for await (const [{ image, slot }, result] of session.tasks(
      'loadBag',
      images.map((image, i) => ({ image, slot: i % slots })),
      ({ image, slot }) => ({ image: distinct.source(image.content), bags, slot }),
    )) {
      if (result.ok) {
        await handle.write(new Uint8Array(Float32Array.from(bagsView(bags, slot)).buffer));
        written.push(image);
      } else {
        console.log(`Left out: ${visible(image.path)} ${visible(result.reason)}.`);
      }
      progress.step();
    }
    await handle.write(npyHeader(arrayShape(written.length)), 0, undefined, 0);
  } finally {
    await handle.close();
  }
  return written;
}

async function createFile(file: string): Promise<FileHandle> {
  return open(file, 'w').catch((error: unknown) => {
    throw new EngineError({ code: 'not-writable', file }, `${file} cannot be written. Check the path.`, {
      cause: error,
    });
  });
}
