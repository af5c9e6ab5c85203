// The pool: one thread a core, each with its own sessions; and one thread more for a graphics card, when a run uses one.
// Tasks are typed by the functions that registry.ts exports.
import { availableParallelism } from 'node:os';
import { MessageChannel, type Transferable } from 'node:worker_threads';
import { EngineError } from '../api/errors';
import { createImageBudget } from '../images/budget';
import { markAtWork, unmark } from '../devices/crashes';
import type { DeviceFailure, DeviceSetup } from '../devices/device-messages';
import type { Model } from '../features/model';
import type { Settled } from './tasks/settle';
import type { TaskContext } from './tasks/context';
import type * as tasks from './registry';
import { Threads } from './threads';
type Tasks = typeof tasks;
export type TaskName = keyof Tasks;
/** What a task takes. */
export type TaskInput<Name extends TaskName> = Parameters<Tasks[Name]>[0];
/** What it gives. */
export type TaskResult<Name extends TaskName> =
  Awaited<ReturnType<Tasks[Name]>> extends Settled<infer Value> ? Value : never;

const idleMilliseconds = 60_000;
/** While one waits for the disk or for an image to be decoded, the other computes. */
const tasksPerThread = 2;
/** Tasks leave little garbage in JavaScript's own heap; without a limit, that heap grows with the number of images before it is looked at. */
const resourceLimits = { maxYoungGenerationSizeMb: 8 };
/** Tasks of a thread that wait for the graphics card let the next image be decoded meanwhile. */
const tasksWaitingForDevice = 4;

/** Of all threads of this process that decode images. */
const imageBudget = createImageBudget();

export interface PoolFiles {
  /** The bundle of registry.ts. */
  taskFile: string;
  /** The bundle of devices/device-thread.ts. */
  deviceFile: string;
}

export class Pool {
  private readonly own: Threads;
  private device: DevicePool | undefined;
  /** Threads that work at the same time. */
  readonly threads = availableParallelism();

  constructor(private readonly files: PoolFiles) {
    this.own = new Threads({
      filename: files.taskFile,
      workerData: { imageBudget },
      minThreads: 1,
      maxThreads: this.threads,
      idleTimeout: idleMilliseconds,
      concurrentTasksPerWorker: tasksPerThread,
      resourceLimits,
    });
  }

  /** Why a device was given up, if one was. */
  get deviceFailure(): DeviceFailure | undefined {
    return this.device?.failure;
  }

  /** @throws EngineError as the task threw it */
  async run<Name extends TaskName>(name: Name, task: TaskInput<Name>): Promise<TaskResult<Name>> {
    const settled = (await (usesDevice(task)
      ? (this.device ??= new DevicePool(this.files, this.threads)).run(name, task)
      : this.own.piscina.run(task, { name }))) as Settled<TaskResult<Name>>;
    if ('value' in settled) return settled.value;
    throw new EngineError(settled.error.detail, settled.error.message);
  }

  /**
   * Runs a task for every input with all threads busy, and hands out the results in the order of the inputs, whatever order
   * they end in: so that sums of floating-point numbers are the same in every run.
   */
  async *runInOrder<Name extends TaskName, Item>(
    name: Name,
    items: readonly Item[],
    input: (item: Item) => TaskInput<Name>,
  ): AsyncGenerator<[Item, TaskResult<Name>]> {
    const [first] = items;
    const ahead = first === undefined ? 0 : this.itemsAhead(input(first));
    const running = new Map<number, Promise<TaskResult<Name>>>();
    const start = (index: number): void => {
      const item = items[index];
      if (item === undefined) return;
      const promise = this.run(name, input(item));
      // A failure is thrown when its turn comes; until then it must not count as unhandled.
      promise.catch(() => undefined);
      running.set(index, promise);
    };
    for (let index = 0; index < ahead; index++) start(index);
    try {
      for (const [index, item] of items.entries()) {
        const result = await running.get(index)!;
        running.delete(index);
        start(index + ahead);
        yield [item, result];
      }
    } finally {
      // After an error or a cancel: wait until no thread is at work, so that the pool can be closed safely.
      await Promise.allSettled(running.values());
    }
  }

  /**
   * How many items of {@link runInOrder} are at work or in its caller's hands at one time: tasks that write into shared memory need a
   * place for each, or one would write over what the caller has not read yet.
   * @param task one of them
   */
  placesInOrder(task: object): number {
    return this.itemsAhead(task) + 1;
  }

  private itemsAhead(task: object): number {
    return this.threads * (usesDevice(task) ? 2 * tasksWaitingForDevice : tasksPerThread + 1);
  }

  /** Waits for the tasks at work, then ends the threads. */
  async close(): Promise<void> {
    await this.own.close();
    await this.device?.close();
  }
}

/** A task that embeds or compares, in a run whose devices are not the CPU alone. */
type DeviceTask = TaskContext & { model: Model };

function usesDevice(task: object): task is DeviceTask {
  const { devices, model } = task as Partial<DeviceTask>;
  return model !== undefined && devices !== undefined && (devices.network !== 'cpu' || devices.kernel !== 'cpu');
}

/** Threads that prepare work for the graphics card, and the one thread that uses it. */
class DevicePool {
  private readonly tasks: Threads;
  private readonly device: Threads;
  private readonly marked = new Set<string>();
  failure: DeviceFailure | undefined;

  constructor({ taskFile, deviceFile }: PoolFiles, threads: number) {
    this.tasks = new Threads({
      filename: taskFile,
      workerData: { imageBudget },
      minThreads: 1,
      maxThreads: threads,
      idleTimeout: idleMilliseconds,
      concurrentTasksPerWorker: tasksWaitingForDevice,
    });
    this.device = new Threads({
      filename: deviceFile,
      minThreads: 1,
      maxThreads: 1,
      // Twice what can wait for it, because a port that was closed takes a moment to end.
      concurrentTasksPerWorker: 2 * threads * tasksWaitingForDevice,
    });
    this.device.piscina.on('message', (failure: DeviceFailure) => (this.failure ??= failure));
  }

  /** Runs a task with a port to the device, as long as that works. */
  async run(name: string, task: DeviceTask): Promise<unknown> {
    if (this.failure) return this.tasks.piscina.run(task, { name });
    const { devices, model, cacheFolder } = task;
    if (!this.marked.has(cacheFolder)) {
      this.marked.add(cacheFolder);
      await markAtWork(
        cacheFolder,
        [devices.network, devices.kernel].filter((each) => each !== 'cpu'),
      );
    }
    const { port1, port2 } = new MessageChannel();
    const setup: DeviceSetup = { model, network: devices.network, kernel: devices.kernel, batch: devices.batch };
    // Ends when the task closes its port, or with a thread that cannot be started: then the task goes on without.
    this.device.piscina
      .run({ port: port2, setup }, { name: 'serve', transferList: [port2 as unknown as Transferable] })
      .catch((error: Error) => {
        port2.close();
        // A task that found all it needs in the cache closed its port before the device's thread had it.
        if (error.name === 'DataCloneError') return;
        this.failure ??= {
          failed: devices.network === 'cpu' ? devices.kernel : devices.network,
          message: error.message,
        };
      });
    return this.tasks.piscina.run({ ...task, devicePort: port1 }, { name, transferList: [port1] });
  }

  async close(): Promise<void> {
    await this.tasks.close();
    await this.device.close();
    for (const folder of this.marked) await unmark(folder);
  }
}
