// The device's thread: the only one that uses the graphics card. It answers the pool's threads, several images at once.
import { parentPort, type MessagePort } from 'node:worker_threads';
import { countAsLoaded } from '../base/count-as-loaded';
import { NearestPatchKernel } from '../bags/kernel';
import type { Elongation } from '../features/elongation';
import type { Bag } from '../features/embedding-head';
import { Network } from '../features/network';
import type { DeviceResponse, DeviceFailure, DeviceRequest, DeviceSetup } from './device-messages';

interface Waiting {
  rgb: Uint8Array;
  elongation: Elongation;
  resolve: (bag: Bag) => void;
  reject: (error: unknown) => void;
}

/** What one setup keeps open. */
class Device {
  private readonly network: Promise<Network>;
  private kernel: Promise<NearestPatchKernel> | undefined;
  private waiting: Waiting[] = [];
  private isEmbedding = false;

  constructor(private readonly setup: DeviceSetup) {
    this.network = Network.open(setup.model, setup.network);
    // Its failure is told to whoever asks first.
    this.network.catch(() => undefined);
  }

  /** Images that wait while a batch is at work make up the next one. */
  embed(rgb: Uint8Array, elongation: Elongation): Promise<Bag> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ rgb, elongation, resolve, reject });
      if (!this.isEmbedding) void this.embedWaiting();
    });
  }

  async compare({ image, block, blockCount, dimensions }: Extract<DeviceRequest, { kind: 'compare' }>) {
    this.kernel ??= NearestPatchKernel.open(false, this.setup.kernel);
    return (await this.kernel).run(image, block, blockCount, dimensions);
  }

  private async embedWaiting(): Promise<void> {
    this.isEmbedding = true;
    while (this.waiting.length > 0) {
      const batch = this.nextBatch();
      try {
        const images = batch.map(({ rgb }) => rgb);
        const bags = await (await this.network).embedAll(images, batch[0]!.elongation);
        for (const [i, { resolve }] of batch.entries()) resolve(bags[i]!);
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.isEmbedding = false;
  }

  /** Images of one shape. */
  private nextBatch(): Waiting[] {
    const [{ elongation }] = this.waiting as [Waiting];
    const batch = this.waiting.filter((each) => each.elongation === elongation).slice(0, this.setup.batch);
    this.waiting = this.waiting.filter((each) => !batch.includes(each));
    return batch;
  }
}

const devices = new Map<string, Device>();

/** Answers one task's requests until it closes its port. */
export function serve({ port, setup }: { port: MessagePort; setup: DeviceSetup }): Promise<void> {
  const key = JSON.stringify([setup.model.hash, setup.model.file, setup.network, setup.kernel, setup.batch]);
  const device = devices.get(key) ?? new Device(setup);
  devices.set(key, device);
  port.on('message', (request: DeviceRequest) => {
    void respond(device, request, setup).then((reply) => port.postMessage(reply));
  });
  return new Promise((resolve) => port.once('close', resolve));
}

async function respond(device: Device, request: DeviceRequest, setup: DeviceSetup): Promise<DeviceResponse> {
  const { id, kind } = request;
  try {
    if (kind === 'embed') return { id, kind, bag: await device.embed(request.rgb, request.elongation) };
    return { id, kind, nearest: await device.compare(request) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const failed = kind === 'embed' ? setup.network : setup.kernel;
    parentPort?.postMessage({ failed, message } satisfies DeviceFailure);
    return { id, kind: 'failed', message };
  }
}

countAsLoaded();
