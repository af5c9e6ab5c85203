// How one image's bag is had: from the cache, or decoded and embedded, in half precision either way.
import { EngineError } from '../../api/errors';
import { pickPatches } from '../../area/counted-patches';
import { elongatedSize } from '../../features/elongation';
import type { Bag } from '../../features/embedding-head';
import type { Model } from '../../features/model';
import { contentOf, decodeImage, ImageError, resizeRgb } from '../../images/decode';
import { withImageFile } from '../../images/image-file';
import { halfToFloat, isFiniteHalf } from '../../onnx/half';
import { partOf } from '../../parts/find-part';
import { patchesBefore, turned, turnOf, type Turn, type Turning } from '../../parts/turn';
import type { Cache, CacheKind } from '../../store/cache';
import type { ImageSource, TaskContext } from './context';
import { cacheOf, embed } from './opened';

/** What the cache keeps of an image and a model. */
export interface CachedBag {
  /** (M, D), of the patches that count */
  embeddings: Float32Array;
  /** (D) */
  pooled: Float32Array;
}

/**
 * @param keep whether the cache has room for it, where it must be embedded
 * @throws ImageError for a file that cannot be used; EngineError `model-invalid` where the network gives no finite numbers
 */
export async function bagOf(image: ImageSource, model: Model, context: TaskContext, keep: boolean): Promise<CachedBag> {
  const cache = cacheOf(context.cacheFolder);
  const key = storedKey(image);
  const known = await cache.get('bags', key);
  if (known) return onlyCounted(decodeBag(known), image);
  const { elongation = 1 } = image;
  const { rgb, turn } = await withUnchanged(image, (bytes) => inputOf(bytes, image, model));
  const bag = await embed(rgb, elongation, model, context);
  const { embeddings, half, pooled } = turn ? turnedBack(bag, turn, image.turned!) : bag;
  if (!half.every(isFiniteHalf)) {
    throw new EngineError(
      { code: 'model-invalid', file: model.file },
      `The network ${model.file} gives numbers that are not finite for ${image.file}. Use another network.`,
    );
  }
  if (keep) await cache.put('bags', key, encodeBag(half, pooled));
  return onlyCounted({ embeddings, pooled }, image);
}

/** What the network sees of an image: as it lies, or turned where its part has a direction. */
export async function inputOf(
  bytes: Uint8Array,
  { elongation = 1, turned: wanted, range }: Pick<ImageSource, 'elongation' | 'turned' | 'range'>,
  model: Model,
): Promise<{ rgb: Uint8Array; turn?: Turn | undefined }> {
  const { width, height } = elongatedSize(model.input, elongation);
  if (wanted) {
    const large = { rgb: await decodeImage(bytes, 2 * width, 2 * height, range), width: 2 * width, height: 2 * height };
    const part = partOf(large, wanted.aspect);
    const turn = part && turnOf(part, wanted.way);
    if (turn)
      return { rgb: await resizeRgb({ ...large, rgb: turned(large, turn, wanted.aspect) }, width, height), turn };
  }
  return { rgb: await decodeImage(bytes, width, height, range) };
}

/** Its patches where they are in the photo: what is found of them is shown there. */
function turnedBack(bag: Bag, turn: Turn, { aspect, grid }: Turning): Pick<Bag, 'embeddings' | 'half' | 'pooled'> {
  const { dimensions, pooled } = bag;
  const patches = patchesBefore(grid, turn, aspect);
  const [embeddings, half] = [new Float32Array(bag.embeddings.length), new Uint16Array(bag.half.length)];
  for (const [i, from] of patches.entries()) {
    embeddings.set(bag.embeddings.subarray(from * dimensions, (from + 1) * dimensions), i * dimensions);
    half.set(bag.half.subarray(from * dimensions, (from + 1) * dimensions), i * dimensions);
  }
  return { embeddings, half, pooled };
}

/** Where the cache keeps the bag of the whole image: another area needs no other embedding. */
export function storedKey({ area, bagKey }: ImageSource): string {
  return area?.wholeKey ?? bagKey;
}

/** The one place where patches outside the area are dropped: what never comes out of here counts nowhere. */
function onlyCounted({ embeddings, pooled }: CachedBag, { area }: ImageSource): CachedBag {
  return { embeddings: pickPatches(embeddings, area?.counted, pooled.length), pooled };
}

/** @throws ImageError where the file is another, or no image at all, since the folder was read; the file system's own errors */
async function withUnchanged<T>({ file, content }: ImageSource, use: (bytes: Uint8Array) => Promise<T>): Promise<T> {
  if (content === undefined) return withImageFile(file, use);
  const changed = new ImageError('was changed after the folder was read');
  let isRead = false;
  try {
    return await withImageFile(file, (bytes) => {
      isRead = true;
      if (contentOf(bytes) !== content) throw changed;
      return use(bytes);
    });
  } catch (error) {
    throw !isRead && error instanceof ImageError ? changed : error;
  }
}

/** 32-bit floats that the cache keeps; undefined where it does not. */
export async function readFloats(cache: Cache, kind: CacheKind, key: string): Promise<Float32Array | undefined> {
  const bytes = await cache.get(kind, key);
  return bytes && new Float32Array(bytes.buffer);
}

/** D as float32, the pooled vector as float32, the embeddings as float16. */
function encodeBag(half: Uint16Array, pooled: Float32Array): Uint8Array {
  const parts = [Float32Array.of(pooled.length), pooled, half];
  return Buffer.concat(
    parts.map(({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength)),
  );
}

function decodeBag({ buffer }: Uint8Array<ArrayBuffer>): CachedBag {
  const dimensions = new Float32Array(buffer, 0, 1)[0]!;
  const pooled = new Float32Array(buffer, Float32Array.BYTES_PER_ELEMENT, dimensions);
  const half = new Uint16Array(buffer, (1 + dimensions) * Float32Array.BYTES_PER_ELEMENT);
  const embeddings = new Float32Array(half.length);
  halfToFloat(half, embeddings);
  return { embeddings, pooled };
}
