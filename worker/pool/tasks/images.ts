// Tasks on single images: looking at files, embedding, plain and weighted averages, thumbnails.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { weightedAverage } from '../../bags/weights';
import { throwIfCancelled } from '../../cancel';
import type { Model } from '../../models/model';
import { makeThumbnail, probeImage, type ImageProbe, type ValueRange } from '../../images/decode';
import { drawOutline, readMask, type MaskSource } from '../../images/masks';
import { cacheKey } from '../../store/cache';
import { task } from '../settle';
import {
  bagOf,
  cacheOf,
  networkOf,
  outcome,
  type BagShape,
  type ImageOutcome,
  type ImageSource,
  type TaskContext,
} from './thread';

/** Looks at an image file without decoding it in full. */
export const probe = task(({ file, flag }: { file: string } & TaskContext): Promise<ImageOutcome<ImageProbe>> => {
  throwIfCancelled(flag);
  return outcome(async () => probeImage(await readFile(file)));
});

/** Runs the model once on a black image, to learn the shape of its bags. */
export const inspectModel = task(async ({ model, flag }: { model: Model } & TaskContext): Promise<BagShape> => {
  throwIfCancelled(flag);
  const network = await networkOf(model);
  const bag = await network.embed(new Uint8Array(model.input.width * model.input.height * 3));
  return { patches: bag.rows * bag.columns, dimensions: bag.dimensions, grid: network.grid(bag) };
});

export interface EnsureBagTask extends TaskContext {
  image: ImageSource;
  model: Model;
}

/** Embeds an image into the cache, unless its bag is there. Tells whether the image can be used. */
export const ensureBag = task((input: EnsureBagTask) => {
  const { image, model, cacheFolder, flag } = input;
  throwIfCancelled(flag);
  return outcome(async () => {
    if (!(await cacheOf(cacheFolder).has('bags', image.bagKey))) await bagOf(image, model, input, true);
    return null;
  });
});

export interface AverageTask extends TaskContext {
  image: ImageSource;
  model: Model;
  /** Weights (M) of each average that is wanted. */
  weights: Float64Array[];
}

/** Several weighted averages of one image, whose bag is read once. @returns (weights, D), then the pooled vector (D) */
export const average = task(async (input: AverageTask): Promise<Float32Array[]> => {
  const { image, model, weights, flag } = input;
  throwIfCancelled(flag);
  const { embeddings, pooled } = await bagOf(image, model, input, true);
  return [...weights.map((each) => weightedAverage(embeddings, each)), pooled];
});

export interface ThumbnailTask extends TaskContext {
  file: string;
  /** Range of the whole folder; the image's own when absent. */
  range?: ValueRange | undefined;
  /** Longest side in pixels. */
  side: number;
  lossless?: boolean;
}

/** Makes an image's thumbnail, unless it is in the cache, and returns its file. */
export const thumbnail = task(({ file, range, side, lossless = false, cacheFolder }: ThumbnailTask) =>
  outcome(async () => {
    const cache = cacheOf(cacheFolder);
    const bytes = await readFile(file);
    const probed = await probeImage(bytes);
    const stretch = range ?? probed.range;
    const key = cacheKey(
      'thumbnail',
      probed.content,
      side,
      JSON.stringify(probed.range && stretch) ?? '',
      lossless ? 1 : 0,
    );
    const kept = await cache.file('thumbnails', key, 'webp');
    return (
      kept ??
      cache.putFile('thumbnails', key, 'webp', await makeThumbnail(bytes, side, probed.range && stretch, lossless))
    );
  }),
);

export interface MaskOutlineTask extends TaskContext {
  mask: MaskSource;
  /** Longest side in pixels. */
  side: number;
}

/** Makes a transparent picture with the outline of a mask, unless it is in the cache, and returns its file. */
export const maskOutline = task(({ mask, side, cacheFolder }: MaskOutlineTask) =>
  outcome(async () => {
    const cache = cacheOf(cacheFolder);
    const bytes = await readFile(mask.file!);
    const key = cacheKey('outline', createHash('sha256').update(bytes).digest('hex'), side);
    const kept = await cache.file('thumbnails', key, 'webp');
    return kept ?? cache.putFile('thumbnails', key, 'webp', await drawOutline((await readMask(mask))!, side));
  }),
);
