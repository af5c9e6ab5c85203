// What a thread of the pool opens once and keeps: networks, kernels and the cache; and how one image's bag is had.
import { readFile } from 'node:fs/promises';
import type { MessagePort } from 'node:worker_threads';
import { EngineError, type PatchGrid } from '../../api';
import { NearestPatchKernel, type PatchKernel } from '../../bags/kernel';
import type { CancelFlag } from '../../cancel';
import { DeviceError, RemoteDevice } from '../../devices/remote';
import type { DeviceSelection } from '../../devices/report';
import type { Bag } from '../../features/embedding-head';
import { halfToFloat, isFiniteHalf } from '../../features/half';
import type { Model } from '../../models/model';
import { Network } from '../../features/network';
import { contentOf, decodeImage, ImageError, type ValueRange } from '../../images/decode';
import { Cache, type CacheKind } from '../../store/cache';

/** What every task needs to know. */
export interface TaskContext {
  cacheFolder: string;
  flag: CancelFlag;
  devices: DeviceSelection;
  /** The pool adds it where a device other than the CPU is used, and as long as it works. */
  devicePort?: MessagePort;
}

/** An image as the pool sees it. */
export interface ImageSource {
  file: string;
  range?: ValueRange | undefined;
  /** SHA-256 that the file must have when it is embedded: the bag's key speaks of these bytes. */
  content?: string;
  /** Cache key of its bag: content, model and preprocessing. */
  bagKey: string;
}

/** A task on one image gives its result, or the reason why this image cannot be used. */
export type ImageOutcome<T> = { ok: true; value: T } | { ok: false; reason: string };

/** Shape of a model's bags. */
export interface BagShape {
  patches: number;
  dimensions: number;
  grid: PatchGrid;
}

const networks = new Map<string, Promise<Network>>();
const kernels = new Map<boolean, Promise<NearestPatchKernel>>();
const caches = new Map<string, Cache>();
const remotes = new WeakMap<MessagePort, RemoteDevice>();

export function networkOf(model: Model): Promise<Network> {
  return remember(networks, model.hash + model.file, () => Network.open(model));
}

/** Embeds on the run's device, or on the CPU when that fails: the pool hears of it and sends nothing more there. */
async function embed(rgb: Uint8Array, model: Model, { devices, devicePort }: TaskContext): Promise<Bag> {
  if (devicePort && devices.network !== 'cpu') {
    try {
      return await remoteOf(devicePort).embed(rgb);
    } catch (error) {
      if (!(error instanceof DeviceError)) throw error;
    }
  }
  return (await networkOf(model)).embed(rgb);
}

/** The kernel on the run's device, or on the CPU when that fails. The mean over all pairs is for the CPU only. */
export async function kernelOf({ devices, devicePort }: TaskContext, withMeans = false): Promise<PatchKernel> {
  const onCpu = () => remember(kernels, withMeans, () => NearestPatchKernel.open(withMeans));
  if (withMeans || !devicePort || devices.kernel === 'cpu') return onCpu();
  const remote = remoteOf(devicePort);
  return {
    async run(...compared) {
      try {
        return await remote.run(...compared);
      } catch (error) {
        if (!(error instanceof DeviceError)) throw error;
        return (await onCpu()).run(...compared);
      }
    },
  };
}

function remoteOf(port: MessagePort): RemoteDevice {
  return remember(remotes, port, () => new RemoteDevice(port));
}

export function cacheOf(folder: string): Cache {
  return remember(caches, folder, () => new Cache(folder));
}

/** What Map and WeakMap have in common. */
interface Store<K, T> {
  get(key: K): T | undefined;
  set(key: K, value: T): unknown;
}

function remember<K, T>(values: Store<K, T>, key: K, make: () => T): T {
  const known = values.get(key);
  if (known !== undefined) return known;
  const value = make();
  values.set(key, value);
  return value;
}

export async function readFloats(cache: Cache, kind: CacheKind, key: string): Promise<Float32Array | undefined> {
  const bytes = await cache.get(kind, key);
  return bytes && new Float32Array(bytes.buffer);
}

/** What the cache keeps of an image and a model. */
export interface CachedBag {
  /** (M, D) */
  embeddings: Float32Array;
  /** (D) */
  pooled: Float32Array;
}

export async function bagOf(image: ImageSource, model: Model, context: TaskContext, keep: boolean): Promise<CachedBag> {
  const cache = cacheOf(context.cacheFolder);
  const known = await cache.get('bags', image.bagKey);
  if (known) return decodeBag(known);
  const { width, height } = model.input;
  const bytes = await readFile(image.file);
  if (image.content !== undefined && contentOf(bytes) !== image.content) {
    throw new ImageError('was changed after the folder was read');
  }
  const rgb = await decodeImage(bytes, width, height, image.range);
  const { embeddings, half, pooled } = await embed(rgb, model, context);
  if (!half.every(isFiniteHalf)) {
    throw new EngineError(
      'model-invalid',
      `The network ${model.file} gives numbers that are not finite for ${image.file}. Use another network.`,
      model.file,
    );
  }
  if (keep) await cache.put('bags', image.bagKey, encodeBag(half, pooled));
  return { embeddings, pooled };
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

/** Reasons of single images are results; everything else is an error of the run. */
export async function outcome<T>(work: () => Promise<T>): Promise<ImageOutcome<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    if (error instanceof ImageError) return { ok: false, reason: error.message };
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT') return { ok: false, reason: 'was removed while the folder was read' };
    if (code === 'EACCES' || code === 'EPERM')
      return { ok: false, reason: 'cannot be opened: there is no permission to read it' };
    throw error;
  }
}
