// The device's thread as a task of the pool sees it: a network and a kernel that are elsewhere.
import type { MessagePort } from 'node:worker_threads';
import type { NearestPatches, PatchKernel } from '../bags/kernel';
import type { Bag } from '../features/embedding-head';
import type { DeviceAnswer, DeviceQuestion } from './protocol';

type Unnumbered<T> = T extends unknown ? Omit<T, 'id'> : never;

/** The device failed; the same can be done on the CPU. */
export class DeviceError extends Error {
  override readonly name = 'DeviceError';
}

/** What the device's thread does for one task. */
export class RemoteDevice implements PatchKernel {
  private readonly waiting = new Map<number, (answer: DeviceAnswer) => void>();
  private questions = 0;

  constructor(private readonly port: MessagePort) {
    port.on('message', (answer: DeviceAnswer) => {
      this.waiting.get(answer.id)?.(answer);
      this.waiting.delete(answer.id);
    });
    port.on('close', () => {
      const message = 'The device closed its port.';
      for (const [id, resolve] of this.waiting) resolve({ id, kind: 'failed', message });
    });
  }

  /** @throws DeviceError */
  async embed(rgb: Uint8Array): Promise<Bag> {
    const answer = await this.ask({ kind: 'embed', rgb });
    if (answer.kind === 'embed') return answer.bag;
    throw new DeviceError(answer.kind === 'failed' ? answer.message : 'The device gave another answer.');
  }

  /** @throws DeviceError */
  async run(image: Float32Array, block: Float32Array, blockCount: number, dimensions: number): Promise<NearestPatches> {
    const question = {
      kind: 'compare',
      image: sendable(image),
      block: sendable(block),
      blockCount,
      dimensions,
    } as const;
    const answer = await this.ask(question);
    if (answer.kind === 'compare') return answer.nearest;
    throw new DeviceError(answer.kind === 'failed' ? answer.message : 'The device gave another answer.');
  }

  close(): void {
    this.port.close();
  }

  private ask(question: Unnumbered<DeviceQuestion>): Promise<DeviceAnswer> {
    return new Promise((resolve) => {
      const id = this.questions++;
      this.waiting.set(id, resolve);
      this.port.postMessage({ ...question, id });
    });
  }
}

/** A view would take its whole buffer along. What lies in shared memory stays where it is. */
function sendable(values: Float32Array): Float32Array {
  const isWhole = values.byteLength === values.buffer.byteLength;
  return isWhole || values.buffer instanceof SharedArrayBuffer ? values : values.slice();
}
