// The task that embeds an image and its changed views for training: each becomes a small map, kept by content and view.
import { createHash } from 'node:crypto';
import { throwIfCancelled } from '../../base/cancel';
import { createRandom } from '../../base/random';
import { elongatedSize } from '../../features/elongation';
import type { Model } from '../../features/model';
import { changeView } from '../../images/change-view';
import { withImageFile } from '../../images/image-file';
import { floatToHalf, halfToFloat } from '../../onnx/half';
import { cacheKey } from '../../store/cache';
import { bagOf, inputOf } from './bag-cache';
import type { ImageSource, TaskContext } from './context';
import { cacheOf, embed } from './opened';
import { outcome, type ImageOutcome } from './outcome';
import { task } from './settle';

/** Changes when views are made otherwise. */
const viewVersion = 1;

export interface ViewMapsTask extends TaskContext {
  image: ImageSource;
  model: Model;
  /** Of a map, in cells. */
  side: number;
  /** Views after the image itself that are changed little, and much. */
  weak: number;
  strong: number;
}

/** @returns (1 + weak + strong) of (side², D), the image itself first */
export const viewMaps = task((input: ViewMapsTask): Promise<ImageOutcome<Float32Array[]>> => {
  const { image, model, side, weak, strong, cacheFolder, flag } = input;
  throwIfCancelled(flag);
  return outcome(async () => {
    const cache = cacheOf(cacheFolder);
    const { elongation = 1 } = image;
    const { width, height } = elongatedSize(model.input, elongation);
    let rgb: Uint8Array | undefined;
    const maps: Float32Array[] = [];
    for (let view = 0; view <= weak + strong; view++) {
      throwIfCancelled(flag);
      const name = view === 0 ? 'plain' : view <= weak ? `weak ${view}` : `strong ${view - weak}`;
      const key = cacheKey('view map', viewVersion, image.bagKey, name, side);
      const known = await cache.get('descriptors', key);
      const half = known ? new Uint16Array(known.buffer) : floatToHalf(await mapOf(name, view <= weak));
      if (!known) await cache.put('descriptors', key, half);
      const map = new Float32Array(half.length);
      halfToFloat(half, map);
      maps.push(map);
    }
    return maps;

    async function mapOf(name: string, isWeak: boolean): Promise<Float32Array> {
      if (name === 'plain') {
        const { embeddings, pooled } = await bagOf(image, model, input, true);
        return poolCells(embeddings, pooled.length, width / height, side);
      }
      rgb ??= (await withImageFile(image.file, (bytes) => inputOf(bytes, image, model))).rgb;
      const seed = createHash('sha256').update(`${image.bagKey};${name}`).digest().readUInt32LE(0);
      const view = changeView(rgb, width, height, isWeak ? 'weak' : 'strong', createRandom(seed));
      const { embeddings, dimensions } = await embed(view, elongation, model, input);
      return poolCells(embeddings, dimensions, width / height, side);
    }
  });
});

/**
 * The mean patch of each cell. Unlike a bag, a map of any network has the same size.
 * @param embeddings (rows · columns, D), row by row
 * @param aspect columns / rows
 * @returns (side², D)
 */
export function poolCells(embeddings: Float32Array, dimensions: number, aspect: number, side: number): Float32Array {
  const patches = embeddings.length / dimensions;
  const rows = Math.max(1, Math.round(Math.sqrt(patches / aspect)));
  const columns = patches / rows;
  const cells = new Float32Array(side * side * dimensions);
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      // Where patches cannot be shared out evenly, neighbouring cells overlap by one.
      const [top, left] = [Math.floor((row * rows) / side), Math.floor((column * columns) / side)];
      const bottom = Math.max(top + 1, Math.ceil(((row + 1) * rows) / side));
      const right = Math.max(left + 1, Math.ceil(((column + 1) * columns) / side));
      const own = cells.subarray((row * side + column) * dimensions, (row * side + column + 1) * dimensions);
      const share = 1 / ((bottom - top) * (right - left));
      for (let y = top; y < bottom; y++) {
        for (let x = left; x < right; x++) {
          const from = (y * columns + x) * dimensions;
          for (let d = 0; d < dimensions; d++) own[d]! += embeddings[from + d]! * share;
        }
      }
    }
  }
  return cells;
}
