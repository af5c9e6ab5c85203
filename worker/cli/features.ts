// `features`: patch embeddings as NumPy arrays, so that other programs can work on the very same numbers.
import { open, type FileHandle } from 'node:fs/promises';
import { resolve } from 'node:path';
import { EngineError, type Device } from '../api';
import { subjectsOf } from '../describe/subjects';
import { allocateBags, bagsView } from '../bags/search';
import { chooseDevices } from '../devices/choose';
import { startStage, taskContext, type Run } from '../engine';
import { findModel } from '../models/find';
import { joinModelName } from '../models/name';
import type { Model } from '../models/model';
import { requirePlatform } from '../features/platform';
import { readDataset, type DatasetImage } from '../images/dataset';
import type { BagShape } from '../pool/tasks/thread';
import { npyHeader } from '../store/npy';
import { writeFileAtomic } from '../store/write';

export interface FeaturesOptions {
  model: string;
  output?: string;
  normal?: string;
  seed: number;
  device: Device;
  out: string;
  list: string;
  labels?: string;
  limit?: number;
  normalOut?: string;
}

export async function runFeatures(engineRun: Run, folder: string, options: FeaturesOptions): Promise<void> {
  requirePlatform(process.platform, process.arch);
  const model = await findModel(joinModelName(options.model, options.output), engineRun);
  const run = { ...engineRun, devices: await chooseDevices(engineRun, model, options.device) };
  const dataset = await readDataset(
    run,
    resolve(folder),
    options.normal === undefined ? undefined : resolve(options.normal),
  );
  const shape = await run.pool.run('inspectModel', { model, ...taskContext(run) });
  const images = spread(dataset.images, options.limit ?? dataset.images.length);
  const written = await writeBags(run, model, shape, images, resolve(options.out), (count) => [
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
      throw new EngineError('too-few-images', 'There are no normal images. Name their folder with --normal.');
    }
    await writeBags(run, model, shape, dataset.normals, resolve(options.normalOut), (count) => [
      count * shape.patches,
      shape.dimensions,
    ]);
  }
  console.log(
    `${written.length} images, ${shape.patches} patches of ${shape.dimensions} numbers: ${resolve(options.out)}`,
  );
  for (const { path, reason } of dataset.failures) console.log(`Left out: ${path} ${reason}.`);
}

/** Every (length / count)-th item, so that all classes of a sorted folder are met. */
function spread<T>(items: T[], count: number): T[] {
  if (count >= items.length) return items;
  return Array.from({ length: count }, (_, i) => items[Math.floor((i * items.length) / count)]!);
}

/** Writes bag after bag behind a header that is filled in at the end. Returns the images that could be embedded. */
async function writeBags(
  run: Run,
  model: Model,
  shape: BagShape,
  images: DatasetImage[],
  file: string,
  arrayShape: (count: number) => number[],
): Promise<DatasetImage[]> {
  const written: DatasetImage[] = [];
  const subjects = subjectsOf(images, model);
  const slots = run.pool.threads * 2 + 1;
  const bags = allocateBags(slots, shape.patches, shape.dimensions);
  const progress = startStage(run, 'embed', images.length);
  const handle = await createFile(file);
  try {
    await handle.write(npyHeader(arrayShape(0)));
    for await (const [{ image, slot }, result] of run.pool.runInOrder(
      'loadBag',
      images.map((image, i) => ({ image, slot: i % slots })),
      ({ image, slot }) => ({ image: subjects.get(image.content)!, model, bags, slot, ...taskContext(run) }),
    )) {
      if (result.ok) {
        await handle.write(new Uint8Array(Float32Array.from(bagsView(bags, slot)).buffer));
        written.push(image);
      } else {
        console.log(`Left out: ${image.path} ${result.reason}.`);
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
    throw new EngineError('not-writable', `${file} cannot be written. Check the path.`, file, { cause: error });
  });
}
