// Threads that are never ended while they load: native code that is loaded in a thread that ends takes the whole process with it.
import { setTimeout as delay } from 'node:timers/promises';
import Piscina from 'piscina';

/** A thread that has not loaded by then never will. */
const patienceMilliseconds = 10_000;
const pauseMilliseconds = 10;

type Options = ConstructorParameters<typeof Piscina>[0];

/** A pool of threads whose files call `countAsLoaded`. */
export class Threads {
  readonly piscina: Piscina;
  private readonly loaded = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  private ended = 0;

  constructor(options: Options) {
    this.piscina = new Piscina({
      ...options,
      workerData: { ...(options?.workerData as object | undefined), loaded: this.loaded },
    });
    this.piscina.on('workerDestroy', () => this.ended++);
    // A thread that cannot be started: the promises of what it was to do tell of it.
    this.piscina.on('error', () => undefined);
  }

  /** Waits for the threads that are loading, and for the tasks at work, then ends all. */
  async close(): Promise<void> {
    const isLoading = () => {
      const { length } = this.piscina.threads;
      return length > 0 && Atomics.load(this.loaded, 0) - this.ended < length;
    };
    for (let waited = 0; isLoading() && waited < patienceMilliseconds; waited += pauseMilliseconds)
      await delay(pauseMilliseconds);
    await this.piscina.close();
  }
}
