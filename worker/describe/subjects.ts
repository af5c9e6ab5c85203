// The distinct images of a dataset, as the pool works on them, and how they get into the cache.
import { taskContext, type Run } from '../engine';
import type { Model } from '../models/model';
import type { ValueRange } from '../images/decode';
import type { DatasetImage } from '../images/dataset';
import type { BagShape, ImageSource } from '../pool/tasks/thread';
import { cacheKey, type Cache } from '../store/cache';

/** Goes up when decoding, pooling, rounding or the layout of an entry changes, so that the cache forgets what was made the old way. */
const preprocessingVersion = 2;

/** By content: a photo that is there twice is embedded once, and is no reference for its own copy. */
export type Subjects = Map<string, ImageSource>;

export function subjectsOf(images: DatasetImage[], model: Model): Subjects {
  return new Map(images.map((image) => [image.content, sourceOf(image, model)]));
}

/** An image as the pool embeds it. */
export function sourceOf(
  { file, content, range }: Pick<DatasetImage, 'file' | 'content' | 'range'>,
  model: Model,
): ImageSource {
  return { file, range, content, bagKey: bagKey(content, range, model) };
}

function bagKey(content: string, range: ValueRange | undefined, model: Model): string {
  const { width, height, mean, deviation } = model.input;
  const input = [width, height, ...mean, ...deviation, model.output ?? ''].join(',');
  return cacheKey('bag', preprocessingVersion, content, model.hash, input, range ? `${range.min}-${range.max}` : '');
}

/** Whether the cache has room for the bags of so many images, in half precision: they may take half of it. */
export function hasRoomForBags(
  { limitBytes }: Cache,
  images: number,
  { patches, dimensions }: Pick<BagShape, 'patches' | 'dimensions'>,
): boolean {
  return images * patches * dimensions * 2 <= limitBytes / 2;
}

/** Names a list of references: everything that was compared with the same ones can be found again. */
export function referencesKey(references: ImageSource[]): string {
  return cacheKey('references', ...references.map(({ bagKey }) => bagKey));
}

/**
 * The first `count` contents of a ranking that can be embedded, in its order. Others are noted with their reasons.
 * @param onStep called for every image that was looked at
 */
export async function embedFirst(
  run: Run,
  model: Model,
  from: Subjects,
  ranking: string[],
  count: number,
  reasons: Map<string, string>,
  onStep: () => void,
): Promise<ImageSource[]> {
  const chosen: ImageSource[] = [];
  for (let next = 0; chosen.length < count && next < ranking.length;) {
    const batch = ranking.slice(next, next + count - chosen.length);
    next += batch.length;
    for await (const [content, result] of run.pool.runInOrder('ensureBag', batch, (content) => ({
      image: from.get(content)!,
      model,
      ...taskContext(run),
    }))) {
      if (result.ok) chosen.push(from.get(content)!);
      else reasons.set(content, result.reason);
      onStep();
    }
  }
  return chosen;
}
