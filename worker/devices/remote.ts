// The device's thread as a task of the pool sees it: a network and a kernel that are elsewhere.
import type { MessagePort } from 'node:worker_threads';
import type { Elongation } from '../features/elongation';
import type { NearestPatches, PatchKernel } from '../bags/kernel';
import type { Bag } from '../features/embedding-head';
import type { DeviceResponse, DeviceRequest } from './device-messages';

type Unnumbered<T> = T extends unknown ? Omit<T, 'id'> : never;

/** The device failed; the same can be done on the CPU. */
export class DeviceError extends Error {
  override readonly name = 'DeviceError';
}

/** What the device's thread does for one task. */
export class RemoteDevice implements PatchKernel {
  private readonly waiting = new Map<number, (response: DeviceResponse) => void>();
  private requests = 0;

  constructor(private readonly port: MessagePort) {
    port.on('message', (response: DeviceResponse) => {
      this.waiting.get(response.id)?.(response);
      this.waiting.delete(response.id);
    });
    port.on('close', () => {
      const message = 'The device closed its port.';
      for (const [id, resolve] of this.waiting) resolve({ id, kind: 'failed', message });
    });
  }

  /** @throws DeviceError */
  async embed(rgb: Uint8Array, elongation: Elongation): Promise<Bag> {
    const response = await this.send({ kind: 'embed', rgb, elongation });
    if (response.kind === 'embed') return response.bag;
    throw new DeviceError(response.kind === 'failed' ? response.message : 'The device gave another answer.');
  }

  /** @throws DeviceError */
  async run(image: Float32Array, block: Float32Array, blockCount: number, dimensions: number): Promise<NearestPatches> {
    const request = {
      kind: 'compare',
      image: sendable(image),
      block: sendable(block),
      blockCount,
      dimensions,
    } as const;
    const response = await this.send(request);
    if (response.kind === 'compare') return response.nearest;
    throw new DeviceError(response.kind === 'failed' ? response.message : 'The device gave another answer.');
  }

  /** Ends the task's use of the device; requests that still wait fail with a {@link DeviceError}. */
  close(): void {
    this.port.close();
  }

  private send(request: Unnumbered<DeviceRequest>): Promise<DeviceResponse> {
    return new Promise((resolve) => {
      const id = this.requests++;
      this.waiting.set(id, resolve);
      this.port.postMessage({ ...request, id });
    });
  }
}

/** A view would take its whole buffer along. What lies in shared memory stays where it is. */
function sendable(values: Float32Array): Float32Array {
  const isWhole = values.byteLength === values.buffer.byteLength;
  return isWhole || values.buffer instanceof SharedArrayBuffer ? values : values.slice();
}
