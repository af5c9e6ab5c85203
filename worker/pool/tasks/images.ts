// Tasks on single images: looking at files, embedding, plain and weighted averages, thumbnails.
import { weightedAverage } from '../../bags/weights';
import { EngineError } from '../../api/errors';
import { elongatedSize, type Elongation } from '../../features/elongation';
import { throwIfCancelled } from '../../base/cancel';
import type { Model } from '../../features/model';
import {
  contentOf,
  decodeImage,
  decodingVersion,
  isPlain,
  makeThumbnail,
  mayBePlain,
  probeImage,
  valuesOf,
  type ImageProbe,
  type ValueRange,
} from '../../images/decode';
import { qualityOf, type Quality } from '../../images/quality';
import { rangeOf } from '../../images/values';
import { withImageFile } from '../../images/image-file';
import { drawOutline, readMask, type MaskSource } from '../../images/masks';
import { findPart, glanceSide, type FoundPart } from '../../parts/find-part';
import { turningVersion } from '../../parts/turn';
import { cacheKey } from '../../store/cache';
import { task } from './settle';
import type { BagShape, ImageSource, TaskContext } from './context';
import { outcome, type ImageOutcome } from './outcome';
import { cacheOf, networkOf } from './opened';
import { cropAround, type Box } from '../../regions/crop';
import { bagOf, storedKey } from './bag-cache';

/** What is known of an image before it is embedded. */
export interface ProbedImage extends ImageProbe {
  /** All of it is one colour. */
  isPlain: boolean;
  /** Of images with more than 8 bits a channel: quantiles of their values. */
  values?: Float32Array;
}

/** Looks at image files, and decodes those whose values must be known. @returns one outcome for each */
export const probe = task(
  async ({
    files,
    flag,
    cacheFolder,
  }: { files: readonly string[] } & TaskContext): Promise<ImageOutcome<ProbedImage>[]> => {
    const outcomes: ImageOutcome<ProbedImage>[] = [];
    for (const file of files) {
      throwIfCancelled(flag);
      outcomes.push(await outcome(() => withImageFile(file, (bytes) => lookAt(bytes, cacheFolder))));
    }
    return outcomes;
  },
);

async function lookAt(bytes: Uint8Array, cacheFolder: string): Promise<ProbedImage> {
  const probed = await probeImage(bytes);
  const plain = mayBePlain(bytes, probed) && (await knownAsPlain(bytes, probed.content, cacheFolder));
  const values = probed.isDeep ? await knownValues(bytes, probed.content, cacheFolder) : undefined;
  return { ...probed, isPlain: plain, ...(values ? { values } : {}) };
}

export interface QualityTask extends TaskContext {
  file: string;
  range?: ValueRange | undefined;
}

/** How a photo came out. */
export const quality = task(({ file, range, flag }: QualityTask): Promise<ImageOutcome<Quality>> => {
  throwIfCancelled(flag);
  return outcome(() => withImageFile(file, (bytes) => qualityOf(bytes, range)));
});

export interface PartTask extends TaskContext {
  file: string;
  /** SHA-256 of its bytes. */
  content: string;
  range?: ValueRange | undefined;
  /** Width over height of the photo. */
  aspect: number;
}

/** The part that lies in a photo, if there is one: from the cache, or found now and kept there. */
export const part = task((input: PartTask): Promise<ImageOutcome<FoundPart | undefined>> => {
  const { file, content, range, aspect, cacheFolder, flag } = input;
  throwIfCancelled(flag);
  const cache = cacheOf(cacheFolder);
  const key = cacheKey('part', decodingVersion, turningVersion, content, JSON.stringify(range) ?? '');
  const [width, height] = aspect >= 1 ? [glanceSide, glanceSide / aspect] : [glanceSide * aspect, glanceSide];
  const size = { width: Math.round(width), height: Math.round(height) };
  return outcome(async () => {
    const known = await cache.getJson<{ part?: FoundPart }>('values', key);
    if (known) return known.part;
    const found = await withImageFile(file, async (bytes) =>
      findPart({ ...size, rgb: await decodeImage(bytes, size.width, size.height, range) }, aspect),
    );
    await cache.putJson('values', key, { part: found });
    return found;
  });
});

/** From the cache, or found now and kept there. */
async function knownAsPlain(bytes: Uint8Array, content: string, cacheFolder: string): Promise<boolean> {
  const cache = cacheOf(cacheFolder);
  const key = cacheKey('plain', decodingVersion, content);
  const known = await cache.get('values', key);
  if (known) return known[0] === 1;
  const answer = await isPlain(bytes);
  await cache.put('values', key, Uint8Array.of(answer ? 1 : 0));
  return answer;
}

/** Likewise. */
async function knownValues(bytes: Uint8Array, content: string, cacheFolder: string): Promise<Float32Array> {
  const cache = cacheOf(cacheFolder);
  const key = cacheKey('quantiles', decodingVersion, content);
  const known = await cache.get('values', key);
  if (known) return new Float32Array(known.buffer);
  const values = await valuesOf(bytes);
  await cache.put('values', key, values);
  return values;
}

/** Runs the model once on a black image, to learn the shape of its bags. */
export const inspectModel = task(async ({ model, flag }: { model: Model } & TaskContext): Promise<BagShape> => {
  throwIfCancelled(flag);
  const network = await networkOf(model);
  const bag = await network.embed(new Uint8Array(model.input.width * model.input.height * 3));
  return { patches: bag.rows * bag.columns, dimensions: bag.dimensions, grid: network.grid(bag) };
});

/** Tells whether a network takes an elongated image, and gives as many patches for it. */
export const takesElongated = task(
  async ({ model, elongation, flag }: { model: Model; elongation: Elongation } & TaskContext): Promise<boolean> => {
    throwIfCancelled(flag);
    const network = await networkOf(model);
    const { width, height } = elongatedSize(model.input, elongation);
    const usual = await network.embed(new Uint8Array(width * height * 3));
    try {
      const { rows, columns } = await network.embed(new Uint8Array(width * height * 3), elongation);
      return rows === usual.rows / elongation && columns === usual.columns * elongation;
    } catch (error) {
      if (error instanceof EngineError) return false;
      throw error;
    }
  },
);

export interface EnsureBagTask extends TaskContext {
  image: ImageSource;
  model: Model;
}

/** Embeds an image into the cache, unless its bag is there. Tells whether the image can be used. */
export const ensureBag = task((input: EnsureBagTask) => {
  const { image, model, cacheFolder, flag } = input;
  throwIfCancelled(flag);
  return outcome(async () => {
    if (!(await cacheOf(cacheFolder).has('bags', storedKey(image)))) await bagOf(image, model, input, true);
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
  /** A box in the image's pixels: it alone is shown, with what is around it. */
  around?: Box | undefined;
}

/** Makes an image's thumbnail, unless it is in the cache, and returns its file. */
export const thumbnail = task(({ file, range, side, lossless = false, around, cacheFolder }: ThumbnailTask) =>
  outcome(() =>
    withImageFile(file, async (bytes) => {
      const cache = cacheOf(cacheFolder);
      const probed = await probeImage(bytes);
      const stretch = probed.isDeep
        ? (range ?? rangeOf([await knownValues(bytes, probed.content, cacheFolder)]))
        : undefined;
      const key = cacheKey(
        'thumbnail by area',
        decodingVersion,
        probed.content,
        side,
        JSON.stringify(stretch) ?? '',
        lossless ? 1 : 0,
        ...(around ? ['around', ...around] : []),
      );
      const kept = await cache.file('thumbnails', key, 'webp');
      const crop = around && cropAround(around, probed);
      return (
        kept ?? cache.putFile('thumbnails', key, 'webp', await makeThumbnail(bytes, side, stretch, { lossless, crop }))
      );
    }),
  ),
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
    const contents: string[] = [];
    for (const file of mask.files)
      contents.push(await withImageFile(file, (bytes) => Promise.resolve(contentOf(bytes))));
    const key = cacheKey('outline of values', contents.join(), mask.width, mask.height, side);
    const kept = await cache.file('thumbnails', key, 'webp');
    return kept ?? cache.putFile('thumbnails', key, 'webp', await drawOutline((await readMask(mask))!, side));
  }),
);
