// The distinct images of a dataset in their seeded order, as the pool works on them, and how they get into the cache.
import { EngineError } from '../api/errors';
import { rankContents } from '../bags/choose-references';
import { elongatedSize } from '../features/elongation';
import type { Model } from '../features/model';
import { decodingVersion } from '../images/decode';
import type { BagShape, ImageSource } from '../pool/tasks/context';
import type { Session } from '../session/session';
import { cacheKey, type Cache } from '../store/cache';
import { turningVersion } from '../parts/turn';
import type { DatasetImage } from './dataset';

/** What decides on an image's bag. */
export type EmbeddedImage = Pick<DatasetImage, 'content' | 'range' | 'elongation' | 'turned' | 'area'>;

/** By content: a photo that is there twice is embedded once, and is no reference for its own copy. */
export class DistinctImages {
  /** Contents in the seeded order, from which references are taken: neither the files' order nor the machine matters. */
  readonly ranking: readonly string[];
  /** So many of the ranking's first say what is usual: references, scale and components come from them. */
  readonly leading: number;
  /** Why images turned out to be unusable, by content. */
  readonly reasons = new Map<string, string>();
  /** By content, of copies the last. */
  private readonly images: ReadonlyMap<string, EmbeddedImage & Pick<DatasetImage, 'file'>>;

  /**
   * @param seed of the order
   * @param basis contents that say what is usual, and come first; all unless told
   */
  constructor(
    images: readonly (EmbeddedImage & Pick<DatasetImage, 'file'>)[],
    private readonly model: Model,
    seed: number,
    basis?: ReadonlySet<string>,
  ) {
    this.images = new Map(images.map((image) => [image.content, image]));
    const ranking = rankContents(this.images.keys(), seed);
    const first = basis === undefined ? ranking : ranking.filter((content) => basis.has(content));
    this.leading = first.length;
    this.ranking = basis === undefined ? ranking : [...first, ...ranking.filter((content) => !basis.has(content))];
  }

  get size(): number {
    return this.images.size;
  }

  /** Contents that were not found unusable, in the seeded order. */
  get usable(): string[] {
    return this.ranking.filter((content) => !this.reasons.has(content));
  }

  /** Of a content that is among the images. */
  source(content: string): ImageSource {
    const image = this.images.get(content);
    if (image === undefined) throw new RangeError(`${content} is not among the images.`);
    return sourceOf(image, this.model);
  }
}

/** An image as the pool embeds it. */
export function sourceOf(image: EmbeddedImage & Pick<DatasetImage, 'file'>, model: Model): ImageSource {
  const { file, content, range, elongation, turned, area } = image;
  const wholeKey = bagKey(image, model);
  const source = { file, range, elongation, turned, content };
  if (!area) return { ...source, bagKey: wholeKey };
  return { ...source, bagKey: cacheKey('bag', 'area', wholeKey, area.key), area: { counted: area.counted, wholeKey } };
}

function bagKey({ content, range, elongation = 1, turned }: EmbeddedImage, model: Model): string {
  const { mean, deviation } = model.input;
  const { width, height } = elongatedSize(model.input, elongation);
  const input = [width, height, ...mean, ...deviation, model.output ?? ''].join(',');
  const values = range ? `${range.min}-${range.max}` : '';
  const turning = turned ? ['turned', turningVersion, ...turned.way] : [];
  return cacheKey('bag', decodingVersion, content, model.hash, input, values, ...turning);
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
export function referencesKey(references: readonly ImageSource[]): string {
  return cacheKey('references', ...references.map(({ bagKey }) => bagKey));
}

/**
 * The first `count` images of the seeded order that can be embedded. The others' reasons are noted in `images`.
 * @throws EngineError `model-invalid`, `cancelled`
 */
export async function embedFirst(session: Session, images: DistinctImages, count: number): Promise<ImageSource[]> {
  const chosen: ImageSource[] = [];
  const progress = session.startStage('embed', count);
  for (let next = 0; chosen.length < count && next < images.ranking.length;) {
    const batch = images.ranking.slice(next, next + count - chosen.length);
    next += batch.length;
    for await (const [content, result] of session.tasks('ensureBag', batch, (content) => ({
      image: images.source(content),
    }))) {
      if (result.ok) chosen.push(images.source(content));
      else images.reasons.set(content, result.reason);
      progress.step();
    }
  }
  return chosen;
}

/**
 * At least two images, which are compared among themselves.
 * @param count how many are wanted, of the seeded order
 * @throws EngineError `too-few-images`, `model-invalid`, `cancelled`
 */
export async function embedSample(
  session: Session,
  images: DistinctImages,
  count: number,
  folder: string,
): Promise<ImageSource[]> {
  const sample = await embedFirst(session, images, count);
  if (sample.length >= 2) return sample;
  throw new EngineError(
    { code: 'too-few-images', folder },
    'At least two different images that can be read are needed.',
  );
}
