// What a thread of the pool opens once and keeps: networks, kernels, caches, and its way to the device's thread.
import type { MessagePort } from 'node:worker_threads';
import type { Elongation } from '../../features/elongation';
import { NearestPatchKernel, type PatchKernel } from '../../bags/kernel';
import { Product } from '../../algebra/product';
import { DeviceError, RemoteDevice } from '../../devices/remote';
import type { Bag } from '../../features/embedding-head';
import type { Model } from '../../features/model';
import { Network } from '../../features/network';
import { Cache } from '../../store/cache';
import type { TaskContext } from './context';

const networks = new Map<string, Promise<Network>>();
const kernels = new Map<KernelKind, Promise<NearestPatchKernel>>();
let product: Promise<Product> | undefined;
const caches = new Map<string, Cache>();
const remotes = new WeakMap<MessagePort, RemoteDevice>();

/** The network on the CPU. @throws EngineError `model-invalid` */
export function networkOf(model: Model): Promise<Network> {
  return remember(networks, model.hash + model.file, () => Network.open(model));
}

/**
 * Embeds on the run's device, or on the CPU when that fails: the pool hears of it and sends nothing more there.
 * @param rgb (height, width, 3) at the network's input size, elongated
 */
export async function embed(
  rgb: Uint8Array,
  elongation: Elongation,
  model: Model,
  { devices, devicePort }: TaskContext,
): Promise<Bag> {
  if (devicePort && devices.network !== 'cpu') {
    try {
      return await remoteOf(devicePort).embed(rgb, elongation);
    } catch (error) {
      if (!(error instanceof DeviceError)) throw error;
    }
  }
  return (await networkOf(model)).embed(rgb, elongation);
}

/** What is asked of a kernel: both directions of a pair, the mean over all pairs as well, or only one direction. */
export type KernelKind = 'both ways' | 'with means' | 'one way';

/** The kernel on the run's device, or on the CPU when that fails. The mean over all pairs is for the CPU only. */
export async function kernelOf({ devices, devicePort }: TaskContext, kind: KernelKind): Promise<PatchKernel> {
  const onCpu = () =>
    remember(kernels, kind, () =>
      kind === 'one way' ? NearestPatchKernel.openOneWay() : NearestPatchKernel.open(kind === 'with means'),
    );
  if (kind === 'with means' || !devicePort || devices.kernel === 'cpu') return onCpu();
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

/** Products of matrices, on the CPU. */
export function productOf(): Promise<Product> {
  return (product ??= Product.open());
}

/** The cache in this folder, as this thread sees it. */
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
